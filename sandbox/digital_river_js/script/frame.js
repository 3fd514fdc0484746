// A frame of the sandbox's origin in the page of the storefront, and the messages between the two.
//
// A message is accepted only from the frame's own window and origin, and sent only to this origin. The frame does the
// same with the page: see frames/shop.js.

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
    for (const { reject } of this.#pending.values()) reject(new Error("The frame was removed."));
    this.#pending.clear();
  }

  send(kind, data = {}) {
    // Before the frame has loaded, its window has another origin.
    if (this.#isLoaded) this.#iframe.contentWindow.postMessage({ digitalRiver: kind, data }, this.#origin);
    else this.#waiting.push([kind, data]);
  }

  /** Send a message, and return the frame's answer. */
  ask(kind, data) {
    const call = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#pending.set(call, { resolve, reject });
      this.send(kind, { ...data, call });
    });
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
      for (const [waiting, content] of this.#waiting.splice(0)) this.send(waiting, content);
    } else if (kind === "answer") {
      this.#pending.get(data.call)?.resolve(data.content);
      this.#pending.delete(data.call);
    } else if (kind) {
      this.#receive(kind, data);
    }
  };
}
