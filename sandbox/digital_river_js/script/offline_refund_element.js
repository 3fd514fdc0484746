// The element `offlinerefund`: where a shopper who has sent money wants it back. Bank data stays in the frames, which
// send it to the payment service.

addTexts({
  en: {
    refundAbout: "Enter the bank account to which your money is sent back.",
    refundSend: "Send",
    refundSent: "Thank you. The money is on its way to your account.",
    refundUnknown: "This refund is not known, or its bank account was named already.",
    refundFailed: "The account was not accepted. Check it, and send it again.",
    refund_accountHolder: "Account holder",
    refund_iban: "IBAN",
    refund_accountNumber: "Account number",
    refund_bankCode: "Bank code",
    refund_accountType: "Kind of account",
  },
  de: {
    refundAbout: "Geben Sie das Konto ein, auf das Ihr Geld zurückgezahlt wird.",
    refundSend: "Senden",
    refundSent: "Vielen Dank. Das Geld ist auf dem Weg zu Ihrem Konto.",
    refundUnknown: "Diese Erstattung ist nicht bekannt, oder ihr Konto wurde schon angegeben.",
    refundFailed: "Das Konto wurde nicht angenommen. Prüfen Sie es, und senden Sie es noch einmal.",
    refund_accountHolder: "Kontoinhaber",
    refund_iban: "IBAN",
    refund_accountNumber: "Kontonummer",
    refund_bankCode: "Bankleitzahl",
    refund_accountType: "Art des Kontos",
  },
  ja: {
    refundAbout: "返金先の銀行口座を入力してください。",
    refundSend: "送信",
    refundSent: "ありがとうございます。返金の手続きを開始しました。",
    refundUnknown: "この返金は見つからないか、口座がすでに登録されています。",
    refundFailed: "口座が受け付けられませんでした。確認して、もう一度送信してください。",
    refund_accountHolder: "口座名義",
    refund_iban: "IBAN",
    refund_accountNumber: "口座番号",
    refund_bankCode: "銀行コード",
    refund_accountType: "口座の種類",
  },
});

class OfflineRefundElement extends FormElement {
  #status = newNode("p", { class: "DR-status-text", role: "status", tabindex: "-1" });
  #isSending = false;

  constructor(...given) {
    super(...given);
    if (!this.options.refundToken) throw new Error("The element offlinerefund needs the refundToken.");
  }

  async render() {
    const content = this.addContent("offline-refund");
    const write = (name) => text(this.instance.locale, name);
    const call = callService(this.instance.service, "GET", this.#path);
    const { value: refund } = await outcomeOf(call);
    if (this.content !== content) return;
    if (refund) {
      this.content.append(newNode("p", { id: "DR-offline-refund-instructions" }, write("refundAbout")));
      const fields = refund.fields.map(({ name, mandatory, pattern, options }) => ({
        ...{ name, pattern, label: write(`refund_${name}`), isRequired: mandatory, choices: options, isSecret: true },
      }));
      if (!(await this.addFields(fields))) return;
      const send = newButton(write("refundSend"), { class: "DR-pay-button", onclick: () => this.#send() });
      this.content.append(send, this.#status);
    } else {
      this.content.append(newNode("p", { class: "DR-status-text" }, write("refundUnknown")));
    }
    this.emit("ready");
  }

  get #path() {
    return `/payments/refunds/${encodeURIComponent(this.options.refundToken)}`;
  }

  async #send() {
    if (this.#isSending) return;
    if (!this.state.complete) return this.showErrors();
    this.#isSending = true;
    const { content } = this;
    const [first] = Object.values(this.elements);
    const names = Object.fromEntries(Object.entries(this.elements).map(([name, { id }]) => [id, name]));
    const { error } = await outcomeOf(sourceOfFrame(first, "send-fields", { path: this.#path, names }));
    this.#isSending = false;
    if (this.content !== content) return;
    if (error) {
      this.#status.textContent = text(this.instance.locale, "refundFailed");
      return this.emit("change", { complete: false, empty: false, error: { type: error.type, ...error.errors[0] } });
    }
    this.clearFields();
    this.content.replaceChildren(this.#status);
    this.#status.focus(); // The button that had the focus is gone.
    this.#status.textContent = text(this.instance.locale, "refundSent");
    this.emit("complete");
  }
}

defineElement("offlinerefund", OfflineRefundElement);
