// The element `taxidentifier`: the numbers by which a country knows a shopper or a business.

addTexts({
  en: {
    taxFor: "Who buys?",
    tax_individual: "A person",
    tax_business: "A business",
    tax_uk_vat: "VAT number",
    tax_de_vat: "VAT number",
    tax_cpf: "CPF number",
    tax_cnpj: "CNPJ number",
    tax_ie: "State registration number (IE)",
  },
  de: {
    taxFor: "Wer kauft?",
    tax_individual: "Eine Person",
    tax_business: "Ein Unternehmen",
    tax_uk_vat: "Britische Umsatzsteuernummer",
    tax_de_vat: "Umsatzsteuer-Identifikationsnummer",
    tax_cpf: "CPF-Nummer",
    tax_cnpj: "CNPJ-Nummer",
    tax_ie: "Nummer der Staatsregistrierung (IE)",
  },
  ja: {
    taxFor: "購入者の区分",
    tax_individual: "個人",
    tax_business: "法人",
    tax_uk_vat: "VAT番号",
    tax_de_vat: "VAT番号",
    tax_cpf: "CPF番号",
    tax_cnpj: "CNPJ番号",
    tax_ie: "州登録番号（IE）",
  },
});

class TaxIdentifierElement extends FormElement {
  #fields = { individual: [], business: [] };
  #customerType = null;

  constructor(...given) {
    super(...given);
    checkMarket(this.type, "taxIdentifier", this.options.taxIdentifier);
  }

  async render() {
    const content = this.addContent("tax-identifier-container");
    const specs = await countrySpecs(this.instance, this.options.taxIdentifier);
    if (this.content !== content) return;
    this.#fields = { individual: this.#read(specs, "individual"), business: this.#read(specs, "business") };
    const types = Object.keys(this.#fields).filter((type) => this.#fields[type].length);
    if (types.length > 1) this.#addChoice(types);
    if (types.length && !(await this.#show(types[0]))) return;
    const isNeeded = (type) => this.#fields[type].some(({ isRequired }) => isRequired);
    this.emit("ready", {
      hasTaxIdentifier: types.length > 0,
      businessTaxIdentifierRequired: isNeeded("business"),
      individualTaxIdentifierRequired: isNeeded("individual"),
    });
  }

  changed(name, { value = "", ...state }) {
    this.emit("change", { ...state, identifier: { value, type: name, customerType: this.#customerType } });
  }

  /** The fields of a customer type; none if the storefront has chosen the other one. */
  #read(specs, customerType) {
    const only = this.options.taxIdentifier.type;
    if (only && only !== customerType) return [];
    return (specs?.[`${customerType}TaxIdentifiersSchemas`] ?? []).map((written) => {
      const { title, description, properties, required } = JSON.parse(written);
      return {
        name: title,
        label: `tax_${title}` in TEXTS.en ? text(this.instance.locale, `tax_${title}`) : description,
        pattern: properties.taxIdentifier.pattern,
        isRequired: required.length > 0,
        invalidCode: "invalid_tax_identifier",
      };
    });
  }

  #addChoice(types) {
    const group = newId("customer-type");
    const choices = types.map((type, index) => {
      const radio = newNode("input", { type: "radio", name: group, id: newId(type), checked: index === 0 });
      radio.addEventListener("change", () => this.#show(type));
      const label = newNode("label", { for: radio.id }, text(this.instance.locale, `tax_${type}`));
      return newNode("span", { class: "DR-choice" }, radio, label);
    });
    const legend = newNode("legend", { class: "DR-field-label" }, text(this.instance.locale, "taxFor"));
    this.content.append(newNode("fieldset", { class: "DR-customer-type" }, legend, ...choices));
  }

  /** Show the fields of a customer type. Returns whether they can be used. */
  #show(customerType) {
    this.clearFields();
    for (const row of this.content.querySelectorAll(".DR-field-parent")) row.remove();
    this.#customerType = customerType;
    return this.addFields(this.#fields[customerType]);
  }
}

defineElement("taxidentifier", TaxIdentifierElement);
