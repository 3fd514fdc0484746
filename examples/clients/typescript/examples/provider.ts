// Stands in for DigitalRiver.js in a browser: the card goes to the payment service, not to the gateway.
import type { AddressInput } from "../generated/strings/graphql.js";

/** What the shopper pays with. */
export type Payment =
  | { type: "creditCard"; creditCard: { number: string; expirationMonth: number; expirationYear: number; cvv: string } }
  /** The shopper approves on the provider's page, and returns to `returnUrl`. */
  | { type: "afterPay"; afterPay: { returnUrl: string; cancelUrl: string } };

export const TEST_CARD: Payment = {
  type: "creditCard",
  creditCard: { number: "4444222233331111", expirationMonth: 10, expirationYear: 2035, cvv: "123" },
};

/** Creates a source for the payment session and returns its id. */
export async function createSource(
  url: string,
  key: string,
  sessionId: string,
  address: AddressInput,
  payment: Payment = TEST_CARD,
): Promise<string> {
  const { firstName, lastName, email, phoneNumber, line1, city, postalCode } = address;
  const ownerAddress = { line1, city, state: address.countrySubdivision, postalCode, country: address.countryCode };
  const body = { ...payment, sessionId, owner: { firstName, lastName, email, phoneNumber, address: ownerAddress } };
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const response = await fetch(`${url}/payments/sources`, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`The payment service answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { id: string }).id;
}
