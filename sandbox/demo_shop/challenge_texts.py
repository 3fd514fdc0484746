"""Texts of the bank's challenge page in the languages of the demo shop. British English has no words of its own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChallengeTexts:
    language: str
    title: str
    notice: str
    heading: str
    question: str
    payee: str
    amount: str
    card: str
    password: str
    hint: str
    """HTML."""
    confirm: str
    cancel: str
    under: str
    """Explains below the form how to abandon the challenge."""


ENGLISH = ChallengeTexts(
    language="en",
    title="Your bank, played by the sandbox",
    notice="This page stands in for the bank of the card. No money moves.",
    heading="Your bank",
    question="Is it you who pays?",
    payee="To",
    amount="Amount",
    card="Card",
    password="Password",
    hint="The password is <code>password</code>. Any other one fails.",
    confirm="Confirm",
    cancel="Cancel",
    under="Close this page to abandon the challenge.",
)

GERMAN = ChallengeTexts(
    language="de",
    title="Ihre Bank, gespielt von der Sandbox",
    notice="Diese Seite vertritt die Bank der Karte. Es fließt kein Geld.",
    heading="Ihre Bank",
    question="Bezahlen Sie selbst?",
    payee="An",
    amount="Betrag",
    card="Karte",
    password="Passwort",
    hint="Das Passwort ist <code>password</code>. Jedes andere wird abgelehnt.",
    confirm="Bestätigen",
    cancel="Abbrechen",
    under="Schließen Sie diese Seite, um die Bestätigung abzubrechen.",
)

JAPANESE = ChallengeTexts(
    language="ja",
    title="カード発行会社（サンドボックス）",
    notice="カード発行会社の代わりの画面です。実際の支払いは行われません。",
    heading="カード発行会社",
    question="ご本人によるお支払いですか？",
    payee="お支払い先",
    amount="金額",
    card="カード",
    password="パスワード",
    hint="パスワードは<code>password</code>です。それ以外は失敗します。",
    confirm="確認する",
    cancel="キャンセル",
    under="中止するには、このページを閉じてください。",
)

_BY_LANGUAGE = {texts.language: texts for texts in (ENGLISH, GERMAN, JAPANESE)}


def challenge_texts(locale: str | None) -> ChallengeTexts:
    """The texts for a locale such as `de-DE`: English, if its language has none."""
    return _BY_LANGUAGE.get((locale or "")[:2].lower(), ENGLISH)
