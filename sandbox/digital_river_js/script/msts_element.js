// The element `msts`: what TreviPay writes on its invoice.

addTexts({
  en: { poNumber: "Purchase order number", notes: "Notes" },
  de: { poNumber: "Bestellnummer", notes: "Bemerkungen" },
  ja: { poNumber: "発注番号", notes: "備考" },
});

const LONGEST_NOTES = 500;

class MstsElement extends FormElement {
  async render() {
    this.addContent("msts-container");
    const write = (name) => text(this.instance.locale, name);
    const canBeUsed = await this.addFields([
      { name: "poNumber", label: write("poNumber"), isRequired: false },
      { name: "notes", label: write("notes"), isRequired: false, textArea: true, maxLength: LONGEST_NOTES },
    ]);
    if (canBeUsed) this.emit("ready");
  }

  changed(name, { value, ...state }) {
    this.emit("change", { ...state, msts: { type: name, value } });
  }

  sourceBody(body) {
    const values = Object.entries(this.states).filter(([, { value }]) => value);
    return { ...body, msts: { ...body.msts, ...Object.fromEntries(values.map(([name, { value }]) => [name, value])) } };
  }
}

defineElement("msts", MstsElement);
