// A server renders the page of a shopper, and then handles a form of it. Prints what it has read, and the cookies that it
// passes on. Arguments: URL of the gateway, key of the server, cookie of the shopper, origin of the form.
import { forwardedSession, Gateway } from "riverfront-client";

const [gatewayUrl = "", serverKey = "", cookie = "", origin = ""] = process.argv.slice(2);
const setCookies: string[] = [];
const setCookie = (header: string) => void setCookies.push(header);

function gatewayFor(request: { cookie: string | null; origin?: string }): Gateway {
  const session = forwardedSession({ serverKey, setCookie, ...request });
  return new Gateway(`${gatewayUrl}/graphql`, { client: "my-server", session });
}

const QUANTITY = "{ cart { totalQuantity } }";
const shopper = await gatewayFor({ cookie }).ask(QUANTITY);
const stranger = await gatewayFor({ cookie: null }).ask(QUANTITY);
const signedOut = await gatewayFor({ cookie, origin }).ask("mutation { signOut { signedOut } }");
console.log(JSON.stringify({ shopper, stranger, signedOut, setCookies }));
