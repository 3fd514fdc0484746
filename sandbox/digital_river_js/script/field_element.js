// The elements into which a shopper types: their field is in a frame, and its value stays there.

class FieldElement extends FrameElement {
  /** Whether `createSource(element, data)` must be sent by the frame, which alone knows the value. */
  makesSources = true;

  get title() {
    return text(this.instance.locale, FIELD_TITLES[this.type]);
  }
}

const FIELD_TYPES = ["cardnumber", "cardexpiration", "cardcvv", "iban", "giftcardnumber", "giftcardpin"];

for (const type of FIELD_TYPES) defineElement(type, FieldElement);

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
