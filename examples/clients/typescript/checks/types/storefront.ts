// What storefronts write, in the strictest mode of the compiler. It is compiled, and never executed.
import { type Agreement, type Connection, cookieSession, Gateway, type OrderOptions, Orders, type UserError } from "riverfront-client";
import { bearerSession, type OrderCalls, type Result } from "riverfront-client";
import { parse } from "graphql";

declare const maybe: string | undefined;
declare const maybeFetch: typeof fetch | undefined;
declare const calls: OrderCalls<Result>;

export const agreement: Agreement = { expectedTotal: { amount: "1", currencyCode: "USD" }, ifRevision: maybe };
export const connection: Connection = { client: "shop", session: cookieSession(), fetch: maybeFetch };
export const options: OrderOptions = { name: maybe, tries: undefined };
export const error: UserError = { code: "", message: "", retry: "RETRY", retryAfter: maybe, shopperMessage: maybe };
export const orders = new Orders({ ...calls, startSession: undefined }, localStorage);
export const session = bearerSession(sessionStorage, maybe);

const gateway = new Gateway("https://gateway.example/graphql", connection);
export const answers = [
  await gateway.ask("{ cart { totalQuantity } }"),
  await gateway.ask("query ($id: ID!) { node(id: $id) { id } }", { id: "1" }),
  // @ts-expect-error A syntax tree is for other clients.
  await gateway.ask(parse("{ cart { totalQuantity } }")),
];
