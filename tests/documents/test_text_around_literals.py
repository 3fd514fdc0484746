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
