import { useEffect, useRef, useState } from "react";
import { useTexts } from "../../texts";
import type { BillingAddress, DigitalRiver, DropInConfiguration, Source } from "./digitalRiver";
import { returnUrl, useDigitalRiver } from "./useDigitalRiver";

interface Props {
  dropIn: DropInSetup;
  onSource: (source: Source, isForStorage: boolean) => void;
  onFailed: () => void;
  onCancelled: () => void;
}

interface DropInSetup {
  sessionId: string;
  usage: string;
  allowsStorage: boolean;
  billingAddress?: object | null;
}

type Loading = "loading" | "ready" | "failed";

/**
 * The drop-in of DigitalRiver.js. It lives in its own document nodes, which React does not touch, and card numbers live
 * in frames of the payment service, which this page cannot read.
 */
export function DropInForm({ dropIn, onSource, onFailed, onCancelled }: Props) {
  const { checkout } = useTexts();
  const load = useDigitalRiver();
  const container = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<Loading>("loading");
  const [attempt, setAttempt] = useState(0);
  const handlers = useRef({ onSource, onFailed, onCancelled });
  useEffect(() => {
    handlers.current = { onSource, onFailed, onCancelled };
  });
  const setup = JSON.stringify(dropIn);
  const tryAgain = () => {
    setState("loading");
    setAttempt(attempt + 1);
  };

  useEffect(() => {
    // A drop-in cannot be removed by itself: each one gets a node, which goes with it.
    const node = document.createElement("div");
    container.current?.append(node);
    let isGone = false;
    load()
      .then((digitalRiver) => {
        if (isGone) return;
        const configuration = configurationOf(JSON.parse(setup) as DropInSetup, {
          onReady: () => isGone || setState("ready"),
          onSuccess: ({ source, readyForStorage = false }) => isGone || handlers.current.onSource(source, readyForStorage),
          onCancel: () => isGone || handlers.current.onCancelled(),
          // A fault of a field is shown beside the field.
          onError: ({ type }) => isGone || type === "validation_error" || handlers.current.onFailed(),
        });
        return mounted(digitalRiver, configuration, node);
      })
      .catch(() => isGone || setState("failed"));
    return () => {
      isGone = true;
      node.remove();
    };
  }, [load, setup, attempt]);

  return (
    <div className="drop-in" data-drop-in={state}>
      {state === "loading" && <p className="drop-in-loading soft">{checkout.formLoading}</p>}
      {state === "failed" && (
        <div className="notice notice-bad stack" role="alert">
          <p>{checkout.formFailed}</p>
          <button type="button" className="button button-plain" onClick={tryAgain}>
            {checkout.tryAgain}
          </button>
        </div>
      )}
      <div ref={container} hidden={state === "failed"} />
    </div>
  );
}

async function mounted(digitalRiver: DigitalRiver, configuration: DropInConfiguration, node: HTMLElement) {
  await digitalRiver.createDropin(configuration).mount(node);
}

type Callbacks = Pick<DropInConfiguration, "onReady" | "onSuccess" | "onCancel" | "onError">;

function configurationOf({ sessionId, usage, allowsStorage, billingAddress }: DropInSetup, callbacks: Callbacks) {
  const back = returnUrl();
  return {
    sessionId,
    ...(billingAddress ? { billingAddress: billingAddress as BillingAddress } : {}),
    options: {
      flow: "checkout",
      showSavePaymentAgreement: allowsStorage,
      // The page has both beside the button that places the order.
      showComplianceSection: false,
      showTermsOfSaleDisclosure: false,
      button: { type: "continue" },
      usage: usage.toLowerCase(),
      // The order is placed by this page, so it also decides when the shopper leaves it.
      redirect: {
        disableAutomaticRedirects: true,
        disableAutomaticRedirectsPaypal: true,
        returnUrl: back,
        cancelUrl: back,
      },
    },
    paymentMethodConfiguration: { style: {} },
    ...callbacks,
  } satisfies DropInConfiguration;
}
