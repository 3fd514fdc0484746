// Saved payment methods that the storefront gives to Drop-in, and the entry of a purchase without payment.

class DropinSavedEntry extends DropinEntry {
  #saved;
  #terms;

  constructor(dropin, saved) {
    super(dropin, { ...savedHeading(dropin, saved), kind: "DR-stored" });
    this.#saved = saved;
    this.#terms = saved.type === "storeCredit" && !this.#coversAll ? null : new DropinTerms(dropin, {});
    this.body.append(...this.#parts());
  }

  get #isCredit() {
    return this.#saved.type === "storeCredit";
  }

  get #coversAll() {
    return this.#isCredit && Number(this.#saved.amount) >= this.dropin.amountToPay;
  }

  #parts() {
    const { dropin } = this;
    if (this.#saved.added) {
      const about = newNode(
        "p",
        { class: "DR-note" },
        dropin.text("creditAdded", { amount: dropin.money(this.#saved.amount) }),
      );
      const remove = newButton(dropin.text("remove", { name: this.#saved.displayName }), {
        class: "DR-secondary-button",
        onclick: () => dropin.requireUpdate(this.#saved, "remove"),
      });
      return [about, remove];
    }
    const about = this.#coversAll ? [newNode("p", { class: "DR-note" }, dropin.text("creditCovers"))] : [];
    const isPart = this.#isCredit && !this.#coversAll;
    const face = plainFace(dropin, isPart ? dropin.text("useCredit") : undefined);
    return [
      ...about,
      ...(this.#terms ? [this.#terms.node] : []),
      new DropinPayButton(dropin, () => this.#use(), face).node,
    ];
  }

  async #use() {
    const faulty = (this.#terms?.boxes ?? []).filter((box) => !box.check());
    if (faulty.length > 0) faulty[0].focus();
    else if (this.#isCredit && !this.#coversAll) this.dropin.requireUpdate(this.#saved, "add");
    else this.dropin.succeed({ source: null, storedPaymentMethod: this.#saved });
  }
}

/** What an entry shows of a saved payment method. */
function savedHeading(dropin, saved) {
  const { type, brand, lastFour, displayName, iconUrl, expirationMonth, expirationYear } = saved;
  const image = iconUrl ?? dropin.imageOf(type);
  if (type === "storeCredit") {
    return { type, image, title: dropin.text("credit", { name: displayName, amount: dropin.money(saved.amount) }) };
  }
  const title = lastFour
    ? dropin.text("endingIn", { brand, digits: lastFour })
    : (displayName ?? dropinMethodName(dropin.instance.locale, saved));
  const date =
    expirationMonth &&
    expirationYear &&
    `${String(expirationMonth).padStart(2, "0")}/${String(expirationYear).slice(-2)}`;
  return { type, image, title, detail: date ? dropin.text("expires", { date }) : undefined };
}

/** The only part of Drop-in if there is nothing to pay: the terms and the button. */
class DropinFreePurchase {
  constructor(dropin) {
    const terms = new DropinTerms(dropin, {});
    const pay = async () => {
      const faulty = terms.boxes.filter((box) => !box.check());
      if (faulty.length > 0) faulty[0].focus();
      else dropin.succeed({ source: null, sourceNotRequired: true });
    };
    const button = new DropinPayButton(dropin, pay, plainFace(dropin));
    const about = newNode("p", { class: "DR-note" }, dropin.text("nothingToPay"));
    this.node = newNode("div", { class: "DR-skipPaymentSection" }, about, terms.node, button.node);
  }
}
