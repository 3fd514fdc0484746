"""`python -m tests.support.shopper_message_keys` adds the keys of new messages for shoppers to the catalogues, and
removes those of messages that no longer exist. Messages, comments and marks of translators stay."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from gateway.shopper_messages.catalogue import OWN, templates_of
from gateway.shopper_messages.message import declared_messages


def synchronized(file: Path) -> str:
    """The content of a catalogue with the present keys in their order. A catalogue of a region keeps the keys that it
    has. The English message is a comment in the others."""
    english = templates_of("en")
    is_of_region, is_english = "-" in file.stem, file.stem == "en"
    header, _, _ = file.read_text().partition("\n\n")
    with file.open("rb") as opened:
        present = read_po(opened, abort_invalid=True)
    catalog = Catalog()
    for _, key, _ in declared_messages():
        message = present.get(key)
        if message is not None or not is_of_region:
            catalog.add(
                key,
                message.string if message is not None else "",
                flags=message.flags if message is not None else (),
                user_comments=message.user_comments if message is not None else (),
                auto_comments=[] if is_english or key not in english else [f"English: {english[key]}"],
            )
    body = BytesIO()
    write_po(body, catalog, width=0, omit_header=True)
    return f"{header}\n\n{body.getvalue().decode().strip()}\n"


if __name__ == "__main__":
    for catalogue in sorted(OWN.glob("*.po")):
        catalogue.write_text(synchronized(catalogue))
