"""The text before, between and after literals that may look like a card number is screened as well."""

import pytest

from tests.documents.test_card_numbers import CARD, UUID_LIKE_VISA
from tests.support.shop import Storefront

KEY = f'idempotencyKey: "{UUID_LIKE_VISA}"'
ID = f'{{product: {{id: "{UUID_LIKE_VISA}"}}}}'
PLACES = {
    "before": f"# {CARD}\nmutation {{ addCartLines(input: {{{KEY}, lines: [{ID}]}}) {{ errors {{ code }} }} }}",
    "between": f"mutation {{ addCartLines(input: {{{KEY}, # {CARD}\n lines: [{ID}]}}) {{ errors {{ code }} }} }}",
    "after": f"mutation {{ addCartLines(input: {{{KEY}, lines: [{ID}]}}) {{ errors {{ code }} }} }} # {CARD}",
}


@pytest.mark.parametrize("document", PLACES.values(), ids=PLACES)
async def test_card_number_around_accepted_literals_is_rejected(storefront: Storefront, document: str) -> None:
    answer = await storefront.ask(document)
    assert answer.status == 400
    assert "looks like card data" in answer.body["errors"][0]["message"]


MALFORMED = {
    "card number": (f'{{ node(id: "{CARD}" }}', "looks like card data"),
    "other text": (r'{ node(id: "\u0041" }', "Syntax Error"),
}


@pytest.mark.parametrize(("document", "message"), MALFORMED.values(), ids=MALFORMED)
async def test_document_that_cannot_be_parsed_is_screened_whole(
    storefront: Storefront, document: str, message: str
) -> None:
    answer = await storefront.ask(document)
    assert answer.status == 400
    assert message in answer.body["errors"][0]["message"]


async def test_card_number_in_a_float_is_rejected(storefront: Storefront) -> None:
    answer = await storefront.ask(f"{{ products(first: {CARD}.0) {{ totalCount }} }} # \\")
    assert "looks like card data" in answer.body["errors"][0]["message"]
