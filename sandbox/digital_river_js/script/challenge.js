// The bank's challenge, in a dialog over the page. The dialog has a shadow root, so that neither the style of the
// storefront nor that of the dialog reaches the other one.

addTexts({
  en: { challengeTitle: "Confirmation by your bank", challengeClose: "Cancel" },
  de: { challengeTitle: "Bestätigung durch Ihre Bank", challengeClose: "Abbrechen" },
  ja: { challengeTitle: "カード発行会社による本人認証", challengeClose: "キャンセル" },
});

const CHALLENGE_STYLE = `
  dialog {
    box-sizing: border-box;
    width: min(30rem, 100vw - 1rem);
    height: min(40rem, 100dvh - 1rem);
    max-width: none;
    max-height: none;
    padding: 0;
    overflow: hidden;
    border: 1px solid light-dark(#d7dfe2, #2e3f47);
    border-radius: 12px;
    background: light-dark(#f5f7f8, #10191d);
    color: light-dark(#17252b, #e6eef0);
    color-scheme: light dark;
  }
  dialog[open] { display: flex; flex-direction: column; }
  dialog::backdrop { background: rgb(0 0 0 / 45%); }
  header { display: flex; align-items: center; justify-content: space-between; gap: 1rem; padding: 0.5rem 0.5rem 0.5rem 1rem; }
  h2 { margin: 0; font: 600 1rem/1.3 system-ui, sans-serif; }
  button {
    min-height: 2.75rem;
    padding: 0.5rem 1rem;
    border: 1px solid light-dark(#78868c, #64767e);
    border-radius: 8px;
    background: transparent;
    color: inherit;
    font: 600 0.9375rem/1.2 system-ui, sans-serif;
    cursor: pointer;
  }
  button:focus-visible { outline: 3px solid light-dark(#0f5c6b, #6cc5d3); outline-offset: 2px; }
  iframe { flex: 1; min-height: 0; }
`;

/**
 * Show the challenge. The promise is settled when the shopper has answered it, or has closed the dialog; it does not
 * report how, because only the payment service knows.
 * @param {string} url the bank's page
 */
function showChallenge(instance, url) {
  const page = new URL(url);
  page.searchParams.set("frame", "1");
  return new Promise((resolve) => {
    const host = document.createElement("div");
    const title = text(instance.locale, "challengeTitle");
    const { dialog, close } = challengeDialog(host, title, text(instance.locale, "challengeClose"));
    const frame = new SandboxFrame(page.href, title, {}, (kind) => kind === "answered" && dialog.close());
    dialog.addEventListener("close", () => {
      frame.remove();
      host.remove();
      resolve();
    });
    close.addEventListener("click", () => dialog.close());
    document.body.append(host);
    frame.mount(dialog);
    dialog.showModal();
  });
}

function challengeDialog(host, title, closeLabel) {
  const style = new CSSStyleSheet();
  style.replaceSync(CHALLENGE_STYLE);
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [style];
  const dialog = document.createElement("dialog");
  const heading = Object.assign(document.createElement("h2"), { id: "title", textContent: title });
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: closeLabel });
  const header = document.createElement("header");
  header.append(heading, close);
  dialog.setAttribute("aria-labelledby", "title");
  dialog.append(header);
  root.append(dialog);
  return { dialog, close };
}
