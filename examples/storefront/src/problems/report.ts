/**
 * Sends an error of the page to the service that collects them. Send the name and the stack, and not the message: that may
 * have what the shopper typed.
 */
export type Report = (error: unknown) => void;

/** Reports what no page has caught: errors of event handlers, of promises, and of rendering outside the pages. */
export function reportUncaught(page: EventTarget, report: Report): void {
  page.addEventListener("error", (event) => report((event as ErrorEvent).error));
  page.addEventListener("unhandledrejection", (event) => report((event as PromiseRejectionEvent).reason));
}
