// Locales as storefronts write them: `en-US`, `en-us`, `en_US`, `de`, and `UK` for British English.

const DEFAULT_LOCALE = "en-US";

const LOCALE_OF_LANGUAGE = { en: "en-US", de: "de-DE", ja: "ja-JP", uk: "en-GB" };

/** The locale as `en-US`. A locale that cannot be read is American English. */
function readLocale(written = DEFAULT_LOCALE) {
  const [, language, region] = /^([a-z]{2})(?:[-_]([a-z]{2}))?$/i.exec(written) ?? [];
  if (!language) return DEFAULT_LOCALE;
  const lower = language.toLowerCase();
  return region ? `${lower}-${region.toUpperCase()}` : (LOCALE_OF_LANGUAGE[lower] ?? lower);
}
