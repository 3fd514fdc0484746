// Names of the payment methods.

addTexts({
  en: {
    "dropin.method.bankTransfer": "Bank transfer",
    "dropin.method.creditCard": "Credit or debit card",
    "dropin.method.directDebit": "SEPA direct debit",
    "dropin.method.fpxOnlineBanking": "FPX online banking",
    "dropin.method.konbini": "Konbini",
    "dropin.method.onlineBanking": "Online banking",
    "dropin.method.payPalBilling": "PayPal billing agreement",
    "dropin.method.wireTransfer": "Wire transfer",
  },
  de: {
    "dropin.method.bankTransfer": "Banküberweisung",
    "dropin.method.creditCard": "Kredit- oder Debitkarte",
    "dropin.method.directDebit": "SEPA-Lastschrift",
    "dropin.method.fpxOnlineBanking": "FPX-Online-Banking",
    "dropin.method.konbini": "Konbini",
    "dropin.method.onlineBanking": "Online-Banking",
    "dropin.method.payPalBilling": "PayPal-Abbuchung",
    "dropin.method.wireTransfer": "Überweisung",
  },
  ja: {
    "dropin.method.bankTransfer": "銀行振込",
    "dropin.method.creditCard": "クレジットカード・デビットカード",
    "dropin.method.directDebit": "SEPA口座振替",
    "dropin.method.fpxOnlineBanking": "FPXオンラインバンキング",
    "dropin.method.konbini": "コンビニ払い",
    "dropin.method.onlineBanking": "オンラインバンキング",
    "dropin.method.payPalBilling": "PayPal（継続支払い）",
    "dropin.method.wireTransfer": "銀行送金",
  },
  any: {
    "dropin.method.afterPay": "Afterpay",
    "dropin.method.alipay": "Alipay",
    "dropin.method.alipayCn": "Alipay+",
    "dropin.method.applePay": "Apple Pay",
    "dropin.method.bancontact": "Bancontact",
    "dropin.method.blik": "BLIK",
    "dropin.method.boletoBancario": "Boleto",
    "dropin.method.ccavenue": "CCAvenue",
    "dropin.method.clearPay": "Clearpay",
    "dropin.method.googlePay": "Google Pay",
    "dropin.method.ideal": "iDEAL",
    "dropin.method.klarnaCredit": "Klarna",
    "dropin.method.klarnaCreditRecurring": "Klarna",
    "dropin.method.msts": "TreviPay",
    "dropin.method.payco": "PAYCO",
    "dropin.method.payPal": "PayPal",
    "dropin.method.payPalCredit": "PayPal Credit",
    "dropin.method.trustly": "Trustly",
  },
});

function dropinMethodName(locale, method) {
  if (method.localizedDisplayName) return method.localizedDisplayName;
  const name = `dropin.method.${method.type}`;
  return hasText(name) ? text(locale, name) : (method.displayName ?? method.type);
}
