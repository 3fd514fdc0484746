// Texts in the languages of the demo shop. Each part of the library adds its own texts beside its code.

const LANGUAGES = ["en", "en-GB", "de", "ja"];

/** Texts by language and name. `any` has those that are the same in all languages. */
const TEXTS = Object.fromEntries([...LANGUAGES, "any"].map((language) => [language, {}]));

/** @param {Record<string, Record<string, string>>} byLanguage British English has only the texts that differ. */
function addTexts(byLanguage) {
  for (const [language, texts] of Object.entries(byLanguage)) Object.assign(TEXTS[language], texts);
}

function hasText(name) {
  return name in TEXTS.en || name in TEXTS.any;
}

/** The language that texts have for this locale: English if they do not have its own. */
function languageOf(locale) {
  return LANGUAGES.includes(locale.slice(0, 2)) ? locale : "en";
}

/**
 * The text with this name, or its English version if the language is unknown. `{name}` in the text is replaced.
 * @param {string} locale as `en-US`
 */
function text(locale, name, values = {}) {
  const language = locale.slice(0, 2);
  const found = TEXTS[locale]?.[name] ?? TEXTS[language]?.[name] ?? TEXTS.any[name] ?? TEXTS.en[name];
  if (found === undefined) throw new Error(`There is no text ${name}.`);
  return found.replace(/\{(\w+)\}/g, (_, value) => values[value]);
}
