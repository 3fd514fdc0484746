// Calls of the payment service with the public key. The script of the storefront makes those without card data, and the
// frames of the card fields make the others.

const CALL_TIMEOUT_MS = 30_000;

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
  let answer;
  try {
    answer = await fetch(url, {
      method,
      headers: headersFor(service.key, body),
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      referrerPolicy: "no-referrer",
    });
  } catch (problem) {
    throw new PaymentError(unreached(problem));
  }
  const content = await answer.json().catch(() => null);
  if (answer.ok && content) return content;
  throw new PaymentError(refusalOf(answer, content));
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

function refusalOf(answer, content) {
  if (content?.error?.errors) return content.error;
  if (content?.errors) return content;
  const type = TYPE_OF_STATUS[answer.status] ?? "internal_server_error";
  return errorOf(type, "unknown_error", `The payment service answered with status ${answer.status}.`);
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
