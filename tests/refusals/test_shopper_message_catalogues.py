"""Every code has a message for shoppers in each language, or is marked as one without."""

from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from gateway.shopper_messages.catalogue import FALLBACK, OWN, templates_of
from gateway.shopper_messages.message import VARIANTS, WITHOUT_MESSAGE, declared_messages
from schema.build import build
from tests.support.listed_messages import SHOPPER_PAGE
from tests.support.shopper_message_keys import synchronized
from tests.support.shopper_messages_page import page

FILES = sorted(OWN.glob("*.po"))

LANGUAGES = [file.stem for file in FILES if "-" not in file.stem]

VALUES = {key: set(values) for _, key, values in declared_messages()}

MERCHANTS_OWN = {"InventoryStatus"}
"""Types whose `message` is a message of the merchant."""


def test_languages_of_the_demo_shop_have_catalogues() -> None:
    assert [file.stem for file in FILES] == ["de", "en-GB", "en", "ja"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_message_in_each_language(language: str) -> None:
    assert VALUES.keys() - templates_of(language).keys() == set(), "run `make shopper-messages` and add the messages"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_catalogues_have_the_keys_of_the_code(file: Path) -> None:
    assert file.read_text() == synchronized(file), "run `make shopper-messages`"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_message_is_fuzzy(file: Path) -> None:
    with file.open("rb") as opened:
        assert [message.id for message in read_po(opened) if message.fuzzy] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_message_has_the_same_values(file: Path) -> None:
    used = {
        key: {name for _, name, _, _ in Formatter().parse(template) if name is not None}
        for key, template in templates_of(file.stem).items()
    }
    assert used == {key: VALUES[key] for key in used}


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != FALLBACK])
def test_no_message_is_left_in_english(language: str) -> None:
    assert [key for key, template in templates_of(language).items() if template == templates_of(FALLBACK)[key]] == []


def test_code_without_a_message_has_no_variants() -> None:
    assert WITHOUT_MESSAGE.isdisjoint(VARIANTS)


def test_every_message_for_developers_has_one_for_shoppers_beside_it() -> None:
    types = {name: getattr(type_, "fields", {}) for name, type_ in build().core.type_map.items()}
    without = {name for name, fields in types.items() if "message" in fields and "shopperMessage" not in fields}
    assert without == MERCHANTS_OWN


def test_page_of_messages_for_shoppers_is_up_to_date() -> None:
    assert SHOPPER_PAGE.read_text() == page(), "run `make schema`, which also writes docs/shopper-messages.md"
