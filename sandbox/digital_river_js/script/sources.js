// Sources: creating and reading them.

/** Elements whose frames hold the data of a card. */
const CARD_ELEMENTS = new Set(["cardnumber", "cardexpiration", "cardcvv"]);

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
  const body = { ...data, browserInfo: browserInfo() };
  if (element && CARD_ELEMENTS.has(element.type)) return accepted(await cardSource(element, body));
  return accepted(await callService(instance.service, "POST", "/payments/sources", { body }));
}

/** A source made by the frame of a card field, which reads the other fields of the card. */
async function cardSource(element, body) {
  const { source, error } = await element.ask("create-source", { body });
  if (error) throw new PaymentError(error);
  return source;
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
