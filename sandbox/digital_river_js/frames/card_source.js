// Creating a source from the fields of a card. Each field is in a frame of its own; the frames have the same origin, so
// that one of them can read the others without the storefront's page.

const CARD_TYPES = ["cardnumber", "cardexpiration", "cardcvv", "koreanholder", "koreanpassword"];

/** Fields of the same card, by type: those that this frame and its neighbors hold. */
function readFields() {
  const fields = {};
  for (let index = 0; index < parent.frames.length; index++) {
    const field = fieldOf(parent.frames[index]);
    if (field && field.group === window.digitalRiverField.group) fields[field.type] = field;
  }
  return fields;
}

function fieldOf(neighbor) {
  try {
    return neighbor.digitalRiverField;
  } catch {
    return undefined; // A frame of another origin.
  }
}

/** Create a source with the card in the fields. Its number and security code go to the payment service only. */
function createCardSource(service, body) {
  const fields = readFields();
  const needed = CARD_TYPES.filter((type) => type in fields || type === "cardnumber");
  const absent = needed.filter((type) => !(type in fields));
  if (absent.length) return { source: null, error: missingParameters(...absent) };
  const errors = needed.map((type) => fields[type].showError()).filter(Boolean);
  if (errors.length) return { source: null, error: { type: "validation_error", errors } };
  const creditCard = {
    ...body.creditCard,
    number: onlyDigits(fields.cardnumber.value),
    ...expirationOf(fields.cardexpiration?.value),
    cvv: fields.cardcvv?.value,
    ...koreanData(fields),
  };
  return sourceResult(callService(service, "POST", "/payments/sources", { body: { ...body, creditCard } }));
}

/** What Korean banks ask for. The sandbox does not check it. */
function koreanData({ koreanholder, koreanpassword }) {
  if (!koreanholder || !koreanpassword) return {};
  return { koreanCard: { holder: koreanholder.value, password: koreanpassword.value } };
}

function expirationOf(value) {
  if (!value) return {};
  const [month, year] = value.split("/").map(Number);
  return { expirationMonth: month, expirationYear: 2000 + year };
}

/** Change the expiration date of a source to the one in this field. */
function updateExpiration(service, path, body) {
  const error = digitalRiverField.showError();
  if (error) return { source: null, error: { type: "validation_error", errors: [error] } };
  const creditCard = { ...body.creditCard, ...expirationOf(digitalRiverField.value) };
  return sourceResult(callService(service, "POST", path, { body: { ...body, creditCard } }));
}

/** Send the security code in this field with a request for authentication. */
async function authenticateWithCvv(service, path, body) {
  const error = digitalRiverField.showError();
  if (error) return { error: { type: "validation_error", errors: [error] } };
  const content = { ...body, cvv: digitalRiverField.value };
  const { value: answer, error: refusal } = await outcomeOf(callService(service, "POST", path, { body: content }));
  return { answer, error: refusal };
}
