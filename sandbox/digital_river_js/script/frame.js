// A frame of the sandbox's origin in the page of the storefront, and the messages between the two.
//
// A message is accepted only from the frame's own window and origin, and sent only to this origin. The frame does the
// same with the page: see frames/shop.js.

/** A name that no other page can guess. `crypto.randomUUID` is missing in pages over plain HTTP. */
function randomName() {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

/** How many answers of a frame may be awaited at once. */
const MOST_QUESTIONS = 20;

class SandboxFrame {
  #iframe = document.createElement("iframe");
  #pending = new Map();
  #waiting = [];
  #isLoaded = false;
  #origin;
  #calls = 0;
  #configuration;
  #receive;

  /**
   * @param {string} page the page of the frame: a file of the frames' folder, or a whole address
   * @param {string} title what a screen reader calls the frame
   * @param {object} configuration what the frame receives first
   * @param {(kind: string, data: object) => void} receive is called with each message of the frame
   */
  constructor(page, title, configuration, receive) {
    const url = new URL(page, FRAMES_URL);
    this.#origin = url.origin;
    this.#configuration = configuration;
    this.#receive = receive;
    Object.assign(this.#iframe, { src: url.href, title, allow: "payment" });
    Object.assign(this.#iframe.style, { display: "block", width: "100%", border: "0", margin: "0", padding: "0" });
  }

  get iframe() {
    return this.#iframe;
  }

  mount(container) {
    window.addEventListener("message", this.#onMessage);
    container.append(this.#iframe);
  }

  remove() {
    window.removeEventListener("message", this.#onMessage);
    this.#iframe.remove();
    this.#waiting.length = 0;
    const removed = errorOf("conflict", "unknown_error", "The element was removed from the page.");
    for (const { reject } of this.#pending.values()) reject(new PaymentError(removed));
  }

  /** Send a message without an answer. Before the frame has loaded, only the last one of a kind is kept. */
  send(kind, data = {}) {
    // Before the frame has loaded, its window has another origin.
    if (this.#isLoaded) return this.#iframe.contentWindow.postMessage({ digitalRiver: kind, data }, this.#origin);
    this.#waiting = [...this.#waiting.filter((other) => other.kind !== kind || other.data.call), { kind, data }];
  }

  /** Send a message, and return the frame's answer. The promise rejects with a `PaymentError` without one. */
  async ask(kind, data) {
    if (this.#pending.size >= MOST_QUESTIONS) {
      throw new PaymentError(errorOf("too_many_requests", "unknown_error", "The element has too many open requests."));
    }
    const call = ++this.#calls;
    const answer = waitFor("The frame", FRAME_TIMEOUT_MS);
    this.#pending.set(call, answer);
    this.send(kind, { ...data, call });
    try {
      return await answer.promise;
    } finally {
      this.#pending.delete(call);
      // A frame that loads later must not make the source of a call that has failed.
      this.#waiting = this.#waiting.filter((other) => other.data.call !== call);
    }
  }

  /** Change what the frame receives first, and send it again. */
  configure(changes) {
    Object.assign(this.#configuration, changes);
    if (this.#isLoaded) this.send("configure", this.#configuration);
  }

  #onMessage = (event) => {
    if (event.source !== this.#iframe.contentWindow || event.origin !== this.#origin) return;
    const { digitalRiver: kind, data } = event.data ?? {};
    if (kind === "loaded") {
      this.#isLoaded = true;
      this.send("configure", this.#configuration);
      for (const waiting of this.#waiting.splice(0)) this.send(waiting.kind, waiting.data);
    } else if (kind === "answer") {
      this.#pending.get(data.call)?.resolve(data.content);
    } else if (kind === "no-answer") {
      const failed = errorOf("internal_server_error", "unknown_error", "The frame of the element has failed.");
      this.#pending.get(data.call)?.reject(new PaymentError(failed));
    } else if (kind) {
      this.#receive(kind, data);
    }
  };
}
