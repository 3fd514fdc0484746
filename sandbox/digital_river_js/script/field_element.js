// The elements into which a shopper types: their field is in a frame, and its value stays there.

addTexts({
  en: {
    cardNumber: "Card number",
    cardExpiration: "Expiration date",
    cardCvv: "Security code",
    iban: "IBAN",
    giftCardNumber: "Gift card number",
    giftCardPin: "PIN of the gift card",
  },
  "en-GB": { cardExpiration: "Expiry date" },
  de: {
    cardNumber: "Kartennummer",
    cardExpiration: "Gültig bis",
    cardCvv: "Prüfziffer",
    iban: "IBAN",
    giftCardNumber: "Nummer der Geschenkkarte",
    giftCardPin: "PIN der Geschenkkarte",
  },
  ja: {
    cardNumber: "カード番号",
    cardExpiration: "有効期限",
    cardCvv: "セキュリティコード",
    iban: "IBAN",
    giftCardNumber: "ギフトカード番号",
    giftCardPin: "ギフトカードのPIN",
  },
});

/** Names of the texts that title the fields, by the type of the element. */
const FIELD_TITLES = {
  cardnumber: "cardNumber",
  cardexpiration: "cardExpiration",
  cardcvv: "cardCvv",
  iban: "iban",
  giftcardnumber: "giftCardNumber",
  giftcardpin: "giftCardPin",
};

class FieldElement extends FrameElement {
  /** Whether `createSource(element, data)` must be sent by the frame, which alone knows the value. */
  makesSources = true;

  get title() {
    return text(this.instance.locale, FIELD_TITLES[this.type]);
  }
}

for (const type of Object.keys(FIELD_TITLES)) defineElement(type, FieldElement);

/**
 * `dynamicfield`: a field of any kind, of which a storefront gives label and pattern.
 * Options: `labelText`, `validationPattern`, `isRequired`, `maxLength`, `defaultValue`, `textArea`, and
 * `sendValue: false` if events must not contain the value.
 */
class DynamicField extends FrameElement {
  get title() {
    return this.options.labelText ?? this.options.elementType ?? "";
  }

  content() {
    const { labelText, validationPattern, invalidCode, isRequired = true, sendValue = true } = this.options;
    const { maxLength, defaultValue, textArea } = this.options;
    const check = { validationPattern, invalidCode, isRequired, maxLength };
    return { dynamic: { labelText, defaultValue, textArea, sendValue, ...check } };
  }
}

defineElement("dynamicfield", DynamicField, { several: true });
