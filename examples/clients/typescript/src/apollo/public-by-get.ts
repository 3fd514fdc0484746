import { ApolloLink } from "@apollo/client/link";
import { publicFields } from "../generated/graph-facts.js";
import { isQuery, rootFields } from "../root-fields.js";

/**
 * Sends queries of public fields only by GET: the browser and content delivery networks then cache their answers, for as
 * long as the graph says. Everything else goes by POST, with the session.
 */
export function publicByGetLink(): ApolloLink {
  return new ApolloLink((operation, forward) => {
    if (isPublic(operation.query)) {
      operation.setContext(({ fetchOptions }) => ({ fetchOptions: { ...fetchOptions, method: "GET" } }));
    }
    return forward(operation);
  });
}

function isPublic(document: ApolloLink.Operation["query"]): boolean {
  return isQuery(document) && rootFields(document).every(({ name }) => name === "__typename" || publicFields.includes(name));
}
