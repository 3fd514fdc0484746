// Legal texts in the words of the sandbox. Real ones are Digital River's; they are part of its own script.

addTexts({
  en: {
    termsOfSale: "Terms of sale",
    privacyPolicy: "Privacy policy",
    cookiePolicy: "Cookies",
    legalNotice: "Legal notice",
    cancellationRights: "Right to cancel",
    californiaPrivacyRights: "Privacy rights in California",
    warrantyInformation: "Warranty",
    japaneseCommerceLaw: "Disclosure under Japanese commerce law",
    refundPolicy: "Refunds",
    returnPolicy: "Returns",
    resellerDisclosure: "The seller of your order is {entity}.",
    confirmDisclosure: "With your order you accept the {terms} and the {privacy} of {entity}.",
    autorenewalPlanTerms:
      "{entity} charges your payment method today, and again at the beginning of each term until you cancel the " +
      "subscription. With your order you accept this, the {terms} and the {privacy}.",
    saveCardMandate: "{entity} may store this payment method, and charge it for purchases to which you agree.",
    idealRecurringAgreement:
      "{entity} may collect later payments of the subscription from your bank account by SEPA direct debit.",
  },
  "en-GB": { termsOfSale: "Terms and conditions of sale" },
  de: {
    termsOfSale: "Verkaufsbedingungen",
    privacyPolicy: "Datenschutzerklärung",
    cookiePolicy: "Cookies",
    legalNotice: "Impressum",
    cancellationRights: "Widerrufsrecht",
    californiaPrivacyRights: "Datenschutzrechte in Kalifornien",
    warrantyInformation: "Gewährleistung",
    japaneseCommerceLaw: "Angaben nach japanischem Handelsrecht",
    refundPolicy: "Erstattungen",
    returnPolicy: "Rücksendungen",
    resellerDisclosure: "Verkäufer Ihrer Bestellung ist {entity}.",
    confirmDisclosure: "Mit Ihrer Bestellung stimmen Sie diesen Texten von {entity} zu: {terms}, {privacy}.",
    autorenewalPlanTerms:
      "{entity} belastet Ihre Zahlungsart heute und danach zu Beginn jeder Laufzeit, bis Sie das Abonnement kündigen. " +
      "Mit Ihrer Bestellung stimmen Sie dem zu, ebenso diesen Texten: {terms}, {privacy}.",
    saveCardMandate: "{entity} darf diese Zahlungsart speichern und für Käufe belasten, denen Sie zustimmen.",
    idealRecurringAgreement:
      "{entity} darf spätere Zahlungen des Abonnements per SEPA-Lastschrift von Ihrem Konto einziehen.",
  },
  ja: {
    termsOfSale: "販売条件",
    privacyPolicy: "プライバシーポリシー",
    cookiePolicy: "クッキー",
    legalNotice: "法的通知",
    cancellationRights: "解約の権利",
    californiaPrivacyRights: "カリフォルニア州のプライバシー権",
    warrantyInformation: "保証",
    japaneseCommerceLaw: "特定商取引法に基づく表記",
    refundPolicy: "返金について",
    returnPolicy: "返品について",
    resellerDisclosure: "ご注文の販売者は{entity}です。",
    confirmDisclosure: "ご注文により、{entity}の{terms}と{privacy}に同意したことになります。",
    autorenewalPlanTerms:
      "{entity}は、本日と、解約されるまで各期間の初めに、お支払い方法に請求します。" +
      "ご注文により、このこと、{terms}および{privacy}に同意したことになります。",
    saveCardMandate: "{entity}は、このお支払い方法を保存し、同意された購入の代金を請求することがあります。",
    idealRecurringAgreement: "{entity}は、以後の定期購入の代金をSEPA口座振替で引き落とすことがあります。",
  },
});
