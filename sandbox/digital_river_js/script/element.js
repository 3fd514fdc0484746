// What all elements have in common: their life in the page, their events, and the classes of their container.

const EVENTS = new Set([
  ...["ready", "change", "focus", "blur", "return", "click", "cancel", "source", "complete"],
  ...["shippingaddresschange", "shippingoptionchange"],
]);

const DEFAULT_CLASSES = {
  base: "DRElement",
  complete: "DRElement--complete",
  empty: "DRElement--empty",
  focus: "DRElement--focus",
  invalid: "DRElement--invalid",
  webkitAutofill: "DRElement--autofilled",
};

/** The element of a container, by container. */
const ELEMENTS_BY_CONTAINER = new WeakMap();

/** Classes of elements, by their type in lower case: `{create, several, hasNoClasses}`. */
const ELEMENT_TYPES = {};

/**
 * @param {typeof PaymentElement} create
 * @param {{several?: boolean}} [options] `several`: whether an instance of DigitalRiver may have more than one
 */
function defineElement(type, create, { several = false } = {}) {
  ELEMENT_TYPES[type] = { create, several };
}

/** The function `createElement` of DigitalRiver.js. */
function createElement(instance, type, options) {
  const name = String(type).toLowerCase();
  const known = Object.hasOwn(ELEMENT_TYPES, name) ? ELEMENT_TYPES[name] : null;
  if (!known) {
    throw new Error(`There is no element ${type}. There are: ${Object.keys(ELEMENT_TYPES).join(", ")}.`);
  }
  if (instance.elements.has(name) && !known.several) {
    throw new Error(`This DigitalRiver has an element ${name} already. Destroy it first.`);
  }
  const element = new known.create(name, instance, options, () => instance.elements.delete(name));
  instance.elements.set(name, element);
  return element;
}

class PaymentElement {
  #handlers = new Map();
  #isDestroyed = false;
  #onDestroy;
  #readiness = null;
  container = null;

  /**
   * @param {string} type in lower case
   * @param {object} instance what the elements of one `DigitalRiver` share: key, locale, service, group
   * @param {object} options what the storefront gave
   * @param {() => void} onDestroy
   */
  constructor(type, instance, options, onDestroy) {
    this.type = type;
    this.instance = instance;
    this.options = options;
    this.#onDestroy = onDestroy;
  }

  /** @param {string | HTMLElement} place the id of an element of the page, without `#`, or the element */
  mount(place) {
    this.#check();
    const container = containerOf(place);
    if (this.container) throw new Error(`The element ${this.type} is mounted already. Unmount it first.`);
    if (ELEMENTS_BY_CONTAINER.has(container)) throw new Error("This container has another element already.");
    this.container = container;
    ELEMENTS_BY_CONTAINER.set(container, this);
    this.#readiness = waitFor(`The element ${this.type}`, FRAME_TIMEOUT_MS);
    this.#readiness.promise.catch(({ error }) => this.emit("ready", { error }));
    this.render();
  }

  /**
   * Mount the element, also again, and wait until it can be used.
   * @returns {Promise<boolean>} whether it can, or was removed meanwhile. Rejects with a `PaymentError` if it cannot.
   */
  mountAndWait(place) {
    if (this.container) this.unmount();
    this.mount(place);
    return this.#readiness.promise;
  }

  unmount() {
    this.#check();
    if (!this.container) throw new Error(`The element ${this.type} is not mounted.`);
    this.#leave();
  }

  async destroy() {
    this.#check();
    if (this.container) this.#leave();
    this.#isDestroyed = true;
    this.#handlers.clear();
    this.#onDestroy();
  }

  on(event, handler) {
    this.#check();
    if (!EVENTS.has(event)) throw new Error(`Elements have no event ${event}. They have: ${[...EVENTS].join(", ")}.`);
    if (!this.#handlers.has(event)) this.#handlers.set(event, []);
    this.#handlers.get(event).push(handler);
    return this;
  }

  update(options) {
    this.#check();
    this.options = { ...this.options, ...options };
    if (this.container) this.refresh();
  }

  focus() {
    this.#check();
  }

  blur() {
    this.#check();
  }

  clear() {
    this.#check();
  }

  emit(event, data = {}) {
    if (event === "ready") this.#readiness?.resolve(true);
    for (const handler of this.#handlers.get(event) ?? []) handler({ ...data, elementType: this.type });
  }

  has(event) {
    return this.#handlers.has(event);
  }

  /** Language of the texts that the element shows. */
  get language() {
    return languageOf(this.instance.locale);
  }

  /** Set which of the classes the container has, such as `{empty: true, focus: false}`. */
  setClasses(states) {
    const classes = { ...DEFAULT_CLASSES, ...this.options.classes };
    for (const [state, isSet] of Object.entries(states)) {
      for (const name of (classes[state] ?? "").split(/\s+/).filter(Boolean)) {
        this.container.classList.toggle(name, Boolean(isSet));
      }
    }
  }

  #leave() {
    this.setClasses(Object.fromEntries(Object.keys(DEFAULT_CLASSES).map((state) => [state, false])));
    this.remove();
    ELEMENTS_BY_CONTAINER.delete(this.container);
    this.container = null;
    this.#readiness.resolve(false);
  }

  #check() {
    if (this.#isDestroyed) throw new Error(`This element ${this.type} was destroyed. Create a new one.`);
  }
}

/**
 * Whether all elements of a larger one can be used. The deadline of the larger one reports that they cannot.
 * @param {Promise<boolean>[]} mounted what `mountAndWait` of each has returned
 */
async function canAllBeUsed(mounted) {
  const { value } = await outcomeOf(Promise.all(mounted));
  return value?.every(Boolean) ?? false;
}

function containerOf(place) {
  const container = typeof place === "string" ? document.getElementById(place) : place;
  if (container instanceof HTMLElement) return container;
  throw new Error(`mount() needs an HTMLElement or the id of one, and the page has no ${place}.`);
}
