// `Compliance.getDetails`: the legal texts and links that a storefront must show for the seller of a cart.

/** Names of Digital River's companies, by their codes. A cart gives its code as `businessEntityCode`. */
const ENTITIES = {
  "DRES_INC-ENTITY": "DR Education Services",
  "DR_WP-ENTITY": "DR World Payments",
  "DR_WPAB-ENTITY": "DR World Payments AB",
  "C5_INC-ENTITY": "DR globalTech Inc.",
  "DR_BRAZIL-ENTITY": "Digital River Brazil",
  "DR_BRAZIL2-ENTITY": "Digital River Brazil",
  "DR_CHINA-ENTITY": "Digital River China",
  "DR_GMBH-ENTITY": "Digital River GmbH",
  "DR_INC-ENTITY": "Digital River Inc.",
  "DR_INDIA-ENTITY": "eClickstore Trading Private Limited",
  "DR_IRELAND-ENTITY": "Digital River Ireland Ltd.",
  "DR_JAPAN-ENTITY": "Digital River Japan",
  "DR_KOREA-ENTITY": "Digital River Korea YH",
  "DR_MEXICO-ENTITY": "Digital River Mexico",
  "DR_RUSSIA-ENTITY": "Digital River Russia",
  "DR_SARL-ENTITY": "Digital River, International SARL",
  "DR_TAIWAN-ENTITY": "Digital River Taiwan",
  "DR_UK-ENTITY": "Digital River UK Ltd.",
};

/** Countries in which a link must be shown. Links that are absent here are shown everywhere. */
const COUNTRIES_OF_LINK = {
  californiaPrivacyRights: ["US"],
  cancellationRights: ["DE", "DK", "ES", "FI", "FR", "GB", "IE", "IT", "NL", "NO", "PT", "SE"],
  warrantyInformation: ["IT"],
  japaneseCommerceLaw: ["JP"],
};

const LINKS = ["termsOfSale", "privacyPolicy", "cookiePolicy", "legalNotice", ...Object.keys(COUNTRIES_OF_LINK)];

const DISCLOSURES = [
  ...["resellerDisclosure", "confirmDisclosure", "autorenewalPlanTerms", "saveCardMandate"],
  "idealRecurringAgreement",
];

/**
 * @param {string | {businessEntityCode: string, language: string, country: string, policies?: object}} entity a code, or
 *   an object; `policies` has the merchant's own addresses: `{refund: {url}, return: {url}}`
 * @param {string} locale used with a code; a locale without texts is English
 * @returns {{disclosure: Record<string, {localizedText?: string, url?: string}>}} texts may contain links in HTML
 */
function complianceDetails(entity, locale) {
  const given = typeof entity === "object" && entity ? entity : { businessEntityCode: entity };
  const code = String(given.businessEntityCode ?? "").toUpperCase();
  if (!Object.hasOwn(ENTITIES, code)) throw new Error("businessEntityCode is missing or unknown.");
  if (given === entity && !(given.language && given.country)) throw new Error("language and country are needed.");
  const spoken = given === entity ? readLocale(`${given.language.slice(0, 2)}-${given.country}`) : readLocale(locale);
  const country = spoken.slice(3);
  const disclosure = { businessEntity: { id: code, name: ENTITIES[code] } };
  for (const link of LINKS.filter((name) => COUNTRIES_OF_LINK[name]?.includes(country) ?? true)) {
    disclosure[link] = { localizedText: text(spoken, link), url: legalUrl(link, code) };
  }
  for (const [link, { url }] of Object.entries({ ...given.policies })) {
    disclosure[`${link}Policy`] = { localizedText: text(spoken, `${link}Policy`), url };
  }
  for (const name of DISCLOSURES) disclosure[name] = { localizedText: disclosureText(spoken, name, code) };
  disclosure.resellerDisclosure.url = legalUrl("legalNotice", code);
  return { disclosure };
}

function legalUrl(name, code) {
  return `${SERVICE_URL}/v1/legal/${name}?${new URLSearchParams({ entity: code })}`;
}

function disclosureText(locale, name, code) {
  const link = (document, label) => `<a href="${legalUrl(document, code)}" target="_blank" rel="noopener">${label}</a>`;
  const written = text(locale, name, {
    entity: name === "resellerDisclosure" ? link("legalNotice", ENTITIES[code]) : ENTITIES[code],
    terms: link("termsOfSale", text(locale, "termsOfSale")),
    privacy: link("privacyPolicy", text(locale, "privacyPolicy")),
  });
  return written.replace(/\.(<\/a>)?\./g, ".$1"); // The name of a company may end with a full stop.
}

/** The nodes of a disclosure: of its HTML, the links and everything else as mere letters. */
function nodesOfDisclosure(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  return [...body.childNodes].map((node) =>
    node.localName === "a" ? newLink(node.href, node.textContent) : node.textContent,
  );
}
