// An element whose field or form is in a frame of the sandbox.

class FrameElement extends PaymentElement {
  #frame;
  #stopWatching;

  /** By which other frames find this one. */
  id = randomName();

  /** The page of the frame. Subclasses override it, as the functions below. */
  page = "field.html";

  /** What a screen reader calls the frame. */
  get title() {
    throw new Error(`The element ${this.type} has no title.`);
  }

  /** What the frame receives in addition to key, locale and look. May be a promise. */
  content() {
    return {};
  }

  /** A message of the frame that is not the height, the classes or an event. */
  receive() {}

  async render() {
    this.setClasses({ base: true, empty: true });
    const container = this.container;
    // The frame is in the page as soon as mount() returns, unless its content must be fetched.
    const promised = this.content();
    const content = promised instanceof Promise ? await promised : promised;
    // The storefront may have unmounted the element meanwhile.
    if (this.container !== container) return;
    this.#frame = new SandboxFrame(this.page, this.title, this.#look(content), (kind, data) => this.#receive(kind, data));
    // The frame is as high as its field.
    this.#frame.iframe.setAttribute("scrolling", "no");
    this.#frame.iframe.style.height = "1.5em";
    this.#frame.iframe.style.colorScheme = colorSchemeOf(container);
    this.#stopWatching = onColorSchemeChange(() => this.refresh());
    this.#frame.mount(container);
    for (const place of this.#clickable()) place.addEventListener("click", this.#focusFrame);
  }

  remove() {
    if (!this.#frame) return;
    for (const place of this.#clickable()) place.removeEventListener("click", this.#focusFrame);
    this.#stopWatching();
    this.#frame.remove();
    this.#frame = undefined;
  }

  async refresh() {
    const content = await this.content();
    if (!this.#frame) return;
    this.#frame.iframe.style.colorScheme = colorSchemeOf(this.container);
    this.#frame.configure(this.#look(content));
  }

  focus() {
    super.focus();
    this.#frame?.send("focus");
  }

  blur() {
    super.blur();
    this.#frame?.send("blur");
  }

  clear() {
    super.clear();
    this.#frame?.send("clear");
  }

  /** Show and announce what is wrong with the value, also while the shopper may still be typing. */
  showError() {
    this.#frame?.send("show-error");
  }

  /** The frame's answer to a request, such as the result of creating a source with the fields of the same card. */
  ask(kind, data) {
    if (!this.#frame) throw new Error(`Mount the element ${this.type} first.`);
    return this.#frame.ask(kind, data);
  }

  #look(content) {
    const { key, locale, group } = this.instance;
    const { style = {}, placeholderText, mask } = this.options;
    return {
      ...{ type: this.type, id: this.id },
      ...{ key, locale, group, style, placeholderText, mask },
      inherited: inheritedStyle(this.container),
      colorScheme: colorSchemeOf(this.container),
      ...content,
    };
  }

  #receive(kind, data) {
    if (kind === "height") {
      this.#frame.iframe.style.height = `${data.height}px`;
    } else if (kind === "classes") {
      this.setClasses(data.states);
    } else if (EVENTS.has(kind)) {
      this.report(kind, data);
    } else {
      this.receive(kind, data);
    }
  }

  /** An event of the frame. Subclasses may change what the storefront receives. */
  report(event, data) {
    this.emit(event, data);
  }

  #focusFrame = () => this.focus();

  /** The container and the labels that name it: a click on them leads into the field, as with a field of the page. */
  #clickable() {
    const { id } = this.container;
    return [this.container, ...(id ? document.querySelectorAll(`label[for="${CSS.escape(id)}"]`) : [])];
  }
}
