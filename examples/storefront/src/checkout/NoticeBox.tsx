import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { useTexts } from "../texts";
import type { Notice } from "./order/stage";
import "../problems/notice.css";

/** What became of the money, after the drop-in has said what went wrong. The focus stays there, where that stands. */
export function NoticeBesideDropIn({ notice }: { notice: Notice | null }) {
  const { checkout } = useTexts();
  return (
    <div role="status">
      {notice?.text && <p data-notice={notice.tone}>{notice.text(checkout)}</p>}
    </div>
  );
}

/** What happened, and what to do next. It takes the focus when it appears, so that it is read and seen. */
export function NoticeBox({ notice }: { notice: Notice | null }) {
  const { checkout, problems } = useTexts();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (notice) box.current?.focus();
  }, [notice]);
  if (!notice) return null;
  const { tone, title, text, link, details = [], reference, retry } = notice;
  return (
    <div
      className={`notice notice-${tone}`}
      role={tone === "bad" ? "alert" : "status"}
      tabIndex={-1}
      ref={box}
      data-notice={tone}
    >
      {title && <p className="notice-title">{title(checkout)}</p>}
      {details.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {text && <p>{text(checkout)}</p>}
      {reference && <p className="small">{problems.reference(reference)}</p>}
      {retry && (
        <button type="button" className="button button-plain" onClick={retry}>
          {checkout.tryAgain}
        </button>
      )}
      {link && <Link to={link.to}>{link.text(checkout)}</Link>}
    </div>
  );
}
