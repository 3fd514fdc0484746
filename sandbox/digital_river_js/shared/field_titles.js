// What the fields are called, in the page and in their frames: a screen reader must hear the label that others see.

addTexts({
  en: {
    cardNumber: "Card number",
    cardExpiration: "Expiration date",
    cardCvv: "Security code",
    giftCardNumber: "Gift card number",
    giftCardPin: "PIN of the gift card",
    koreanHolder: "Birth date (YYMMDD) or business number",
    koreanPassword: "First two digits of the card's password",
    bank: "Your bank",
    store: "Store",
  },
  "en-GB": { cardExpiration: "Expiry date" },
  de: {
    cardNumber: "Kartennummer",
    cardExpiration: "Gültig bis",
    cardCvv: "Prüfziffer",
    giftCardNumber: "Nummer der Geschenkkarte",
    giftCardPin: "PIN der Geschenkkarte",
    koreanHolder: "Geburtsdatum (JJMMTT) oder Unternehmensnummer",
    koreanPassword: "Die ersten zwei Ziffern des Kartenpassworts",
    bank: "Ihre Bank",
    store: "Geschäft",
  },
  ja: {
    cardNumber: "カード番号",
    cardExpiration: "有効期限",
    cardCvv: "セキュリティコード",
    giftCardNumber: "ギフトカード番号",
    giftCardPin: "ギフトカードのPIN",
    koreanHolder: "生年月日（YYMMDD）または事業者番号",
    koreanPassword: "カードのパスワードの最初の2桁",
    bank: "ご利用の銀行",
    store: "お支払いの店舗",
  },
  any: { iban: "IBAN" },
});

/** Names of the texts, by the types of the elements. */
const FIELD_TITLES = {
  cardnumber: "cardNumber",
  cardexpiration: "cardExpiration",
  cardcvv: "cardCvv",
  iban: "iban",
  giftcardnumber: "giftCardNumber",
  giftcardpin: "giftCardPin",
  koreanholder: "koreanHolder",
  koreanpassword: "koreanPassword",
  onlinebanking: "bank",
  konbini: "store",
};
