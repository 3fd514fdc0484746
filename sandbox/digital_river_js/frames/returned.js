// Reports to the storefront's page that the window has come back from the payment provider, and closes the window.
//
// The message says which window and nothing about the payment, so that any origin may read it. Drop-in then reads the
// source itself.

addTexts({
  en: { back: "Back to the storefront", close: "You can close this window and go back to the storefront." },
  de: { back: "Zurück zum Shop", close: "Sie können dieses Fenster schließen und zum Shop zurückkehren." },
  ja: { back: "ショップに戻る", close: "このウィンドウを閉じて、ショップにお戻りください。" },
});

const returned = new URLSearchParams(location.search);

const locale = returned.get("locale") ?? "en-US";

document.documentElement.lang = languageOf(locale);
document.title = text(locale, "back");
document.querySelector("p").textContent = text(locale, "close");

window.opener?.postMessage({ digitalRiver: "returned", id: returned.get("id"), outcome: returned.get("outcome") }, "*");
window.close();
