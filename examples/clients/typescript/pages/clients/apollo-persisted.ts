import type { Session } from "riverfront-client";
import { connect as setUp } from "../setup/apollo-persisted.js";
import type { Shop } from "../shop.js";
import { shopWith } from "./apollo.js";

export function connect(url: string, session: Session): Shop {
  return shopWith(setUp(url, session));
}
