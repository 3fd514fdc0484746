// What each client throws for an answer with errors: a guest without a session reads the outcome of an order.
// Prints the codes that the package finds in it, by client. Argument: URL of the gateway.
import { answerErrors, cookieSession, newKey } from "riverfront-client";
import { CLIENTS } from "../pages/clients.js";

const [gateway = ""] = process.argv.slice(2);
const codes: Record<string, unknown> = {};
for (const [name, client] of Object.entries(CLIENTS)) {
  const { connect } = await client();
  const shop = connect(`${gateway}/graphql`, cookieSession());
  codes[name] = await shop.orders.read(newKey(), new AbortController()).then(
    (reading) => ({ reading }),
    (error: unknown) => answerErrors(error)?.map(({ extensions }) => extensions?.code) ?? String(error),
  );
}
console.log(JSON.stringify(codes));
