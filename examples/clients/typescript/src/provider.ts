// Stands in for DigitalRiver.js in a browser: the card goes to the payment service, not to the gateway.
import type { AddressInput } from "./graph/graphql.js";

/** Creates a card source for the payment session and returns its id. */
export async function createCard(url: string, key: string, sessionId: string, address: AddressInput): Promise<string> {
  const { firstName, lastName, email, line1, city, postalCode } = address;
  const ownerAddress = { line1, city, state: address.countrySubdivision, postalCode, country: address.countryCode };
  const body = {
    type: "creditCard",
    sessionId,
    owner: { firstName, lastName, email, address: ownerAddress },
    creditCard: { number: "4444222233331111", expirationMonth: 10, expirationYear: 2035, cvv: "123" },
  };
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const response = await fetch(`${url}/payments/sources`, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`The payment service answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { id: string }).id;
}
