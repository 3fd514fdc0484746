// The elements in which a shopper selects: a bank, a konbini store, or any other list.

addTexts({
  en: { selectBank: "Select a bank", selectStore: "Select a store", select: "Select" },
  de: { selectBank: "Bank auswählen", selectStore: "Geschäft auswählen", select: "Auswählen" },
  ja: { selectBank: "銀行を選択してください", selectStore: "店舗を選択してください", select: "選択してください" },
});

class SelectElement extends FrameElement {
  page = "select.html";
  #value = "";
  #hasChoices = false;

  get title() {
    return text(this.instance.locale, FIELD_TITLES[this.type]);
  }

  /** The choices: `{value, label}` each. */
  async choices() {
    return [];
  }

  get placeholder() {
    return text(this.instance.locale, "select");
  }

  async content() {
    const choices = await this.choices();
    this.#hasChoices = choices.length > 0;
    const { placeholderText, sendValue: sendsValue } = this.options;
    return { choices, label: this.title, prompt: placeholderText ?? this.placeholder, sendsValue };
  }

  /** What `ready` reports beside the type. */
  readiness() {
    return {};
  }

  report(event, data) {
    if (event === "change") this.#value = data.value ?? "";
    this.emit(event, event === "ready" ? this.readiness(this.#hasChoices) : data);
  }

  /** The body of a source with the selected value. Throws a `PaymentError` if nothing is selected. */
  extendSource(body, type, name) {
    if (!this.#value) throw new PaymentError(errorOf("validation_error", "missing_parameter", this.placeholder));
    return { ...body, [type]: { ...body[type], [name]: this.#value } };
  }
}

class OnlineBanking extends SelectElement {
  constructor(...given) {
    super(...given);
    const { currency, country } = this.options.onlineBanking ?? {};
    if (!currency || !country) throw new Error("The element onlinebanking needs onlineBanking.currency and .country.");
  }

  get placeholder() {
    return this.options.onlineBanking.placeholderText ?? text(this.instance.locale, "selectBank");
  }

  async choices() {
    const { country, currency } = this.options.onlineBanking;
    const banks = await retrieveOnlineBankingBanks(this.instance, country, currency);
    return banks.map(({ bankCode, bankName }) => ({ value: String(bankCode), label: bankName }));
  }

  readiness = (hasChoices) => ({ hasAvailableBanks: hasChoices });

  sourceBody = (body) => this.extendSource(body, "onlineBanking", "bankCode");
}

class Konbini extends SelectElement {
  get placeholder() {
    return text(this.instance.locale, "selectStore");
  }

  async choices() {
    const stores = await retrieveKonbiniStores(this.instance);
    const isJapanese = this.instance.locale.startsWith("ja");
    return stores.map(({ storeId, storeName, localizedStoreName }) => ({
      value: storeId,
      label: isJapanese ? localizedStoreName : storeName,
    }));
  }

  readiness = (hasChoices) => ({ hasAvailableStores: hasChoices });

  sourceBody = (body) => this.extendSource(body, "konbini", "storeId");
}

/** `dynamicselect`: a list of which the storefront gives label and `items`, strings or `{value, label}`. */
class DynamicSelect extends SelectElement {
  get title() {
    return this.options.labelText ?? this.options.elementType ?? text(this.instance.locale, "select");
  }

  async choices() {
    const items = this.options.items ?? [];
    return items.map((item) => (typeof item === "string" ? { value: item, label: item } : item));
  }
}

defineElement("onlinebanking", OnlineBanking);
defineElement("konbini", Konbini);
defineElement("dynamicselect", DynamicSelect, { several: true });
