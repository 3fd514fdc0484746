// The bank's challenge, in a dialog over the page.

addTexts({
  en: { challengeTitle: "Confirmation by your bank", challengeClose: "Cancel" },
  de: { challengeTitle: "Bestätigung durch Ihre Bank", challengeClose: "Abbrechen" },
  ja: { challengeTitle: "カード発行会社による本人認証", challengeClose: "キャンセル" },
});

/**
 * Show the challenge. The promise is settled when the shopper has answered it, or has closed the dialog; it does not
 * report how, because only the payment service knows.
 * @param {string} url the bank's page
 */
function showChallenge(instance, url) {
  const page = new URL(url);
  page.searchParams.set("frame", "1");
  const title = text(instance.locale, "challengeTitle");
  const dialog = new FrameDialog(page.href, title, text(instance.locale, "challengeClose"), {}, (kind) => {
    if (kind === "answered") dialog.close();
  });
  return dialog.closed;
}
