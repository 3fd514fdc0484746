// Names of the payment methods. A name that is the same in all languages is there in English only.

addDropinTexts("method.", {
  en: {
    afterPay: "Afterpay",
    alipay: "Alipay",
    alipayCn: "Alipay+",
    applePay: "Apple Pay",
    bancontact: "Bancontact",
    bankTransfer: "Bank transfer",
    blik: "BLIK",
    boletoBancario: "Boleto",
    ccavenue: "CCAvenue",
    clearPay: "Clearpay",
    creditCard: "Credit or debit card",
    directDebit: "SEPA direct debit",
    fpxOnlineBanking: "FPX online banking",
    googlePay: "Google Pay",
    ideal: "iDEAL",
    klarnaCredit: "Klarna",
    klarnaCreditRecurring: "Klarna",
    konbini: "Konbini",
    msts: "TreviPay",
    onlineBanking: "Online banking",
    payco: "PAYCO",
    payPal: "PayPal",
    payPalBilling: "PayPal billing agreement",
    payPalCredit: "PayPal Credit",
    trustly: "Trustly",
    wireTransfer: "Wire transfer",
  },
  de: {
    bankTransfer: "Banküberweisung",
    creditCard: "Kredit- oder Debitkarte",
    directDebit: "SEPA-Lastschrift",
    onlineBanking: "Online-Banking",
    payPalBilling: "PayPal-Abbuchung",
    wireTransfer: "Überweisung",
  },
  ja: {
    bankTransfer: "銀行振込",
    creditCard: "クレジットカード・デビットカード",
    directDebit: "SEPA口座振替",
    konbini: "コンビニ払い",
    onlineBanking: "オンラインバンキング",
    payPalBilling: "PayPal（継続支払い）",
    wireTransfer: "銀行送金",
  },
});

function addDropinTexts(prefix, byLanguage) {
  for (const [language, texts] of Object.entries(byLanguage)) {
    const named = Object.entries(texts).map(([name, written]) => [`dropin.${prefix}${name}`, written]);
    addTexts({ [language]: Object.fromEntries(named) });
  }
}

function dropinMethodName(locale, method) {
  if (method.localizedDisplayName) return method.localizedDisplayName;
  const name = `dropin.method.${method.type}`;
  return name in TEXTS.en ? text(locale, name) : (method.displayName ?? method.type);
}
