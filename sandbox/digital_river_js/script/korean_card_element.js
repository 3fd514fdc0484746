// The element `koreancard`: what Korean banks ask of a card, beside the card fields. Its values stay in their frames.

const KOREAN_FIELDS = ["koreanholder", "koreanpassword"];

class KoreanCardElement extends FormElement {
  async render() {
    this.addContent("korean-card");
    const { style, classes } = this.options;
    const mounted = KOREAN_FIELDS.map((name) => {
      const options = { style, classes, mask: name === "koreanpassword" };
      const element = new FieldElement(name, this.instance, options, () => {});
      return this.addField({ name, label: text(this.instance.locale, FIELD_TITLES[name]) }, element);
    });
    if (await canAllBeUsed(mounted)) this.emit("ready");
  }
}

defineElement("koreancard", KoreanCardElement);
