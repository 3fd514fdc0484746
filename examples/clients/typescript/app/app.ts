import { accepted, bearerSession, Gateway, newKey, Orders, type OrderOptions, type Outcome, type Result } from "riverfront-client";
import {
  type AddressInput,
  CartPageDocument,
  GuestDetailsDocument,
  GuestFirstLineDocument,
  GuestOrderDocument,
  type GuestOrderMutation,
  GuestSourceDocument,
  PaymentStepDocument,
  ReturnFromRedirectDocument,
  SubmissionOutcomeDocument,
} from "../generated/strings/graphql.js";
import type { SecureStorage } from "./storage.js";

type OrderResult = Result & NonNullable<NonNullable<GuestOrderMutation["submitOrder"]>["result"]>;

/** What the app shows. Each of its functions returns the screen to go to. */
export type Screen =
  /** `hasSessionEnded`: the earlier cart is gone, because the app was not used for too long. Say so. */
  | { name: "cart"; totalQuantity: number; hasSessionEnded: boolean }
  /** Show the drop-in in a web view with this session id, then call `pay` with the source. */
  | { name: "payment"; sessionId: string; note?: string }
  | { name: "review"; total: string; note?: string }
  /** Open the URL in the system's browser, never in a web view of the app. */
  | { name: "provider"; url: string }
  /** There may be an order. Show that it is being checked, without a button, and call `start` again in a moment. */
  | { name: "placing" }
  /**
   * An order was sent in an earlier session, whose outcome this one cannot read. Say that the mail of the shop has its
   * number, and offer the look-up and the sign-in. `hasArrived`: the shop has it, and did not buy again just now.
   */
  | { name: "earlierOrder"; hasArrived: boolean }
  | { name: "confirmation"; orderNumber: string; isPaid: boolean };

export interface AppOptions {
  gatewayUrl: string;
  storage: SecureStorage;
  /** The link that the provider's page leads to: a universal link or a verified app link. */
  returnUrl: string;
  orders?: OrderOptions;
  fetch?: typeof fetch;
}

const START_SESSION = `mutation { startSession(input: { delivery: BEARER }) {
  bearerToken errors { code message path retry } } }`;

const SESSION = "{ session { id } }";

type Session = { session: { id: string } | null };

/** A shop's app: it may be ended at any line, and continues where it was when it is opened again. */
export class App {
  readonly #gateway: Gateway;
  readonly #orders: Orders<OrderResult>;

