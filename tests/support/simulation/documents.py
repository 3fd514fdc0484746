"""The operations that the shoppers of a simulation send. They are short, because a simulation sends thousands."""

RESULT = """ result { __typename ... on OrderPlaced { order { number } }
  ... on OrderAwaitingPayment { order { number } }
  ... on OrderActionRequired { action { ... on RedirectShopperAction { redirectUrl } } } }"""

LOOK = """{ session { id level } cart { revision totalQuantity totals { orderTotal { amount currencyCode } }
  paymentSession { sessionId } readiness { status } } }"""
ADD = "addCartLines(input: {lines: [{product: {upstreamId: $id}}], ifRevision: $revision}) { errors { code } }"
EDIT = "mutation($id: String!, $revision: CartRevision) { " + ADD + " }"
EDIT_AND_RESUME = (
    "mutation($id: String!, $revision: CartRevision) { "
    + ADD
    + " resumeOrder(input: {}) { attempt { idempotencyKey status }"
    + RESULT
    + " errors { code } } }"
)
"""An edit in a document with the longer deadline of a submission."""
DETAILS = """mutation($a: AddressInput!) { prepareCheckout(input: {billing: {address: $a}, shipping: {sameAs: BILLING},
  shippingOption: {rule: CHEAPEST}, termsOfSaleAccepted: true}) { errors { code } } }"""
ATTACH = "mutation($id: String!) { attachSource(input: {source: {sourceId: $id}}) { errors { code } } }"
SUBMIT_ORDER = (
    """mutation($key: UUID!, $total: MoneyInput!, $revision: CartRevision) {
  submitOrder(input: {idempotencyKey: $key, expectedTotal: $total, ifRevision: $revision}) {"""
    + RESULT
    + " errors { code } } }"
)
RESUME_ORDER = (
    "mutation($key: UUID) { resumeOrder(input: {idempotencyKey: $key}) { attempt { idempotencyKey }"
    + RESULT
    + " errors { code } } }"
)
OUTCOME = "query($key: UUID) { orderSubmission(idempotencyKey: $key) { idempotencyKey status" + RESULT + " } }"
SIGN_IN = """mutation($username: String!, $password: String!) {
  signIn(input: {credentials: {password: {username: $username, password: $password}}}) {
    session { id level } errors { code } } }"""
SIGN_OUT = "mutation { signOut { signedOut } }"
GIVE_UP = "mutation { detachSource(input: {target: {all: true}}) { errors { code } } }"
