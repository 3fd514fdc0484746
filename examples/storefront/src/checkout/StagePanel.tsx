import { useApolloClient, useReactiveVar } from "@apollo/client/react";
import { useEffect, useId, useRef, useState } from "react";
import { Link } from "react-router";
import { CheckoutDetachDocument } from "./checkout.generated";
import { attempt } from "../graph/change";
import { hasSessionEnded } from "../graph/ended-session";
import { startSession } from "../graph/session";
import { shownMarket } from "../market/choose";
import { paths } from "../paths";
import { useTexts } from "../texts";
import { NoticeBox } from "./NoticeBox";
import { type Notice, ready, refusalOf, type Stage } from "./order/stage";
import type { OrderControl } from "./order/useOrder";

interface Props {
  order: OrderControl;
}

/** What the shopper sees instead of the checkout, while an order is under way or its outcome is not known. */
export function StagePanel({ order }: Props) {
  const { checkout } = useTexts();
  const { stage } = order;
  switch (stage.kind) {
    case "sending":
      return <Waiting title={checkout.sending} text={checkout.sendingText} />;
    case "leaving":
      return <Waiting title={checkout.leaving} />;
    case "doubt":
      return <Doubt stage={stage} lookUp={order.lookUp} />;
    case "approval":
      return <Approval stage={stage} order={order} />;
    case "sessionEnded":
      return <SessionEnded />;
    default:
      // The page is only arriving: the focus stays with its title.
      return <Panel title={checkout.checking} isWaiting isArriving />;
  }
}

interface PanelProps {
  title: string;
  text?: string;
  kind?: Stage["kind"];
  isWaiting?: boolean;
  /** Whether the panel is the first that the shopper sees of the page, and not what became of a click. */
  isArriving?: boolean;
  children?: React.ReactNode;
}

/** Its heading takes the focus, with what is said below: the button that led here is gone. */
function Panel({ title, text, kind, isWaiting = false, isArriving = false, children }: PanelProps) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isArriving) heading.current?.focus();
  }, [isArriving, title]);
  return (
    <section className="panel stage stack" role={isArriving ? "status" : undefined} data-stage={kind}>
      {isWaiting && <span className="spinner" aria-hidden="true" />}
      <h2 ref={heading} tabIndex={-1} aria-describedby={text ? id : undefined}>
        {title}
      </h2>
      {text && <p id={id}>{text}</p>}
      {children}
    </section>
  );
}

function Waiting(props: PanelProps) {
  return <Panel {...props} isWaiting />;
}

function Doubt({ stage, lookUp }: { stage: Extract<Stage, { kind: "doubt" }>; lookUp: OrderControl["lookUp"] }) {
  const { checkout } = useTexts();
  const [title, text] = {
    offline: [checkout.offline, checkout.offlineText],
    unanswered: [checkout.doubt, checkout.doubtText],
    otherTab: [checkout.otherTab, checkout.otherTabText],
  }[stage.cause] as [string, string];
  return (
    <Waiting title={title} text={text}>
      <div>
        <button type="button" className="button button-plain" onClick={() => void lookUp()}>
          {checkout.checkNow}
        </button>
      </div>
    </Waiting>
  );
}

function Approval({ stage, order }: { stage: Extract<Stage, { kind: "approval" }> } & Props) {
  const texts = useTexts();
  const { checkout } = texts;
  const client = useApolloClient();
  const [notice, setNotice] = useState<Notice | null>(null);
  const { goesThere, redirectUrl } = stage;
  useEffect(() => {
    if (goesThere) location.assign(redirectUrl);
  }, [goesThere, redirectUrl]);
  if (goesThere) return <Waiting title={checkout.leaving} />;

  /** A guest gets a new cart with the same products. An account has one cart, which has to be finished. */
  async function giveUp(): Promise<void> {
    const target = { all: true };
    const { payload, problems } = await attempt(client, texts, CheckoutDetachDocument, { target }, (data) => data.detachSource);
    if (!payload) {
      setNotice(refusalOf(problems));
      return;
    }
    await order.lookUp();
    order.setStage(ready({ tone: "plain", text: (t) => t.givenUp }));
  }

  return (
    <Panel title={checkout.waitsForApproval} text={checkout.waitsForApprovalText} kind="approval">
      <NoticeBox notice={notice} />
      <div className="row">
        <a className="button" href={redirectUrl}>
          {checkout.toProvider}
        </a>
        <button type="button" className="button button-plain" onClick={() => void giveUp()}>
          {checkout.payOtherwise}
        </button>
      </div>
    </Panel>
  );
}

function SessionEnded() {
  const { checkout } = useTexts();
  const client = useApolloClient();
  useEffect(() => {
    startSession(client, shownMarket()).catch(() => {});
  }, [client]);
  // The shopper reads it here, and need not read it twice.
  const isAnnounced = useReactiveVar(hasSessionEnded);
  useEffect(() => {
    if (isAnnounced) hasSessionEnded(false);
  }, [isAnnounced]);
  return (
    <Panel title={checkout.sessionEnded} text={checkout.sessionEndedText} kind="sessionEnded">
      <div className="row">
        <Link className="button" to={paths.home}>
          {checkout.toShop}
        </Link>
        <Link className="button button-plain" to={paths.signIn}>
          {checkout.signIn}
        </Link>
      </div>
    </Panel>
  );
}
