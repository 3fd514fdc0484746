// Errors as DigitalRiver.js reports them: an object with a type and a list of errors, each with code and message.

/** An error of the payment service, or of a call to it. */
class PaymentError extends Error {
  /** @param {{type: string, errors: {code: string, message: string, parameter?: string}[]}} error */
  constructor(error) {
    super(error.errors[0]?.message);
    this.error = error;
  }
}

function errorOf(type, code, message, more = {}) {
  return { type, errors: [{ code, message, ...more }] };
}

function missingParameters(...names) {
  return {
    type: "bad_request",
    errors: names.map((parameter) => ({ code: "missing_parameter", parameter, message: `${parameter} is missing.` })),
  };
}

/**
 * What a promise is kept with, or the error of the `PaymentError` with which it is broken. The other one is null.
 * @returns {Promise<{value: any, error: object | null}>}
 */
async function outcomeOf(promise) {
  try {
    return { value: await promise, error: null };
  } catch (problem) {
    if (!(problem instanceof PaymentError)) throw problem;
    return { value: null, error: problem.error };
  }
}

/** The result of a call that makes or reads a source: `source` or `error`, and null for the other one. */
async function sourceResult(promise) {
  const { value: source, error } = await outcomeOf(promise);
  return { source, error };
}
