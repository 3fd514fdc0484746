import type { AddressInput } from "../generated/strings/graphql.js";

/** An address to which the demo shop ships. */
export const ADDRESS = {
  firstName: "Ada",
  lastName: "Lovelace",
  line1: "10380 Bren Road W",
  city: "Minnetonka",
  countrySubdivision: "MN",
  postalCode: "55343",
  countryCode: "US",
  phoneNumber: "952-555-0100",
  email: "ada@example.com",
} satisfies AddressInput;
