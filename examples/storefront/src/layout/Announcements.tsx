import { hasSessionEnded } from "../graph/ended-session";
import { useReactiveVar } from "@apollo/client/react";
import { Notice } from "../problems/Notice";
import { useTexts } from "../texts";
import { useAnnouncements, withdraw } from "./announce";

/** What the shopper should read on any page: what a sign-in did to the cart, and that a session has ended. */
export function Announcements() {
  const { shop, problems } = useTexts();
  const messages = useAnnouncements();
  const isEnded = useReactiveVar(hasSessionEnded);
  const close = (message: string) => (message === problems.sessionEnded ? hasSessionEnded(false) : withdraw(message));
  const shown = isEnded ? [problems.sessionEnded, ...messages] : messages;
  return (
    <div role="status" className="announcements">
      {shown.map((message) => (
        <Notice key={message}>
          <div className="row row-between announcement">
            <span>{message}</span>
            <button type="button" className="button button-link" onClick={() => close(message)}>
              {shop.close}
            </button>
          </div>
        </Notice>
      ))}
    </div>
  );
}
