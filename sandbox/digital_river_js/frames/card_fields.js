// The three fields of a card: what may be typed, how it is written, and what is wrong with it.

addTexts({
  en: {
    cardExpirationLabel: "Expiration date, month and year",
    cardExpirationPlaceholder: "MM/YY",
    incomplete_card_number: "The card number is incomplete.",
    invalid_card_number: "The card number is invalid.",
    incomplete_expiration_date: "The expiration date is incomplete.",
    invalid_expiration_month: "The month must be between 01 and 12.",
    invalid_expiration_year: "The expiration year is in the past.",
    invalid_expiration_date: "The expiration date is in the past.",
    incomplete_security_code: "The security code is incomplete.",
    invalid_security_code: "The security code is invalid.",
  },
  "en-GB": {
    cardExpirationLabel: "Expiry date, month and year",
    incomplete_expiration_date: "The expiry date is incomplete.",
    invalid_expiration_year: "The expiry year is in the past.",
    invalid_expiration_date: "The expiry date is in the past.",
  },
  de: {
    cardExpirationLabel: "Gültig bis, Monat und Jahr",
    cardExpirationPlaceholder: "MM/JJ",
    incomplete_card_number: "Die Kartennummer ist unvollständig.",
    invalid_card_number: "Die Kartennummer ist ungültig.",
    incomplete_expiration_date: "Das Ablaufdatum ist unvollständig.",
    invalid_expiration_month: "Der Monat muss zwischen 01 und 12 liegen.",
    invalid_expiration_year: "Das Ablaufjahr liegt in der Vergangenheit.",
    invalid_expiration_date: "Das Ablaufdatum liegt in der Vergangenheit.",
    incomplete_security_code: "Die Prüfziffer ist unvollständig.",
    invalid_security_code: "Die Prüfziffer ist ungültig.",
  },
  ja: {
    cardExpirationLabel: "有効期限（月と年）",
    cardExpirationPlaceholder: "月/年",
    incomplete_card_number: "カード番号が最後まで入力されていません。",
    invalid_card_number: "カード番号が正しくありません。",
    incomplete_expiration_date: "有効期限が最後まで入力されていません。",
    invalid_expiration_month: "月は01から12までで入力してください。",
    invalid_expiration_year: "有効期限の年が過ぎています。",
    invalid_expiration_date: "有効期限が過ぎています。",
    incomplete_security_code: "セキュリティコードが最後まで入力されていません。",
    invalid_security_code: "セキュリティコードが正しくありません。",
  },
  any: { cardCvvPlaceholder: "CVV" },
});

const onlyDigits = (written) => written.replace(/\D/g, "");

/**
 * A kind of field. `write` formats what was typed; `check` returns the code of the error, "" if the value is complete,
 * and a code that begins with `incomplete` while more can be typed.
 */
const FIELDS = {
  cardnumber: {
    placeholder: "1234 1234 1234 1234",
    attributes: { autocomplete: "cc-number", inputmode: "numeric" },
    write(written) {
      const number = onlyDigits(written);
      const { groups, length } = brandOf(number);
      return grouped(number.slice(0, length), groups);
    },
    check(value) {
      const number = onlyDigits(value);
      if (number.length < brandOf(number).length) return "incomplete_card_number";
      return hasValidCheckDigit(number) ? "" : "invalid_card_number";
    },
    more: (value) => ({ brand: brandOf(onlyDigits(value)).brand }),
  },
  cardexpiration: {
    label: "cardExpirationLabel",
    placeholder: "cardExpirationPlaceholder",
    attributes: { autocomplete: "cc-exp", inputmode: "numeric" },
    write(written, isDeleting) {
      // A browser fills in `10/2035`, and some shoppers type a month of one digit.
      const [, month, year] = /^\s*(\d{1,2})\s*[/-]\s*(?:20(?=\d\d))?(\d{0,2})/.exec(written) ?? [];
      const digits = month ? month.padStart(2, "0") + year : onlyDigits(written).replace(/^([2-9])/, "0$1").slice(0, 4);
      if (digits.length < 2 || (digits.length === 2 && isDeleting)) return digits;
      return `${digits.slice(0, 2)}/${digits.slice(2)}`;
    },
    check(value) {
      const [month, year] = value.split("/");
      if (month.length === 2 && !(Number(month) >= 1 && Number(month) <= 12)) return "invalid_expiration_month";
      if (value.length < 5) return "incomplete_expiration_date";
      const now = new Date();
      const thisYear = now.getFullYear() % 100;
      if (Number(year) < thisYear) return "invalid_expiration_year";
      return Number(year) === thisYear && Number(month) <= now.getMonth() ? "invalid_expiration_date" : "";
    },
  },
  cardcvv: {
    placeholder: "cardCvvPlaceholder",
    attributes: { autocomplete: "cc-csc", inputmode: "numeric" },
    write: (written) => onlyDigits(written).slice(0, cvvLengths().at(-1)),
    check(value) {
      const lengths = cvvLengths();
      if (value.length < lengths[0]) return "incomplete_security_code";
      return lengths.includes(value.length) ? "" : "invalid_security_code";
    },
  },
};

/** Allowed lengths of the security code. They depend on the brand, if the shopper has typed a card number. */
function cvvLengths() {
  const number = readFields().cardnumber?.value ?? "";
  const { cvv } = brandOf(onlyDigits(number));
  return cvv ? [cvv] : [3, 4];
}
