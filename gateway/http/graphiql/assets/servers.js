// The requests of this page: to the gateway that served it, and to the sandbox behind the gateway.

import { CALLS_HEADER } from "./calls.js";

// Without a token the page acts as a browser and uses the session cookie; with a token it acts as an app.
const NO_BEARER = "Bearer ";
export const HEADERS = JSON.stringify({ Authorization: NO_BEARER }, null, 2);

const RETURNED = `${location.origin}/graphiql/returned`;

export async function askGateway(request, ownHeaders = {}) {
  const headers = new Headers({
    Accept: "application/graphql-response+json, application/json",
    "Content-Type": "application/json",
    "X-Riverfront-Client": "graphiql",
    [CALLS_HEADER]: "1",
  });
  for (const [name, value] of Object.entries(ownHeaders)) {
    headers.set(name, value);
  }
  if (headers.get("Authorization") === NO_BEARER.trim()) {
    headers.delete("Authorization");
  }
  // The gateway refuses a request with a cookie and a bearer token.
  const credentials = headers.has("Authorization") ? "omit" : "same-origin";
  const response = await fetch("/graphql", {
    method: "POST",
    headers,
    credentials,
    body: JSON.stringify(request),
  }).catch(() => {
    throw new Error("The gateway does not answer. Is it still running?");
  });
  return response.json();
}

// The sandbox, which stands in for Digital River, DigitalRiver.js and the mail of the merchant.
export class Sandbox {
  constructor(origin, publishableKey) {
    this.origin = origin;
    this.publishableKey = publishableKey;
  }

  // What DigitalRiver.js does when the shopper has filled in its form.
  createSource(form, sessionId) {
    return this.ask("/_sandbox/sources", { ...form, sessionId, returnUrl: RETURNED });
  }

  // What DigitalRiver.js does when the bank has to ask the shopper. Returns the address of the bank's page.
  async challengeOf({ sessionId, sourceId, sourceClientSecret }) {
    const body = { sessionId, clientSecret: sourceClientSecret, returnUrl: RETURNED };
    const path = `/payments/sources/${sourceId}/authentication`;
    const { redirectUrl } = await this.ask(path, body, { Authorization: `Bearer ${this.publishableKey}` });
    return redirectUrl;
  }

  async ask(path, body, headers = {}) {
    if (!this.origin) {
      throw new Error("This gateway is in front of Digital River. Only the sandbox can do this.");
    }
    const post = { method: "POST", headers: { ...headers, "Content-Type": "application/json" } };
    const options = body === undefined ? {} : { ...post, body: JSON.stringify(body) };
    const response = await fetch(this.origin + path, options).catch(() => {
      throw new Error(`The sandbox at ${this.origin} does not answer. Is it still running?`);
    });
    const answer = response.status === 204 ? {} : await response.json();
    if (!response.ok) {
      throw new Error(`The sandbox refused ${path}: ${messageOf(answer)}`);
    }
    return answer;
  }
}

// The message of a sandbox control, or of the payment service.
function messageOf(answer) {
  return typeof answer.error === "string" ? answer.error : (answer.errors?.[0]?.message ?? JSON.stringify(answer));
}
