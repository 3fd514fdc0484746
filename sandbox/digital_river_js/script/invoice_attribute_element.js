// The element `invoiceattribute`: what a country wants on its electronic invoices. No country of the demo shop wants
// anything, so that the element is empty, and `submit()` has nothing to send.

class InvoiceAttributeElement extends PaymentElement {
  constructor(...given) {
    super(...given);
    checkMarket(this.type, "invoiceAttribute", this.options.invoiceAttribute);
  }

  render() {
    queueMicrotask(() => this.emit("ready"));
  }

  remove() {}

  refresh() {}

  /** The attributes of the invoice. */
  async submit() {
    return {};
  }
}

defineElement("invoiceattribute", InvoiceAttributeElement);
