"""GraphQL documents that the shoppers send. Every answer contains the cart's id or the shopper's e-mail address."""

_PARTS = """fragment CartParts on Cart { upstreamId totalQuantity totals { orderTotal { amount currencyCode } }
  billingAddress { address { email } } paymentSession { sessionId state } }
fragment OrderParts on Order { number upstreamState billingAddress { email } totals { orderTotal { amount } } }
fragment ResultParts on SubmitOrderResult { __typename
  ... on OrderPlaced { order { ...OrderParts } }
  ... on OrderAwaitingPayment { order { ...OrderParts } }
  ... on OrderActionRequired { action { ... on RedirectShopperAction { redirectUrl } } }
  ... on OrderBlocked { blockers { code } } }
"""


def _with_parts(document: str, *names: str) -> str:
    chosen = [part for part in _PARTS.split("fragment ")[1:] if part.split(" ")[0] in names]
    return document + "".join(f" fragment {part}" for part in chosen)


ADD = _with_parts(
    """mutation($id: String!, $quantity: Int!) { addCartLines(input: {delivery: BEARER,
  lines: [{product: {upstreamId: $id}, quantity: $quantity}]}) {
  bearerToken cart { ...CartParts } errors { code } } }""",
    "CartParts",
)
START = "mutation { startSession(input: {delivery: BEARER}) { bearerToken errors { code } } }"
SIGN_IN = _with_parts(
    """mutation($username: String!, $password: String!) { signIn(input: {delivery: BEARER,
  credentials: {password: {username: $username, password: $password}}}) {
  bearerToken cart { ...CartParts } errors { code } } }""",
    "CartParts",
)
PREPARE = _with_parts(
    """mutation($a: AddressInput!) { prepareCheckout(input: {billing: {address: $a}, shipping: {sameAs: BILLING},
  shippingOption: {rule: CHEAPEST}, termsOfSaleAccepted: true}) { errors { code } cart { ...CartParts } } }""",
    "CartParts",
)
ATTACH = _with_parts(
    """mutation($id: String!) { attachSource(input: {source: {sourceId: $id}}) {
  errors { code } cart { ...CartParts } } }""",
    "CartParts",
)
CART = _with_parts("{ cart { ...CartParts } }", "CartParts")
SUBMIT = _with_parts(
    """mutation($key: UUID!, $total: MoneyInput!) {
  submitOrder(input: {idempotencyKey: $key, expectedTotal: $total}) {
    errors { code message } result { ...ResultParts } } }""",
    "ResultParts",
    "OrderParts",
)
RESUME = _with_parts(
    """mutation($key: UUID) { resumeOrder(input: {idempotencyKey: $key}) {
  errors { code message } result { ...ResultParts } } }""",
    "ResultParts",
    "OrderParts",
)
LOOK_UP = _with_parts(
    """query($key: UUID) { orderSubmission(idempotencyKey: $key) {
  idempotencyKey status result { ...ResultParts } } }""",
    "ResultParts",
    "OrderParts",
)
ORDERS = _with_parts("{ shopper { orders(first: 20) { edges { node { ...OrderParts } } } } }", "OrderParts")
