// Fields other than those of a card: IBAN, gift card, and the field of which the storefront gives label and pattern.

addTexts({
  en: {
    incomplete_iban: "The IBAN is incomplete, or has a wrong digit.",
    incomplete_giftcardnumber: "The number of the gift card is incomplete.",
    incomplete_giftcardpin: "The PIN of the gift card is incomplete.",
    missing_parameter: "This field is needed.",
    invalid_format: "This value does not have the right format.",
    invalid_tax_identifier: "The number does not have the right format.",
  },
  de: {
    incomplete_iban: "Die IBAN ist unvollständig oder enthält einen Tippfehler.",
    incomplete_giftcardnumber: "Die Nummer der Geschenkkarte ist unvollständig.",
    incomplete_giftcardpin: "Die PIN der Geschenkkarte ist unvollständig.",
    missing_parameter: "Bitte füllen Sie dieses Feld aus.",
    invalid_format: "Dieser Wert hat nicht das richtige Format.",
    invalid_tax_identifier: "Die Nummer hat nicht das richtige Format.",
  },
  ja: {
    incomplete_iban: "IBANが最後まで入力されていないか、正しくありません。",
    incomplete_giftcardnumber: "ギフトカード番号が最後まで入力されていません。",
    incomplete_giftcardpin: "ギフトカードのPINが最後まで入力されていません。",
    missing_parameter: "この項目は必須です。",
    invalid_format: "形式が正しくありません。",
    invalid_tax_identifier: "番号の形式が正しくありません。",
  },
});

const LENGTH_OF_IBAN = { AT: 20, BE: 16, CH: 21, DE: 22, DK: 18, ES: 24, FI: 18, FR: 27, IE: 22, IT: 27, NL: 18, PT: 25 };

const IBAN_LENGTHS = { shortest: 15, longest: 34 };

const compact = (written) => written.toUpperCase().replace(/[^A-Z0-9]/g, "");

Object.assign(FIELDS, {
  iban: {
    placeholder: "DE00 0000 0000 0000 0000 00",
    attributes: { autocomplete: "off", inputmode: "text" },
    write: (written) => compact(written).slice(0, IBAN_LENGTHS.longest).replace(/(.{4})(?=.)/g, "$1 "),
    check: (value) => (isIban(compact(value)) ? "" : "incomplete_iban"),
    intoSource: (body, value) => ({ ...body, [body.type]: { ...body[body.type], iban: compact(value) } }),
  },
  giftcardnumber: {
    placeholder: "",
    attributes: { autocomplete: "off", inputmode: "text" },
    write: (written) => compact(written).slice(0, 24),
    check: (value) => (value.length >= 8 ? "" : "incomplete_giftcardnumber"),
    joins: ["giftcardnumber", "giftcardpin"],
    intoSource: (body, number) => ({ ...body, giftCard: { ...body.giftCard, number } }),
  },
  giftcardpin: {
    placeholder: "",
    attributes: { autocomplete: "off", inputmode: "numeric" },
    write: (written) => onlyDigits(written).slice(0, 8),
    check: (value) => (value.length >= 4 ? "" : "incomplete_giftcardpin"),
    joins: ["giftcardnumber", "giftcardpin"],
    intoSource: (body, pin) => ({ ...body, giftCard: { ...body.giftCard, pin } }),
  },
  koreanholder: {
    placeholder: "",
    attributes: { autocomplete: "off", inputmode: "numeric" },
    write: (written) => onlyDigits(written).slice(0, 10),
    check: (value) => lengthError(value, [6, 10]),
  },
  koreanpassword: {
    placeholder: "",
    attributes: { autocomplete: "off", inputmode: "numeric" },
    write: (written) => onlyDigits(written).slice(0, 2),
    check: (value) => lengthError(value, [2]),
  },
  dynamicfield: {
    placeholder: "",
    attributes: { autocomplete: "off" },
    write: (written) => written.slice(0, configuration.dynamic.maxLength ?? Infinity),
    check(value) {
      const { isRequired, validationPattern, invalidCode = "invalid_format" } = configuration.dynamic;
      if (!value) return isRequired ? "missing_parameter" : "";
      return !validationPattern || new RegExp(validationPattern).test(value) ? "" : invalidCode;
    },
    more: (value) => (configuration.dynamic.sendValue ? { value } : {}),
  },
});

function lengthError(value, lengths) {
  if (!value) return "missing_parameter";
  return lengths.includes(value.length) ? "" : "invalid_format";
}

/** The remainder of an IBAN by 97 is 1, if its country and check digits come last and letters are numbers from 10. */
function isIban(iban) {
  const length = LENGTH_OF_IBAN[iban.slice(0, 2)];
  if (!/^[A-Z]{2}\d{2}/.test(iban) || (length ? iban.length !== length : iban.length < IBAN_LENGTHS.shortest)) return false;
  const digits = (iban.slice(4) + iban.slice(0, 4)).replace(/[A-Z]/g, (letter) => parseInt(letter, 36));
  return BigInt(digits) % 97n === 1n;
}

/** Create a source with the value of this field, and of those that belong to it. */
function createFieldSource(service, body) {
  const { type: own } = digitalRiverField;
  const types = FIELDS[own].joins ?? [own];
  const fields = Object.values(readFields()).filter(({ type }) => types.includes(type));
  const errors = fields.map((field) => field.showError()).filter(Boolean);
  if (errors.length) return { source: null, error: { type: "validation_error", errors } };
  const filled = fields.reduce((content, { type, value }) => FIELDS[type].intoSource(content, value), body);
  return sourceResult(callService(service, "POST", "/payments/sources", { body: filled }));
}

/**
 * Send the values of fields to the payment service, as those of a bank account.
 * @param {Record<string, string>} names names of the values, by the ids of their elements
 */
function sendFields(service, path, names) {
  const values = {};
  for (let index = 0; index < parent.frames.length; index++) {
    const field = fieldOf(parent.frames[index]);
    if (field && Object.hasOwn(names, field.id)) values[names[field.id]] = field.value;
  }
  return sourceResult(callService(service, "POST", path, { body: values }));
}
