"""The storefront has a name for each payment method, which a shopper reads in place of its type."""

import re

from sandbox.demo_shop.payment_methods import METHODS
from tests.support.storefront_build import STOREFRONT


def test_each_payment_method_has_a_name_for_shoppers() -> None:
    files = ("checkout/payment/sourceName.ts", "texts/en/checkout.ts")
    written = "".join((STOREFRONT / "src" / file).read_text() for file in files)
    assert {type_ for type_ in METHODS if not re.search(rf'^ +{type_}: "', written, re.MULTILINE)} == set()
