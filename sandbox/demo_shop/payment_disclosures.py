"""Texts that DigitalRiver.js shows beside a payment method, and the page on which a buyer applies for TreviPay."""

ENGLISH = "en"

_MANDATE = {
    "en": (
        "By continuing, you authorize Riverbank Outfitters and its payment provider to collect the payment from your"
        " account under the SEPA direct debit scheme, and your bank to debit your account. You can ask your bank for a"
        " refund within eight weeks."
    ),
    "de": (
        "Mit dem Fortfahren ermächtigen Sie Riverbank Outfitters und den Zahlungsdienstleister, die Zahlung per"
        " SEPA-Lastschrift von Ihrem Konto einzuziehen, und Ihre Bank, die Lastschrift einzulösen. Sie können"
        " innerhalb von acht Wochen die Erstattung verlangen."
    ),
    "ja": (
        "続行すると、Riverbank OutfittersおよびSEPA口座振替の決済事業者がお客様の口座から代金を引き落とすこと、"
        "ならびに銀行がこれに応じることを承認したことになります。8週間以内であれば銀行に返金を請求できます。"
    ),
}

_KLARNA = {
    "en": "Klarna will check your details on its own page, and its terms apply to the payment.",
    "de": "Klarna prüft Ihre Angaben auf einer eigenen Seite; für die Zahlung gelten die Bedingungen von Klarna.",
    "ja": "Klarnaのページでお客様の情報が確認され、お支払いにはKlarnaの規約が適用されます。",
}

_DISCLOSURES = {"directDebit": _MANDATE, "klarnaCredit": _KLARNA, "klarnaCreditRecurring": _KLARNA}
"""Disclosures by the type of the payment method, and then by language."""

ACCEPTED_DISCLOSURES = frozenset({"directDebit"})
"""Types of the payment methods whose disclosure the shopper must accept."""

ENROLLMENT_PAGES = {"msts": "https://riverdemo.example/trevipay/apply"}
"""Address at which a buyer applies for the payment method, by type."""


def disclosure(source_type: str, language: str) -> str | None:
    """Disclosure of the payment method, in English if the language is unknown; None for a method without one."""
    texts = _DISCLOSURES.get(source_type, {})
    return texts.get(language, texts.get(ENGLISH))
