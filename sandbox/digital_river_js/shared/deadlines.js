// Waits. What a frame, the shopper or the storefront must settle is awaited here only, and never for ever.

/** For a call of the payment service. */
const CALL_TIMEOUT_MS = 30_000;

/** For a frame: to load, and to answer a message, for which it may call the payment service. */
const FRAME_TIMEOUT_MS = CALL_TIMEOUT_MS + 10_000;

/** For what the shopper does in a dialog or in a window, as at a bank. */
const SHOPPER_TIMEOUT_MS = 15 * 60_000;

/** For the storefront's answer to a choice in a payment sheet. Apple Pay waits as long. */
const UPDATE_TIMEOUT_MS = 30_000;

/** For the storefront to make the order of a payment sheet. */
const ORDER_TIMEOUT_MS = 120_000;

/**
 * A promise that is settled from outside. It rejects with a `PaymentError` of the type `request_timeout` after this time.
 * @param {string} what the subject of the error's message
 * @returns {{promise: Promise<any>, resolve: (value?: any) => void, reject: (problem: Error) => void}}
 */
function waitFor(what, milliseconds) {
  let settle;
  const promise = new Promise((resolve, reject) => (settle = { resolve, reject }));
  const late = errorOf("request_timeout", "unknown_error", `${what} did not answer in time.`);
  const timer = setTimeout(() => settle.reject(new PaymentError(late)), milliseconds);
  const end = (how) => (value) => {
    clearTimeout(timer);
    how(value);
  };
  return { promise, resolve: end(settle.resolve), reject: end(settle.reject) };
}
