// The element `koreancard`: what Korean banks ask of a card, beside the card fields. Its values stay in their frames.

addTexts({
  en: { koreanHolder: "Birth date (YYMMDD) or business number", koreanPassword: "First two digits of the card's password" },
  de: {
    koreanHolder: "Geburtsdatum (JJMMTT) oder Unternehmensnummer",
    koreanPassword: "Die ersten zwei Ziffern des Kartenpassworts",
  },
  ja: { koreanHolder: "生年月日（YYMMDD）または事業者番号", koreanPassword: "カードのパスワードの最初の2桁" },
});

const KOREAN_FIELDS = { koreanholder: "koreanHolder", koreanpassword: "koreanPassword" };

Object.assign(FIELD_TITLES, KOREAN_FIELDS);

class KoreanCardElement extends FormElement {
  async render() {
    this.content = dropinNode("div", { class: "DR-korean-card DR-form" });
    this.container.append(this.content);
    const fields = Object.entries(KOREAN_FIELDS).map(([type, label]) => this.#add(type, label));
    if (await canAllBeUsed(fields)) this.emit("ready");
  }

  #add(type, label) {
    const { holder, problem, node } = fieldRow(type, text(this.instance.locale, label));
    this.content.append(node);
    const { style, classes } = this.options;
    const field = new FieldElement(type, this.instance, { style, classes, mask: type === "koreanpassword" }, () => {});
    this.elements[type] = field;
    this.states[type] = { complete: false, empty: true, error: null };
    field.on("change", (state) => {
      problem.textContent = state.error?.message ?? "";
      this.states[type] = state;
      const empty = Object.values(this.states).every((other) => other.empty);
      this.emit("change", { complete: this.isComplete, empty, error: this.firstError });
    });
    return field.mountAndWait(holder);
  }
}

defineElement("koreancard", KoreanCardElement);
