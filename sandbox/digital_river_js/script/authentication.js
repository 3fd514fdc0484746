// Authenticating the shopper: at a new source, and when a saved card pays.

/** The source once the shopper has answered the bank's challenge. Throws a `PaymentError` unless it can be charged. */
async function challenged(instance, source) {
  if (source.state !== "requires_action") return accepted(source);
  await showChallenge(instance, source.redirect.redirectUrl);
  const answered = await readSource(instance, source.id, source.clientSecret);
  if (answered.state === "chargeable") return answered;
  const refused = errorOf("bad_request", "3ds2_error", "The shopper was not authenticated.");
  throw new PaymentError({ liveMode: source.liveMode, ...refused, failedSourceId: source.id });
}

/** `authenticateSource(data)` and `authenticateSource(cvvElement, data)`. */
async function authenticateSource(instance, ...given) {
  const [element, data] = given.length > 1 && given[1] !== undefined ? given : [null, given[0]];
  for (const name of ["sessionId", "sourceId", "sourceClientSecret"]) {
    if (!data?.[name]) throw new Error(`authenticateSource needs the ${name}.`);
  }
  const { sessionId, sourceId, sourceClientSecret: clientSecret, returnUrl } = data;
  const path = `/payments/sources/${encodeURIComponent(sourceId)}/authentication`;
  const body = { sessionId, clientSecret, ...(returnUrl && { returnUrl }) };
  return authenticated(instance, () => askForAuthentication(instance, element, path, body));
}

/** Do what a payment session waits for: let the bank authenticate the shopper for the source of the cart. */
async function handleNextAction(instance, { data } = {}) {
  if (!data?.sessionId) throw new Error("handleNextAction needs an action with data.sessionId.");
  const path = `/payments/sessions/${encodeURIComponent(data.sessionId)}/authentication`;
  return authenticated(instance, () => callService(instance.service, "POST", path, { body: {} }));
}

/** The bank's answer to the security code that was typed again, or to the request alone. */
async function askForAuthentication(instance, element, path, body) {
  if (element?.type !== "cardcvv") return callService(instance.service, "POST", path, { body });
  const { answer, error } = await element.ask("authenticate", { path, body });
  if (error) throw new PaymentError(error);
  return answer;
}

/**
 * Ask for the state of the authentication, show the challenge if there is one, and ask again.
 * @returns {Promise<{status: "complete" | "authentication_not_required" | "failed", error?: object}>}
 */
async function authenticated(instance, ask) {
  try {
    const first = await ask();
    if (first.status !== "requires_action") return { status: first.status };
    await showChallenge(instance, first.redirectUrl);
    const { status } = await ask();
    // A challenge that is still open was abandoned.
    return { status: status === "requires_action" ? "failed" : status };
  } catch (problem) {
    if (!(problem instanceof PaymentError)) throw problem;
    return { status: "failed", error: problem.error };
  }
}
