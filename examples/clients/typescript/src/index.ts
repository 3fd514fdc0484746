export { type Answer, UnreadableAnswer } from "./answer.js";
export { Gateway, type Document } from "./gateway.js";
export { riverfrontFetch, type Connection } from "./fetch.js";
export {
  bearerSession,
  cookieSession,
  DeliveryMismatch,
  type ForwardedRequest,
  forwardedSession,
  type Session,
  type SessionAnswer,
} from "./session.js";
export { memoryStorage, type KeyValueStorage } from "./storage.js";
export {
  accepted,
  AnswerHasErrors,
  answerErrors,
  isUnreachable,
  Refused,
  type AnswerError,
  type AnswerErrorExtensions,
  type RetryAdvice,
  Unreachable,
  type UserError,
} from "./errors.js";
export { adviceOf, retrying, type RetryOptions } from "./retry.js";
export {
  Orders,
  type CallOptions,
  type OrderCalls,
  type OrderOptions,
  type Outcome,
  type Reading,
  type Result,
  type Submitted,
} from "./orders.js";
export { newKey, SubmitRequests, type Agreement, type StoredRequest, type SubmitRequest } from "./submit-requests.js";
export { possibleTypes } from "./generated/graph-facts.js";
