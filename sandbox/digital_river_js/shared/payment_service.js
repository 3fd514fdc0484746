// Calls of the payment service with the public key. The script of the storefront makes those without card data, and the
// frames of the card fields make the others.

const TYPE_OF_STATUS = {
  400: "bad_request",
  401: "unauthorized",
  404: "not_found",
  409: "conflict",
  429: "too_many_requests",
};

/**
 * The JSON of the answer. Throws a `PaymentError` if the payment service refuses the call or cannot be reached.
 * @param {{url: string, key: string}} service
 * @param {{query?: object, body?: object}} [content] Values of the query that are null or undefined are left out.
 */
async function callService(service, method, path, { query = {}, body } = {}) {
  // A frame gets the path from the page around it: `@another.example/` would send what the shopper typed to another host.
  if (!String(path).startsWith("/")) {
    throw new PaymentError(errorOf("bad_request", "invalid_parameter", "The payment service has no such path."));
  }
  const url = new URL(service.url + path);
  for (const [name, value] of Object.entries(query)) if (value != null) url.searchParams.set(name, value);
  const { status, written } = await send(url, {
    method,
    headers: headersFor(service.key, body),
    body: body && JSON.stringify(body),
  });
  const content = jsonOf(written);
  if (status < 300 && content) return content;
  throw new PaymentError(refusalOf(status, content));
}

/** Status and body of the answer. The deadline is that of both. */
async function send(url, request) {
  try {
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const answer = await fetch(url, { ...request, signal, referrerPolicy: "no-referrer" });
    return { status: answer.status, written: await answer.text() };
  } catch (problem) {
    throw new PaymentError(unreached(problem));
  }
}

/** The content of a JSON text; null for other texts. */
function jsonOf(written) {
  try {
    return JSON.parse(written);
  } catch {
    return null;
  }
}

function headersFor(key, body) {
  return {
    Authorization: key.includes("_") ? `bearer ${key}` : `Basic ${btoa(key)}`,
    Accept: "application/json",
    version: "new",
    "x-debug-drjs-application": "DigitalRiver.js",
    ...(body && { "Content-Type": "application/json" }),
  };
}

function unreached(problem) {
  return problem.name === "TimeoutError"
    ? errorOf("request_timeout", "unknown_error", "The payment service did not answer in time.")
    : errorOf("no_network", "unknown_error", "The payment service cannot be reached.");
}

function refusalOf(status, content) {
  if (content?.error?.errors) return content.error;
  if (content?.errors) return content;
  const type = TYPE_OF_STATUS[status] ?? "internal_server_error";
  return errorOf(type, "unknown_error", `The payment service answered with status ${status}.`);
}

/** The second half of a source's client secret, as the payment service wants it in a query. */
function secretOf(clientSecret) {
  return clientSecret.slice(clientSecret.indexOf("_") + 1);
}

/** The source, unless it failed. Throws a `PaymentError` for a failed source. */
function accepted(source) {
  if (source.state !== "failed") return source;
  const refused = errorOf("bad_request", "source_creation_failed", "The payment was refused.");
  throw new PaymentError({ liveMode: source.liveMode, ...refused, failedSourceId: source.id });
}
