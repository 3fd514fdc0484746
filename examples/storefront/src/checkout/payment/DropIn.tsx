import { useEffect, useRef, useState } from "react";
import { useTexts } from "../../texts";
import type { DigitalRiver, DropInConfiguration, Source } from "./digitalRiver";
import "./drop-in.css";

export type DropInSetup = Omit<DropInConfiguration, "onReady" | "onSuccess" | "onCancel" | "onError">;

interface Props {
  load: () => Promise<DigitalRiver>;
  /** Another one makes another drop-in, and what was typed is lost. */
  setup: DropInSetup;
  /** What the shopper reads if the drop-in cannot be shown. */
  failedText: string;
  onSource: (source: Source, isForStorage: boolean) => void;
  /** Called when the shopper has left the form, or when what was typed was not accepted. The drop-in says which. */
  onUnpaid: () => void;
}

type Loading = "loading" | "ready" | "failed";

/**
 * The drop-in of DigitalRiver.js. It lives in its own document nodes, which React does not touch, and card numbers live
 * in frames of the payment service, which this page cannot read.
 */
export function DropIn({ load, setup, failedText, onSource, onUnpaid }: Props) {
  const { checkout } = useTexts();
  const container = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<Loading>("loading");
  const [attempt, setAttempt] = useState(0);
  const handlers = useRef({ onSource, onUnpaid });
  useEffect(() => {
    handlers.current = { onSource, onUnpaid };
  });
  const written = JSON.stringify(setup, withoutTypeName);
  const tryAgain = () => {
    setState("loading");
    setAttempt(attempt + 1);
  };

  useEffect(() => {
    // A drop-in cannot be removed by itself: each one gets a node, which goes with it.
    const node = document.createElement("div");
    container.current?.append(node);
    let isGone = false;
    let isReady = false;
    const fail = () => isGone || setState("failed");
    load()
      .then(async (digitalRiver) => {
        if (isGone) return;
        const dropIn = digitalRiver.createDropin({
          ...(JSON.parse(written) as DropInSetup),
          onReady: () => {
            isReady = true;
            if (!isGone) setState("ready");
          },
          onSuccess: ({ source, readyForStorage = false }) => isGone || handlers.current.onSource(source, readyForStorage),
          onCancel: () => isGone || handlers.current.onUnpaid(),
          onError: ({ type }) => {
            if (!isReady) fail();
            // A fault of a field is shown beside the field.
            else if (!isGone && type !== "validation_error") handlers.current.onUnpaid();
          },
        });
        await dropIn.mount(node);
      })
      .catch(fail);
    return () => {
      isGone = true;
      node.remove();
    };
  }, [load, written, attempt]);

  return (
    <div className="drop-in" data-drop-in={state}>
      {state === "failed" && (
        <div className="notice notice-bad stack" role="alert">
          <p>{failedText}</p>
          <button type="button" className="button button-plain" onClick={tryAgain}>
            {checkout.tryAgain}
          </button>
        </div>
      )}
      <div ref={container} hidden={state === "failed"} />
      {/* Below the form, which would otherwise move when it is ready, maybe under a pointer. */}
      {state === "loading" && <p className="drop-in-loading soft">{checkout.formLoading}</p>}
    </div>
  );
}

/** Digital River does not know the field that Apollo Client adds to every object of the graph. */
function withoutTypeName(name: string, value: unknown): unknown {
  return name === "__typename" ? undefined : value;
}
