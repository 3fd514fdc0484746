import type { ReactNode } from "react";
import { useTexts } from "../texts";
import type { Problem } from "./problem";
import "./notice.css";

interface NoticeProps {
  kind?: "good" | "warn" | "bad" | "plain";
  children: ReactNode;
}

/** A box with a message. Those that appear after an action of the shopper stand in a live region. */
export function Notice({ kind = "plain", children }: NoticeProps) {
  return <div className={`notice notice-${kind}`}>{children}</div>;
}

/** What went wrong, where the shopper acted. The region is always there, so that screen readers notice its content. */
export function Problems({ list }: { list: readonly Problem[] }) {
  const { problems } = useTexts();
  return (
    <div role="alert" className="problems">
      {list.map(({ message, reference }) => (
        <Notice kind="bad" key={message}>
          <p>{message}</p>
          {reference && <p className="small">{problems.reference(reference)}</p>}
        </Notice>
      ))}
    </div>
  );
}
