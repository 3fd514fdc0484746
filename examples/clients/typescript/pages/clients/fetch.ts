import { AnswerHasErrors, type Session } from "riverfront-client";
import * as documents from "../../generated/strings/graphql.js";
import { ask } from "../setup/fetch.js";
import { type Ask, type Shop, shopOf } from "../shop.js";

/** Without `riverfrontFetch`: the page passes the bearer itself. */
export function connect(url: string, session: Session): Shop {
  const send: Ask = async (document, variables) => {
    const { Authorization = "" } = await session.headers();
    const bearer = session.credentials === "omit" ? Authorization.replace("Bearer ", "") : undefined;
    const { data, errors } = await ask(url, String(document), variables ?? {}, bearer);
    if (errors) throw new AnswerHasErrors(errors, data);
    await session.learn({ data });
    return data;
  };
  return shopOf(documents, { query: send, mutate: send });
}