  constructor(private readonly options: AppOptions) {
    const { gatewayUrl, storage, orders, fetch: send } = options;
    const connection = { client: "example-app", session: bearerSession(storage), ...(send && { fetch: send }) };
    this.#gateway = new Gateway(`${gatewayUrl}/graphql`, connection);
    this.#orders = new Orders<OrderResult>(
      {
        submit: async ({ idempotencyKey: key, expectedTotal: total, ifRevision }) =>
          payloadOf((await this.#gateway.ask(GuestOrderDocument, { key, total, revision: ifRevision ?? "" })).submitOrder),
        resume: async (key) => payloadOf((await this.#gateway.ask(ReturnFromRedirectDocument, { key })).resumeOrder),
        read: async (key) => (await this.#gateway.ask(SubmissionOutcomeDocument, { key })).orderSubmission,
        sessionId: async () => (await this.#gateway.ask<Session, Record<string, never>>(SESSION)).session?.id,
        startSession: () => this.#startSession(),
      },
      storage,
      orders,
    );
  }

  /** The app was opened, or is in front again. An order that was under way comes before everything else. */
  async start(): Promise<Screen> {
    const outcome = await this.#orders.recover();
    return outcome ? this.#screenOf(outcome) : this.#screenOfCart();
  }

  /**
   * A link has opened the app. Anyone can send one, twice or with other parameters, so it says nothing but that the
   * shopper may be back: the gateway knows the rest.
   */
  async opened(link: string): Promise<Screen> {
    const { origin, pathname } = new URL(link);
    const expected = new URL(this.options.returnUrl);
    const isReturn = origin === expected.origin && pathname === expected.pathname;
    return isReturn ? this.start() : this.#screenOfCart();
  }

  async add(productId: string): Promise<Screen> {
    const line = { key: newKey(), productId, delivery: "BEARER" } as const;
    accepted((await this.#gateway.ask(GuestFirstLineDocument, line)).addCartLines);
    return this.#screenOfCart();
  }

  async giveAddress(address: AddressInput): Promise<Screen> {
    accepted((await this.#gateway.ask(GuestDetailsDocument, { address })).prepareCheckout);
    return this.#screenOfCart();
  }

  /** The drop-in in the web view has made a source. */
  async pay(sourceId: string): Promise<Screen> {
    accepted((await this.#gateway.ask(GuestSourceDocument, { sourceId })).attachSource);
    return this.#screenOfCart();
  }

  async buy(): Promise<Screen> {
    const action = (await this.#paymentSession())?.nextAction;
    if (action?.__typename !== "SubmitOrderAction") return this.#screenOfCart();
    return this.#screenOf(await this.#orders.submit({ expectedTotal: action.amount, ifRevision: action.cartRevision }));
  }

  async #screenOf(outcome: Outcome<OrderResult>): Promise<Screen> {
    if (outcome.kind === "unknown") return { name: "placing" };
    if (outcome.kind === "elsewhere") return { name: "earlierOrder", hasArrived: outcome.hasArrived };
    // The next order has the key of this one, so that it is placed once, also if it is still on its way.
    if (outcome.kind === "notArrived") return this.#screenOfCart("Your order has not reached us. Please order again.");
    if (outcome.kind === "refused") return this.#screenOfCart(outcome.errors[0]?.shopperMessage);
    const { result } = outcome;
    switch (result.__typename) {
      case "OrderPlaced":
      case "OrderAwaitingPayment":
        return { name: "confirmation", orderNumber: result.order.number, isPaid: result.__typename === "OrderPlaced" };
      case "OrderActionRequired":
        return "redirectUrl" in result.action
          ? { name: "provider", url: String(result.action.redirectUrl) }
          : this.#screenOfCart("Your bank wants you to confirm the payment.");
      case "OrderDeclined":
        return this.#screenOfCart(result.decline.shopperMessage);
      default:
        return this.#screenOfCart(result.message);
    }
  }

  /** The screen that fits the cart, wherever the shopper left off. */
  async #screenOfCart(note?: string | null): Promise<Screen> {
    const { session, cart } = await this.#gateway.ask(CartPageDocument);
    const stored = await this.options.storage.getItem("riverfront.session");
    const hasSessionEnded = session === null && stored !== null;
    // The next session begins with the old handle, so that it may read the orders of the old one.
    if (hasSessionEnded) await this.#startSession();
    if (!cart?.totalQuantity) return { name: "cart", totalQuantity: 0, hasSessionEnded };
    const step = cart.readiness?.nextStep;
    const isAddressed = step === null || step === undefined || step === "PAYMENT" || step === "REVIEW";
    if (!isAddressed) return { name: "cart", totalQuantity: cart.totalQuantity, hasSessionEnded };
    const payment = await this.#paymentSession();
    const action = payment?.nextAction;
    const noted = note ? { note } : {};
    if (action?.__typename === "SubmitOrderAction") return { name: "review", total: action.amount.formatted, ...noted };
    return { name: "payment", sessionId: payment?.sessionId ?? "", ...noted };
  }

  async #paymentSession() {
    return (await this.#gateway.ask(PaymentStepDocument, { filter: null })).paymentSession;
  }

  async #startSession(): Promise<void> {
    type Started = { startSession: { errors: [] } };
    accepted((await this.#gateway.ask<Started, Record<string, never>>(START_SESSION)).startSession);
  }
}

function payloadOf<P>(payload: P | null | undefined): P {
  if (!payload) throw new TypeError("The mutation has no payload.");
  return payload;
}
