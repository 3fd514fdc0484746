// Sources: creating and reading them.

/** `createSource(data)` and `createSource(element, data)`. */
function createSource(instance, ...given) {
  const [element, data] = given.length > 1 && given[1] !== undefined ? given : [null, given[0]];
  if (element !== null && !(element instanceof PaymentElement)) {
    throw new Error("The first argument of createSource(element, data) must be an element.");
  }
  if (data === null || typeof data !== "object") throw new Error("createSource needs the data of the source.");
  return sourceResult(newSource(instance, element, data));
}

async function newSource(instance, element, data) {
  const sent = { ...data, browserInfo: browserInfo() };
  // Elements without secrets, such as the list of banks, complete the body of the source.
  const body = element?.sourceBody?.(sent) ?? sent;
  const source = element?.makesSources
    ? await sourceOfFrame(element, "create-source", { body })
    : await callService(instance.service, "POST", "/payments/sources", { body });
  return challenged(instance, source);
}

/** A source made or changed by the frame of a field, which reads the other fields of the same card. */
async function sourceOfFrame(element, kind, data) {
  const { source, error } = await element.ask(kind, data);
  if (error) throw new PaymentError(error);
  return source;
}

/** A card source for the session of a client secret. The bank sends the shopper back to this page unless told else. */
function createCreditCardSource(instance, sessionClientSecret, element, data = {}) {
  if (!sessionClientSecret) throw new Error("createCreditCardSource needs the client secret of the session.");
  const [sessionId] = sessionClientSecret.split("_");
  const creditCard = { returnUrl: location.href, ...data.creditCard };
  return createSource(instance, element, { ...data, sessionId, creditCard });
}

/** A source that will be stored for later purchases. */
function createStoredPaymentSource(instance, ...given) {
  const data = { ...given.at(-1), futureUse: true };
  return createSource(instance, ...given.slice(0, -1), data);
}

/** `updateSource(data)` and `updateSource(expirationElement, data)`: change the owner or the expiration date of a card. */
async function updateSource(instance, ...given) {
  const [element, data] = given.length > 1 && given[1] !== undefined ? given : [null, given[0]];
  if (element && element.type !== "cardexpiration") {
    const message = "Only the element cardexpiration can update a source.";
    return { source: null, error: errorOf("bad_request", "invalid_element_type", message) };
  }
  const absent = ["id", "clientSecret"].filter((name) => !data?.[name]);
  if (absent.length) return { source: null, error: missingParameters(...absent) };
  const { id, clientSecret, ...body } = data;
  const path = `/payments/sources/${encodeURIComponent(id)}?secret=${encodeURIComponent(secretOf(clientSecret))}`;
  return sourceResult(
    element
      ? sourceOfFrame(element, "update-source", { path, body })
      : callService(instance.service, "POST", path, { body }),
  );
}

function retrieveSource(instance, id, clientSecret) {
  if (!id) throw new Error("retrieveSource needs the id of the source.");
  if (!clientSecret) throw new Error("retrieveSource needs the client secret of the source.");
  return sourceResult(readSource(instance, id, clientSecret));
}

function readSource(instance, id, clientSecret) {
  const query = { secret: secretOf(clientSecret) };
  return callService(instance.service, "GET", `/payments/sources/${encodeURIComponent(id)}`, { query });
}
