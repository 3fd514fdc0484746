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
 * The result of a call that makes or reads a source: `source` or `error`, and null for the other one.
 * @param {Promise<object>} source
 */
async function sourceResult(source) {
  try {
    return { source: await source, error: null };
  } catch (problem) {
    if (!(problem instanceof PaymentError)) throw problem;
    return { source: null, error: problem.error };
  }
}
