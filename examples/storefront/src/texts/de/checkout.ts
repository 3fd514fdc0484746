import type { CheckoutTexts } from "../en/checkout";

export const checkout: CheckoutTexts = {
  title: "Kasse",
  empty: "Ihr Warenkorb ist leer",
  emptyText: "Ohne Anmeldung wird ein Warenkorb nach einer halben Stunde ohne Nutzung geschlossen.",
  lastOrder: (number: string) => `Ihre Bestellung ${number} ist eingegangen.`,
  showOrder: "Bestellung zeigen",
  toShop: "Weiter einkaufen",
  change: "Ändern",
  cancel: "Abbrechen",
  tryAgain: "Noch einmal versuchen",
  notLoaded: "Dieser Teil der Seite konnte nicht geladen werden.",
  signInOffer: "Haben Sie ein Konto?",
  signIn: "Anmelden",
  signedInAs: (name: string) => `Sie sind angemeldet als ${name}.`,

  addressStep: "Kontakt und Adresse",
  billing: "Rechnungsadresse",
  shipping: "Lieferadresse",
  shippingSame: "An die Rechnungsadresse liefern",
  country: "Land",
  otherAddress: "Andere Adresse",
  choose: "Bitte wählen",
  optional: "optional",
  moreFields: (names) => `${names.join(", ")} (optional)`,
  missing: "Bitte füllen Sie dieses Feld aus.",
  unusual: (example: string) =>
    `Das ist ungewöhnlich. Üblich ist etwa ${example}. Wenn Ihre Angabe stimmt, klicken Sie noch einmal auf ` +
    "die Schaltfläche.",
  unusualNoExample: "Das ist ungewöhnlich. Wenn Ihre Angabe stimmt, klicken Sie noch einmal auf die Schaltfläche.",
  emailReason: "Für Nachrichten zu Ihrer Bestellung.",
  phoneReason: "Für Fragen zu Lieferung und Zahlung.",
  continue: "Weiter",
  saving: "Wird gespeichert …",
  suggestion: "Die Post schreibt Ihre Adresse so:",
  useSuggestion: "Diese Adresse verwenden",
  keepMine: "Meine behalten",

  deliveryStep: "Lieferung",
  deliveryLater: "Sobald wir Ihre Adresse kennen, können Sie die Versandart wählen.",

  taxStep: "Steuernummer",
  taxText: "Für dieses Land brauchen wir Ihre Steuernummer.",
  save: "Speichern",

  paymentStep: "Zahlung",
  paymentLater: "Sobald wir Ihre Adresse kennen, können Sie die Zahlungsart wählen.",
  savedCards: "Ihre gespeicherten Karten",
  cardEnding: (brand: string, digits: string) => `${brand} mit den Endziffern ${digits}`,
  cardExpires: (date: string) => `Gültig bis ${date}`,
  cardExpired: "Abgelaufen",
  otherMethod: "Andere Zahlungsart",
  useCard: "Diese Karte verwenden",
  credit: (amount: string) => `Ihr Guthaben von ${amount} einsetzen`,
  creditApplied: (amount: string) => `Ihr Guthaben bezahlt ${amount}`,
  creditRemaining: (amount: string) => `${amount} sind noch zu bezahlen.`,
  creditPaysAll: "Es ist nichts mehr zu bezahlen.",
  formLoading: "Das Zahlungsformular wird geladen …",
  formFailed:
    "Das Zahlungsformular konnte nicht geladen werden. Es wurde nichts bestellt und nichts abgebucht. Bitte " +
    "prüfen Sie Ihre Verbindung.",
  phoneMissing: "Das Zahlungsformular braucht weitere Angaben Ihrer Rechnungsadresse. Bitte ergänzen Sie sie.",
  editAddress: "Adresse bearbeiten",
  sourceFailed:
    "Diese Zahlung wurde nicht angenommen. Es wurde nichts bestellt und nichts abgebucht. Bitte prüfen Sie " +
    "die Angaben, oder wählen Sie eine andere Zahlungsart.",
  leaving: "Sie werden zur Zahlung weitergeleitet …",
  approvalMissing:
    "Sie haben die Zahlung nicht bestätigt. Es wurde nichts bestellt und nichts abgebucht. Bitte wählen Sie, " +
    "wie Sie bezahlen möchten.",
  sourceUnused: "Ihre Zahlung ist noch nicht übernommen",
  sourceUnusedText:
    "Sie ist nicht verloren, und Sie müssen sie nicht noch einmal eingeben oder bestätigen. Es wurde nichts bestellt " +
    "und nichts abgebucht. Bitte versuchen Sie es noch einmal.",
  approvalUnused:
    "Ihr Warenkorb ist leer. Die bestätigte Zahlung wurde deshalb nicht verwendet, und es wurde nichts abgebucht.",
  approved:
    "Ihre Zahlung ist bestätigt, aber noch ist nichts bestellt. Bitte prüfen Sie Ihre Bestellung, und geben " +
    "Sie sie unten auf.",
  bankAsks: "Ihre Bank möchte prüfen, ob Sie es sind",
  bankAsksText:
    "Das dauert einen Augenblick. Bevor Sie die Bestellung aufgeben, wird nichts bestellt und nichts " +
    "abgebucht.",
  toBank: "Weiter zu Ihrer Bank",
  bankRefused:
    "Ihre Bank konnte nicht bestätigen, dass Sie es sind. Es wurde nichts bestellt und nichts abgebucht. " +
    "Bitte versuchen Sie es noch einmal, oder bezahlen Sie anders.",
  bankUnreachable:
    "Ihre Bank konnte nicht gefragt werden, ob Sie es sind. Es wurde nichts bestellt und nichts abgebucht. Bitte " +
    "prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal, oder bezahlen Sie auf andere Weise.",
  storeCredit: "Guthaben",
  methods: {
    creditCard: "Karte",
    wireTransfer: "Überweisung",
    directDebit: "SEPA-Lastschrift",
    bankTransfer: "Banküberweisung",
    onlineBanking: "Onlinebanking",
    konbini: "Konbini-Laden",
  },
  payOtherwise: "Anders bezahlen",

  reviewStep: "Prüfen und bestellen",
  reviewLater: "Sobald die Zahlungsart gewählt ist, prüfen Sie hier alles und geben Ihre Bestellung auf.",
  reviewUnchecked: "Wir prüfen Ihre Bestellung noch. Sobald das erledigt ist, können Sie sie aufgeben.",
  summary: "Ihre Bestellung",
  quantity: (quantity: string) => `Menge ${quantity}`,
  total: "Gesamtbetrag",
  estimate: "Lieferung und Steuer kommen hinzu, sobald wir Ihre Adresse kennen.",
  estimateWithTax: "Die Lieferung kommt hinzu, sobald wir Ihre Adresse kennen.",
  taxIncluded: (amount: string) => `Darin sind ${amount} Steuer enthalten.`,
  terms: (terms: string) => `Ich stimme den ${terms} zu.`,
  termsOfSale: "Verkaufsbedingungen",
  termsPassive: (terms: string) => `Mit der Bestellung stimmen Sie den ${terms} zu.`,
  termsMissing: "Bitte stimmen Sie den Verkaufsbedingungen zu.",
  placeOrder: (amount: string) => `Zahlungspflichtig bestellen: ${amount}`,
  placeFreeOrder: "Bestellung aufgeben",
  onlyNow: "Erst mit dieser Schaltfläche wird bestellt.",

  sending: "Ihre Bestellung wird gesendet",
  sendingText:
    "Bitte lassen Sie diese Seite offen. Falls sie sich schließt, öffnen Sie sie wieder: Sie zeigt, was aus " +
    "Ihrer Bestellung geworden ist.",
  checking: "Wir prüfen, was aus Ihrer Bestellung geworden ist …",
  doubt: "Wir prüfen, ob Ihre Bestellung eingegangen ist",
  doubtText:
    "Wir haben keine Antwort auf Ihre Bestellung bekommen. Vielleicht ist sie eingegangen. Wir fragen weiter " +
    "nach und zeigen das Ergebnis hier. Bitte bestellen Sie nicht noch einmal.",
  offline: "Sie sind offline, und wir wissen noch nicht, ob Ihre Bestellung eingegangen ist",
  offlineText:
    "Sobald Sie wieder online sind, sehen wir nach, was aus ihr geworden ist. Bitte bestellen Sie bis dahin " +
    "nicht noch einmal.",
  checkNow: "Jetzt nachsehen",
  otherTab: "Ihre Bestellung wird bereits aufgegeben, vielleicht in einem anderen Tab",
  otherTabText: "Diese Seite zeigt das Ergebnis, sobald es feststeht. Bitte bestellen Sie nicht noch einmal.",
  notArrived:
    "Ihre Bestellung ist nicht bei uns angekommen. Bitte geben Sie sie noch einmal auf: Auch wenn der erste Versuch noch " +
    "ankommt, wird nur einmal bestellt und bezahlt.",
  elsewhere: "Wir wissen nicht, ob Ihre letzte Bestellung aufgegeben wurde",
  elsewhereArrived: "Ihre letzte Bestellung ist bei uns angekommen. Jetzt wurde nichts Neues bestellt",
  elsewhereText:
    "Sie wurde gesendet, bevor Ihre Sitzung endete oder Sie sich abgemeldet haben. Diese Seite kann sie deshalb nicht " +
    "zeigen. Wurde sie aufgegeben, haben Sie eine E-Mail mit ihrer Nummer. Bitte sehen Sie nach, bevor Sie noch einmal " +
    "bestellen. Waren Sie angemeldet, melden Sie sich an, um sie zu sehen.",
  nothingOrdered: "Es wurde nichts bestellt und nichts abgebucht.",
  blocked: "Ihre Bestellung wurde nicht aufgegeben",
  totalChanged: (before: string, now: string) => `Der Gesamtbetrag ist jetzt ${now} statt ${before}`,
  totalChangedText:
    "Ihre Bestellung wurde geändert, vielleicht in einem anderen Tab. Es wurde nichts bestellt und nichts " +
    "abgebucht. Bitte prüfen Sie die Bestellung. Wenn Sie mit dem neuen Betrag einverstanden sind, bestellen " +
    "Sie noch einmal.",
  cartChanged: "Ihre Bestellung hat sich geändert",
  cartChangedText:
    "Sie wurde geändert, vielleicht in einem anderen Tab. Es wurde nichts bestellt und nichts abgebucht. " +
    "Bitte prüfen Sie die Bestellung, bevor Sie sie aufgeben.",
  refused: "Das hat nicht geklappt",
  failed: "Wir konnten den Shop nicht erreichen. Bitte prüfen Sie Ihre Verbindung, und versuchen Sie es noch einmal.",
  ourFault:
    "Der Fehler liegt bei uns, nicht bei Ihnen. Es wurde nichts bestellt und nichts abgebucht. Bitte versuchen Sie es " +
    "gleich noch einmal.",
  sessionEnded: "Ihre Sitzung ist abgelaufen",
  sessionEndedText:
    "Zum Schutz Ihrer Daten endet eine Sitzung nach einer halben Stunde ohne Nutzung. Es wurde nichts " +
    "bestellt und nichts abgebucht. Wenn Sie ein Konto haben, melden Sie sich an, um Ihren Warenkorb " +
    "wiederzufinden.",
  waitsForApproval: "Ihre Zahlung ist noch nicht abgeschlossen",
  waitsForApprovalText:
    "Ihre Bestellung wartet, bis Sie die Zahlung bestätigen. Bis dahin wird nichts bestellt und nichts " +
    "abgebucht.",
  toProvider: "Zahlung fortsetzen",
  givenUp:
    "Die begonnene Zahlung wurde abgebrochen. Es wurde nichts bestellt und nichts abgebucht. Bitte wählen Sie, " +
    "wie Sie bezahlen möchten.",
  openOrder: "Wir wissen noch nicht, was aus Ihrer letzten Bestellung geworden ist.",
  openOrderLink: "Nachsehen",

  placedTitle: "Vielen Dank für Ihre Bestellung",
  placedText: "Ihre Bestellung ist eingegangen. Sie müssen nichts weiter tun.",
  paidText: "Ihre Zahlung ist eingegangen. Sie müssen nichts weiter tun.",
  processingText:
    "Ihre Bestellung ist eingegangen. Ihre Bank bearbeitet die Zahlung, was einige Tage dauern kann. Sie " +
    "müssen nichts tun.",
  reviewText: "Ihre Bestellung ist eingegangen und wird geprüft, was einen Tag dauern kann. Sie müssen nichts tun.",
  cancelledTitle: "Diese Bestellung wurde storniert",
  cancelledText: "Falls schon etwas abgebucht wurde, erhalten Sie es zurück.",
  approvalTitle: "Diese Bestellung wartet auf Ihre Bestätigung",
  waitingTitle: "Bitte bezahlen Sie jetzt Ihre Bestellung",
  waitingText:
    "Ihre Bestellung ist eingegangen. Wir versenden sie, sobald Ihre Zahlung da ist. Von Ihrem Konto wird " +
    "nichts von selbst abgebucht.",
  orderNumber: "Bestellnummer",
  payInstructions: "So bezahlen Sie",
  amountToPay: "Betrag",
  payReference: "Verwendungszweck",
  payBefore: "Zahlbar bis",
  payDocument: "Zahlschein öffnen",
  payNote: "Bitte geben Sie den Verwendungszweck an, damit wir Ihre Zahlung zuordnen können.",
  printPage: "Diese Anleitung drucken",
  paymentMethod: "Zahlung",
  deliveryMethod: "Lieferung",
  orderDetails: "Einzelheiten",
  orderUnavailable:
    "Die Einzelheiten dieser Bestellung werden nicht mehr gezeigt, weil Ihre Sitzung abgelaufen ist. Ihre " +
    "Bestellung gilt.",
  orderNotFound: "Diese Bestellung finden wir in Ihrer Sitzung nicht.",
  lookUp: "Bestellung mit der Nummer suchen",
};
