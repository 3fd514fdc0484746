import type { Session } from "riverfront-client";
import { connect as setUp } from "../setup/urql-persisted.js";
import type { Shop } from "../shop.js";
import { shopWith } from "./urql.js";

export function connect(url: string, session: Session): Shop {
  return shopWith(setUp(url, session));
}
