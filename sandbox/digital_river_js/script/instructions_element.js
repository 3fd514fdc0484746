// The element `delayedpaymentinstructions`: how a shopper pays who sends the money later.

addTexts({
  en: {
    payBy: "Pay by",
    amountToPay: "Amount",
    accountHolder: "Account holder",
    bankName: "Bank",
    bankPlace: "Place of the bank",
    accountNumber: "Account number",
    swiftCode: "SWIFT code",
    referenceId: "Reference, which the transfer must contain",
    additionalBankInformation: "More about the account",
    storeName: "Store",
    receiptNumber: "Receipt number",
    documentCode: "Code of the slip",
    openSlip: "Open the payment slip",
    noInstructions: "The instructions cannot be shown now. They are also in the confirmation e-mail.",
  },
  de: {
    payBy: "Zahlbar bis",
    amountToPay: "Betrag",
    accountHolder: "Kontoinhaber",
    bankName: "Bank",
    bankPlace: "Sitz der Bank",
    accountNumber: "Kontonummer",
    swiftCode: "SWIFT-Code",
    referenceId: "Verwendungszweck, unbedingt angeben",
    additionalBankInformation: "Weitere Angaben zum Konto",
    storeName: "Geschäft",
    receiptNumber: "Zahlungsnummer",
    documentCode: "Code des Zahlscheins",
    openSlip: "Zahlschein öffnen",
    noInstructions: "Die Zahlungsangaben können gerade nicht angezeigt werden. Sie stehen auch in der Bestätigungs-E-Mail.",
  },
  ja: {
    payBy: "お支払い期限",
    amountToPay: "金額",
    accountHolder: "口座名義",
    bankName: "銀行",
    bankPlace: "銀行の所在地",
    accountNumber: "口座番号",
    swiftCode: "SWIFTコード",
    referenceId: "振込時に必ず入力する参照番号",
    additionalBankInformation: "口座に関するその他の情報",
    storeName: "店舗",
    receiptNumber: "払込番号",
    documentCode: "払込票のコード",
    openSlip: "払込票を開く",
    noInstructions: "お支払い方法を表示できません。確認メールにも記載されています。",
  },
});

/** Details of a source that are shown, in this order, by the names of their texts. */
const INSTRUCTION_ROWS = {
  wireTransfer: [
    ...["accountHolder", "bankName", "bankPlace", "accountNumber", "iban", "swiftCode"],
    ...["referenceId", "additionalBankInformation"],
  ],
  konbini: ["storeName", "receiptNumber"],
  boletoBancario: ["documentCode"],
};

class InstructionsElement extends PaymentElement {
  #content = newNode("div", { class: "DR-delayed-payment-instructions-container" });

  constructor(...given) {
    super(...given);
    for (const name of ["sourceId", "sourceClientSecret"]) {
      if (!this.options[name]) throw new Error(`The element ${this.type} needs the ${name}.`);
    }
  }

  async render() {
    this.#content.lang = this.language;
    this.container.append(this.#content);
    await this.refresh();
    if (this.container) this.emit("ready");
  }

  remove() {
    this.#content.remove();
  }

  async refresh() {
    const { sourceId, sourceClientSecret } = this.options;
    const { source } = await retrieveSource(this.instance, sourceId, sourceClientSecret);
    const write = (name) => text(this.instance.locale, name);
    const shown = source && INSTRUCTION_ROWS[source.type] ? this.#instructions(source, write) : [write("noInstructions")];
    this.#content.replaceChildren(...shown);
  }

  #instructions(source, write) {
    const details = source[source.type];
    const { locale } = this.instance;
    const values = {
      ...details,
      bankPlace: [details.city, details.country].filter(Boolean).join(", "),
      storeName: locale.startsWith("ja") ? details.localizedStoreName : details.storeName,
    };
    const amount = new Intl.NumberFormat(locale, { style: "currency", currency: source.currency }).format(source.amount);
    const due = new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(new Date(source.expirationTime));
    const rows = INSTRUCTION_ROWS[source.type].filter((name) => values[name]).map((name) => [write(name), values[name]]);
    const list = [[write("amountToPay"), amount], ...rows, [write("payBy"), due]];
    const slip = details.printableInvoiceUrl ?? details.document;
    return [
      newNode("dl", {}, ...list.flatMap(([name, value]) => [newNode("dt", {}, name), newNode("dd", {}, value)])),
      ...(slip ? [newNode("p", {}, newLink(slip, write("openSlip")))] : []),
    ];
  }
}

defineElement("delayedpaymentinstructions", InstructionsElement);
