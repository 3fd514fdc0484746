import type { ApolloClient } from "@apollo/client";
import { accepted } from "riverfront-client";
import { ChangeMarketDocument } from "../market/market.generated";
import { ShellDocument, StartSessionDocument } from "./session.generated";
import type { Market } from "../market/choose";
import { sent } from "./change";

/** Begins a session in the market that is shown, unless there is one: its prices are those that the shopper has seen. */
export async function ensureSession(client: ApolloClient, market: Market): Promise<void> {
  const { data } = await client.query({ query: ShellDocument });
  if (data.session) return;
  await startSession(client, market);
}

/** Begins a session, also instead of one that has ended: the cookie of that one would be refused again and again. */
export async function startSession(client: ApolloClient, market: Market): Promise<void> {
  accepted(await sent(client, StartSessionDocument, variablesOf(market), (answer) => answer.startSession));
}

/** After a mutation whose session had ended, and which began another one in the default market. */
export async function keepMarket(
  client: ApolloClient,
  warnings: readonly { code: string }[],
  market: Market,
): Promise<void> {
  if (warnings.some(({ code }) => code === "SESSION_RESTARTED")) await setMarket(client, market);
}

export async function setMarket(client: ApolloClient, market: Market): Promise<void> {
  accepted(await sent(client, ChangeMarketDocument, variablesOf(market), (answer) => answer.updateSession));
}

function variablesOf({ locale, currencyCode }: Market) {
  return { locale, currency: currencyCode };
}
