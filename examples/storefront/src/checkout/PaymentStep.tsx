import { useApolloClient, useQuery } from "@apollo/client/react";
import { useState } from "react";
import { CheckoutMethodsDocument, CheckoutPageDocument } from "./checkout.generated";
import { useTexts } from "../texts";
import { NoticeBesideDropIn, NoticeBox } from "./NoticeBox";
import { problemsOf } from "../problems/problem";
import { noticeAt, unused } from "./order/stage";
import { Authentication } from "./payment/Authentication";
import { DropInForm } from "./payment/DropInForm";
import { SavedCards } from "./payment/SavedCards";
import { sourceName } from "./payment/sourceName";
import { StoreCredit } from "./payment/StoreCredit";
import { usePayment } from "./payment/usePayment";
import { useSavedCard } from "./payment/useSavedCard";
import { Step } from "./Step";
import { useCheckout } from "./useCheckout";

interface Props {
  state: "open" | "done" | "later";
  onChange: () => void;
  onCancel?: (() => void) | undefined;
  onDone: () => void;
  onEditAddress: () => void;
}

export function PaymentStep({ state, onChange, onCancel, onDone, onEditAddress }: Props) {
  const { checkout } = useTexts();
  return (
    <Step id="payment" title={checkout.paymentStep} state={state} onChange={onChange} onCancel={onCancel}>
      {state === "later" && <p className="soft">{checkout.paymentLater}</p>}
      {state === "done" && <PaymentSummary />}
      {state === "open" && <PaymentChoice onDone={onDone} onEditAddress={onEditAddress} />}
    </Step>
  );
}

function PaymentSummary() {
  const { cart } = useCheckout();
  const { checkout } = useTexts();
  const { data } = useQuery(CheckoutMethodsDocument);
  const sources = [cart.paymentSession?.storeCredit, cart.paymentSession?.primarySource].flatMap((of) => of ?? []);
  const methods = data?.availablePaymentMethods?.methods ?? [];
  return (
    <ul className="stack-tight" data-sources>
      {sources.map((source) => (
        <li className="row row-between" key={source.sourceId}>
          <span>{sourceName(source, checkout, methods)}</span>
          {sources.length > 1 && <span>{source.amountContributed?.formatted}</span>}
        </li>
      ))}
    </ul>
  );
}

function PaymentChoice({ onDone, onEditAddress }: Pick<Props, "onDone" | "onEditAddress">) {
  const { cart, account, notify, isBusy, stage } = useCheckout();
  const texts = useTexts();
  const { checkout } = texts;
  const client = useApolloClient();
  const payment = usePayment();
  const saved = useSavedCard(payment.attach);
  const options = (account?.paymentOptions ?? []).filter(({ source }) => source.__typename === "CardSource");
  const usable = options.filter(({ isExpired }) => !isExpired);
  const preferred = (usable.find(({ isDefault }) => isDefault) ?? usable[0])?.id ?? null;
  const [choice, setChoice] = useState<{ card: string | null } | null>(null);
  const card = choice ? choice.card : preferred;
  const chosen = usable.find(({ id }) => id === card);
  const session = cart.paymentSession;
  if (!session) return <p>{checkout.notLoaded}</p>;
  const { nextAction, dropIn } = session;

  /** The bank has confirmed the shopper: the cart says what comes next. */
  async function readAgain(): Promise<void> {
    notify(null);
    try {
      await client.query({ query: CheckoutPageDocument, fetchPolicy: "network-only" });
      onDone();
    } catch (error) {
      notify(unused(problemsOf(error, texts), () => void readAgain()));
    }
  }

  if (nextAction?.__typename === "AuthenticateSourceAction" && !choice) {
    return (
      <Authentication action={nextAction} onConfirmed={() => void readAgain()} onOtherwise={() => setChoice({ card: null })} />
    );
  }
  return (
    <div className="stack">
      <NoticeBox notice={noticeAt("payment", stage)} />
      <StoreCredit />
      {options.length > 0 && (
        <SavedCards options={options} chosen={card} onChange={(chosen) => setChoice({ card: chosen })} />
      )}
      {chosen ? (
        <div>
          <button
            type="button"
            className="button"
            aria-disabled={isBusy || saved.isAsking}
            onClick={() => void saved.pay(chosen, session.sessionId, onDone)}
          >
            {checkout.useCard}
          </button>
        </div>
      ) : dropIn.missingFields.length > 0 ? (
        <div className="notice notice-plain stack">
          <p>{checkout.phoneMissing}</p>
          <button type="button" className="button" onClick={onEditAddress}>
            {checkout.editAddress}
          </button>
        </div>
      ) : (
        <>
          <DropInForm
            dropIn={dropIn}
            // A drop-in shows the amount and has the address for which it was made.
            key={JSON.stringify([dropIn, session.amountRemaining])}
            onSource={(source, isForStorage) => void payment.take(source, isForStorage, onDone)}
            onUnpaid={() => notify({ tone: "plain", text: (t) => t.nothingOrdered, place: "dropIn" })}
          />
          <NoticeBesideDropIn notice={noticeAt("dropIn", stage)} />
        </>
      )}
    </div>
  );
}
