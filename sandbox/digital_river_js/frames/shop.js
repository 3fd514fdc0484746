// The page of the storefront around this frame, and the messages between the two.
//
// The first message of the surrounding window tells its origin. From then on, only this window and origin are heard, and
// messages are sent to this origin only.

const SHOP = { origin: null };

function sendToShop(kind, data = {}) {
  if (SHOP.origin) parent.postMessage({ digitalRiver: kind, data }, SHOP.origin);
}

/**
 * Listen to the storefront. A handler may return an answer, also as a promise.
 * @param {Record<string, (data: object) => unknown>} handlers by the kind of the message
 */
function listenToShop(handlers) {
  window.addEventListener("message", async (event) => {
    if (event.source !== parent || event.source === window || !Object.hasOwn(handlers, event.data?.digitalRiver)) return;
    SHOP.origin ??= event.origin;
    if (event.origin !== SHOP.origin) return;
    const { digitalRiver: kind, data } = event.data;
    try {
      const content = await handlers[kind](data);
      if (data.call) sendToShop("answer", { call: data.call, content });
    } catch (problem) {
      if (data.call) sendToShop("no-answer", { call: data.call });
      throw problem;
    }
  });
  // A browser does not close the dialog around a frame on the Escape key in the frame.
  window.addEventListener("keydown", ({ key }) => key === "Escape" && sendToShop("escape"));
  // This message has no content, so that any origin may read it.
  parent.postMessage({ digitalRiver: "loaded" }, "*");
}
