import { useApolloClient } from "@apollo/client/react";
import { useCallback, useState } from "react";
import { Link } from "react-router";
import { MissingCheck } from "../cart/MissingCheck";
import { isCheck, useMissingCheck } from "../cart/missing-check";
import { CheckoutPageDocument } from "./checkout.generated";
import { isWide } from "../parts/is-wide";
import { paths } from "../paths";
import { useTexts } from "../texts";
import { AddressStep } from "./AddressStep";
import { CartBlockers } from "./CartBlockers";
import { DeliveryStep } from "./DeliveryStep";
import { NoticeBox } from "./NoticeBox";
import { OrderSummary } from "./OrderSummary";
import { noticeAt } from "./order/stage";
import type { OrderControl } from "./order/useOrder";
import { Authentication } from "./payment/Authentication";
import { PaymentStep } from "./PaymentStep";
import { ReviewStep } from "./ReviewStep";
import { TaxStep } from "./TaxStep";
import { type Cart, useCheckout } from "./useCheckout";

/** The steps, and the order beside them. A step that is done can be opened again. */
export function Steps({ order }: { order: OrderControl }) {
  const { cart, stage } = useCheckout();
  const { checkout } = useTexts();
  const [edited, setEdited] = useState<"address" | "payment" | null>(null);
  const { stage: orderStage } = order;
  const isAddressOpen = edited === "address" || lacksAddress(cart);
  const agreement = cart.paymentSession?.nextAction;
  const isPaid = agreement?.__typename === "SubmitOrderAction";
  const isTaxMissing = cart.readiness?.blockers.some(({ __typename }) => __typename === "TaxIdentifierBlocker") ?? false;
  const check = useMissingCheck(cart.readiness?.blockers ?? NO_BLOCKERS, useReadAgain());
  const isChecked = !check.isMissing;
  const isPaymentLater = isAddressOpen || isTaxMissing;
  const isPaymentOpen = edited === "payment" || !isPaid;
  const close = () => setEdited(null);
  // Beside the steps there is room for it; above them it would push them down.
  const [isOpen] = useState(isWide);
  if (orderStage.kind === "authentication") {
    return (
      <section className="panel stage">
        <Authentication
          takesFocus
          action={orderStage.action}
          onConfirmed={() => void order.goOn()}
          onOtherwise={() => {
            order.setStage({ kind: "ready", notice: null });
            setEdited("payment");
          }}
        />
      </section>
    );
  }
  return (
    <>
      <NoticeBox notice={noticeAt(undefined, stage)} />
      <CartBlockers />
      <MissingCheck {...check} />
      <div className="with-aside">
        <div className="stack">
          <SignInOffer />
          <AddressStep
            isOpen={isAddressOpen}
            onChange={() => setEdited("address")}
            onCancel={lacksAddress(cart) ? undefined : close}
            onDone={close}
          />
          {cart.requiresShipping && <DeliveryStep isLater={isAddressOpen} />}
          {isTaxMissing && !isAddressOpen && <TaxStep />}
          <PaymentStep
            state={isPaymentLater ? "later" : isPaymentOpen ? "open" : "done"}
            onChange={() => setEdited("payment")}
            onCancel={isPaid ? close : undefined}
            onDone={close}
            onEditAddress={() => setEdited("address")}
          />
          <ReviewStep
            agreement={isPaid && isChecked && !isPaymentLater && !isPaymentOpen ? agreement : null}
            isChecked={isChecked}
            submit={order.submit}
          />
        </div>
        <aside className="panel summary" aria-label={checkout.summary}>
          <details open={isOpen}>
            <summary className="row row-between">
              <h2>{checkout.summary}</h2>
              <span>{cart.totals.orderTotal?.formatted}</span>
            </summary>
            <OrderSummary summary={cart} isTaxInclusive={cart.isTaxInclusive} requiresShipping={cart.requiresShipping} />
          </details>
        </aside>
      </div>
    </>
  );
}

const NO_BLOCKERS: NonNullable<Cart["readiness"]>["blockers"] = [];

/** Reads the checkout once more. */
function useReadAgain() {
  const client = useApolloClient();
  return useCallback(() => client.query({ query: CheckoutPageDocument, fetchPolicy: "network-only" }), [client]);
}

const ADDRESS_STEPS = ["BILLING_ADDRESS", "SHIPPING_ADDRESS"];

function lacksAddress({ billingAddress, shippingAddress, requiresShipping, readiness }: Cart): boolean {
  if (!billingAddress || (requiresShipping && !shippingAddress)) return true;
  return readiness?.blockers.some((blocker) => !isCheck(blocker) && ADDRESS_STEPS.includes(blocker.step)) ?? false;
}

function SignInOffer() {
  const { isRegistered, account } = useCheckout();
  const { checkout } = useTexts();
  if (isRegistered) {
    return account?.firstName ? <p className="soft small">{checkout.signedInAs(account.firstName)}</p> : null;
  }
  return (
    <p className="small">
      {checkout.signInOffer} <Link to={`${paths.signIn}?next=${paths.checkout}`}>{checkout.signIn}</Link>
    </p>
  );
}
