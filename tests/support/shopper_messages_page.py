"""`python -m tests.support.shopper_messages_page` prints `docs/shopper-messages.md`: what shoppers read."""

import sys
from collections.abc import Iterator

from gateway.enums import GraphEnum
from gateway.shopper_messages.catalogue import templates_of
from gateway.shopper_messages.message import ENUMS, WITHOUT_MESSAGE, declared_messages
from tests.support.messages_page import descriptions

LANGUAGES = {"en": "English", "en-GB": "English (UK)", "de": "German", "ja": "Japanese"}

INTRODUCTION = """\
# Messages for shoppers

Beside each `message`, which is for developers, errors, blockers, warnings, payment requirements and outcomes have a \
`shopperMessage`: what the shopper can do, in the language of the session. It is plain words, so a page shows it as it \
is, and escapes it as any other string. It is null where a shopper can do nothing. If an operation does not select \
`errors` or `warnings` of a payload, the message is in the `extensions` of the answer, beside the code. So is that of \
an error in the `errors` of the answer: an ended session, a missing sign-in, a busy cart and too many requests have \
the message of the user error of the same name, and a failure has that of `ErrorCode.UPSTREAM_UNAVAILABLE`. Mistakes \
of the client, such as `BAD_USER_INPUT`, have none.

The language is that of the session's locale, or of `@inContext`, or else of the site's own locale, which is the first \
of `RIVERFRONT_LOCALES`. A locale such as `de-AT` has the messages of `de-AT` if there are any, then those of `de`, \
then those of `en`. Words in braces are values, and have the format of the locale. No message contains personal data.

`make schema` writes this page, and tests check that no answer has a message for shoppers that is missing here. \
[Codes](codes.md) has what a storefront does beside each message.

## Own messages

A merchant changes messages, or adds a language, with a folder of gettext catalogues. `RIVERFRONT_SHOPPER_MESSAGES` is \
the path of the folder. Each file is named after its locale, such as `de.po`, `fr.po` or `de-AT.po`; `.mo` files are \
read too. A file may have any number of the messages; the others stay as they are. This is a whole `de.po`:

```po
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "ErrorCode.COUPON_INVALID"
msgstr "Diesen Gutschein kennen wir nicht. Haben Sie sich vertippt?"

msgid "CheckoutBlockerCode.INSUFFICIENT_STOCK.limited"
msgstr "Von „{product}“ haben wir nur noch {available}."
```

The keys are those of the tables below, and a message may use the values of its row. All files are read when the \
gateway starts. If a file has an unknown key or value, the gateway does not start, and prints file, key and what is \
allowed. Messages that are marked as fuzzy are left out. A language with a new file needs a locale in \
`RIVERFRONT_LOCALES` before shoppers can choose it; a locale without messages has English ones, and a warning in the \
log at start says so. [The catalogues of the gateway](../gateway/shopper_messages/languages) are a good beginning for \
a new language: [why they have keys](decisions/shopper-messages-have-keys.md).
"""

SECTIONS = {
    "ErrorCode": ("User errors", "In the `errors` of a mutation's payload."),
    "CheckoutBlockerCode": (
        "Blockers",
        "In the `blockers` of `checkoutReadiness`, `Cart.readiness` and `OrderBlocked`.",
    ),
    "SubmissionStatus": ("Outcomes", "In the `result` of `submitOrder`, `resumeOrder` and `orderSubmission`."),
    "DeclineAdvice": ("Declined payments", "In `OrderDeclined` and its `decline`, by the `advice` of the decline."),
    "WarningCode": ("Warnings", "In the `warnings` of a mutation's payload."),
    "PaymentRequirementKind": ("Payment requirements", "In the `missing` of a payment session."),
}


def page() -> str:
    lines = [INTRODUCTION]
    for enum in ENUMS:
        title, where = SECTIONS[enum.__name__]
        lines += [f"## {title}", "", where, "", *_table(enum), ""]
        if without := [f"`{code.name}`" for code in enum if code in WITHOUT_MESSAGE]:
            lines += [f"Without a message: {', '.join(without)}.", ""]
    return "\n".join(lines)


def _table(enum: type[GraphEnum]) -> Iterator[str]:
    yield f"| key | when | {' | '.join(LANGUAGES.values())} |"
    yield "|---" * (2 + len(LANGUAGES)) + "|"
    when = descriptions(enum.__name__)
    for code, key, _ in declared_messages():
        if isinstance(code, enum):
            templates = [templates_of(language).get(key, "") for language in LANGUAGES]
            yield f"| `{key}` | {when[code.name]} | {' | '.join(templates)} |"


if __name__ == "__main__":
    sys.stdout.write(page())
