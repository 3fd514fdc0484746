// What all peers for Node have in common: calls to the upstream stand-in, and resolvers for ../schema.graphql.
// Each peer has one pool of kept connections, reads the cart once per request, and keeps lists of payment methods for a
// minute, as the gateway does. Without METHODS=cached, the list is read for each request.
import { readFileSync } from "node:fs";
import { Pool } from "undici";

export const port = Number(process.env.PORT);
export const typeDefs = readFileSync(new URL("../schema.graphql", import.meta.url), "utf8");

const LIFETIME_MS = 60_000;
const upstream = new Pool(process.env.UPSTREAM, { connections: 128 });

async function read(path, authorization) {
  const answer = await upstream.request({ method: "GET", path, headers: { authorization, accept: "application/json" } });
  return answer.body.json();
}

class Shopper {
  #authorization;
  #cart;

  constructor(authorization) {
    this.#authorization = authorization;
  }

  cart() {
    this.#cart ??= read("/v1/shoppers/me/carts/active?expand=all", this.#authorization).then(({ cart }) => cart);
    return this.#cart;
  }

  methods(sessionId) {
    const path = `/payments/payment-methods?sessionId=${sessionId}&locale=en_US`;
    return read(path, this.#authorization).then(({ paymentMethods }) => paymentMethods);
  }
}

/** The context of an operation. */
export const contextOf = (authorization) => ({ shopper: new Shopper(authorization ?? "") });

const lists = new Map();

async function methodsOf(shopper) {
  const { paymentSession, pricing, billingAddress, customerType } = await shopper.cart();
  if (process.env.METHODS !== "cached") return shopper.methods(paymentSession.id);
  const { value, currency } = pricing.orderTotal;
  const key = `${paymentSession.id} ${value} ${currency} ${billingAddress?.country} ${customerType}`;
  const known = lists.get(key);
  if (known && known.until > Date.now()) return known.methods;
  const methods = await shopper.methods(paymentSession.id);
  lists.set(key, { methods, until: Date.now() + LIFETIME_MS });
  return methods;
}

const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

function money({ value, currency }, formatted) {
  return { amount: value.toFixed(2), currencyCode: currency, formatted: formatted ?? dollars.format(value) };
}

const upstreamId = ({ id }) => String(id);
const addressOf = (address) => address && { address };

export const resolvers = {
  Query: { cart: (_root, _arguments, { shopper }) => shopper.cart() },
  Cart: {
    upstreamId,
    currencyCode: (cart) => cart.pricing.orderTotal.currency,
    lines: (cart) => cart.lineItems.lineItem,
    totalQuantity: (cart) => cart.totalItemsInCart,
    totals: (cart) => cart.pricing,
    billingAddress: (cart) => addressOf(cart.billingAddress),
    shippingAddress: (cart) => addressOf(cart.shippingAddress),
  },
  CartLine: { upstreamId },
  Product: {
    upstreamId,
    name: (product) => product.displayName,
    thumbnailUrl: (product) => product.thumbnailImage,
  },
  LinePricing: {
    listPriceTotal: (pricing) => money(pricing.listPriceWithQuantity, pricing.formattedListPriceWithQuantity),
    salePriceTotal: (pricing) => money(pricing.salePriceWithQuantity, pricing.formattedSalePriceWithQuantity),
  },
  CartTotals: {
    subtotal: (pricing) => money(pricing.subtotal, pricing.formattedSubtotal),
    shippingAndHandling: (pricing) => money(pricing.shippingAndHandling, pricing.formattedShippingAndHandling),
    tax: (pricing) => money(pricing.tax, pricing.formattedTax),
    orderTotal: (pricing) => money(pricing.orderTotal, pricing.formattedOrderTotal),
  },
  Address: {
    countryCode: (address) => address.country,
    email: (address) => address.emailAddress,
  },
  PaymentSession: {
    sessionId: (session) => session.id,
    upstreamState: (session) => session.status,
    amountRemaining: (session) => money(session.amountRemainingToBeContributed),
    availablePaymentMethods: async (_session, _arguments, { shopper }) => ({ methods: await methodsOf(shopper) }),
  },
  PaymentMethod: {
    flow: (method) => method.flow.toUpperCase(),
    iconUrl: (method) => method.images?.iconImage,
  },
};
