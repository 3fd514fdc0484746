"""The codes of `errors` in an answer: what happened, and what a storefront does. They stand in `extensions.code`, so
the graph does not describe them."""

from schema.descriptions import Code

TOP_LEVEL: dict[str, Code] = {
    "GRAPHQL_PARSE_FAILED": Code(
        "The document is not valid GraphQL.",
        "A bug of the storefront: correct the document. Lint documents against the schema when the storefront is "
        "built.",
    ),
    "GRAPHQL_VALIDATION_FAILED": Code(
        "The document does not fit the graph.",
        "A bug of the storefront: correct the document. In development mode, the message names similar fields.",
    ),
    "BAD_USER_INPUT": Code(
        "A value of the request is not valid.",
        "A bug of the storefront, or a value of a query that the shopper has typed: correct the value that the message "
        "names. In a mutation, such a value is an `INVALID_INPUT` in the payload.",
    ),
    "OPERATION_TOO_EXPENSIVE": Code(
        "The operation is larger than the limits allow.",
        "Select less, ask for shorter lists, or divide the operation into several.",
    ),
    "PERSISTED_QUERY_NOT_FOUND": Code(
        "The hash of the document is not known yet. `extensions.advice` has the second message; clients with persisted "
        "queries send the document by themselves.",
        "Send the request with the document. Apollo Client and urql do so by themselves.",
    ),
    "PERSISTED_QUERY_NOT_SUPPORTED": Code(
        "The hash is not in the manifest, and no other document is executed. `extensions.advice` has the second "
        "message.",
        "Deploy the manifest of this release of the storefront. A shopper with an old page has to load it anew.",
    ),
    "DOCUMENT_NOT_TRUSTED": Code(
        "The gateway executes the documents of its manifest only.",
        "Deploy the manifest of this release of the storefront. A shopper with an old page has to load it anew.",
    ),
    "METHOD_NOT_ALLOWED": Code(
        "The HTTP method does not fit the operation.",
        "Send mutations and private queries by POST; the page of your client says where to set it.",
    ),
    "CSRF_CHECK_FAILED": Code(
        "The request has the session cookie and does not prove that it comes from the storefront.",
        "A mistake in the set-up: send `X-Riverfront-Client`, and ask the operator to add the page's origin to "
        "`RIVERFRONT_ORIGINS`. An app uses a bearer token.",
    ),
    "SESSION_REQUIRED": Code(
        "The field needs a session.",
        "Call `startSession`, or `addCartLines`, which begins a session by itself. A page without a cart is an empty "
        "cart.",
    ),
    "SESSION_EXPIRED": Code(
        "The session of the request has ended.",
        "Send `startSession` with the same handle and take over a new bearer token. Then read `orderSubmission` if a "
        "submit request was under way, and show that the cart of a guest is gone, or the form to sign in.",
    ),
    "SIGN_IN_REQUIRED": Code(
        "The field needs a registered shopper.",
        "Show the form to sign in, and come back to this page after `signIn`.",
    ),
    "RATE_LIMITED": Code(
        "The session or the address has used up its points, or there were too many tries or new documents; "
        "`extensions.retryAfter` may say when to try again.",
        "Nothing was executed: send the same request at `extensions.retryAfter`, or after half a second, three times "
        "at most.",
    ),
    "CART_BUSY": Code(
        "Another request changes the cart.",
        "Nothing was changed: send the same request with the same key after half a second, three times at most.",
    ),
    "STORE_UNAVAILABLE": Code(
        "The store of the gateway is not available.",
        "Nothing was sent: send the same request with the same key after half a second, three times at most, then show "
        "that the shop has a problem. If the entry has `extensions.retry`, follow that instead.",
    ),
    "UPSTREAM_TIMEOUT": Code(
        "Digital River did not answer in time, or an earlier call did not finish.",
        "A query: show the part of the page as not available, with a button to read it again. A mutation: read what it "
        "changes before it is sent with a new key; after `submitOrder`, read `orderSubmission` with the same key.",
    ),
    "UPSTREAM_UNAVAILABLE": Code(
        "Digital River is not available, or refused a read.",
        "A query: show the part of the page as not available, with a button to read it again. A mutation: read what it "
        "changes before it is sent with a new key; after `submitOrder`, read `orderSubmission` with the same key.",
    ),
    "UPSTREAM_INVALID_RESPONSE": Code(
        "Digital River sent an answer that the gateway cannot read.",
        "As for `UPSTREAM_UNAVAILABLE`. Log `extensions.supportReference` and report it.",
    ),
    "NOT_CONFIGURED": Code(
        "The gateway is not configured for the field.",
        "Leave this part out of the page. The operator can configure it; the message names the setting.",
    ),
    "INTERNAL_ERROR": Code(
        "The gateway has a defect.",
        "Show that the shop has a problem, with `extensions.supportReference`. After `submitOrder`, read "
        "`orderSubmission` with the same key: there may be an order.",
    ),
}
"""By error code of `TopLevelCode`."""
