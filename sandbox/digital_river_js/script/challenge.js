// The bank's challenge, in a dialog over the page.

addTexts({
  en: { challengeTitle: "Confirmation by your bank" },
  de: { challengeTitle: "Bestätigung durch Ihre Bank" },
  ja: { challengeTitle: "カード発行会社による本人認証" },
});

/**
 * Show the challenge. The promise is settled when the shopper has answered it, or has closed the dialog; it does not
 * report how, because only the payment service knows.
 * @param {string} url the bank's page
 */
function showChallenge({ locale }, url) {
  const page = new URL(url);
  page.searchParams.set("frame", "1");
  page.searchParams.set("locale", locale);
  const dialog = new FrameDialog(locale, page.href, text(locale, "challengeTitle"), {}, (kind) => {
    if (kind === "answered") dialog.close();
  });
  return dialog.closed;
}
