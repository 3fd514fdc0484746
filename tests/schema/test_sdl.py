"""Comparing two SDLs reports only differences in meaning."""

import pytest

from tests.support.sdl_differences import differences

SDL = '''
"""How much it costs."""
directive @cost("Points." weight: Int! = 1) on FIELD_DEFINITION | OBJECT

interface Node { id: ID! }
interface Named { name: String }

"""What is for sale."""
type Product implements Node & Named @cost(weight: 2) {
  id: ID!
  name: String @cost
  "Its price."
  price(currency: Currency = USD, "Number of units." quantity: Int): Int
}

enum Currency { USD EUR }
union Found = Product
input Wish { name: String = "any" }
type Query { find(wish: Wish): Found }
'''

SAME = '''
type Query { find(wish: Wish): Found }
input Wish { name: String = "any" }
union Found = Product
enum Currency { EUR USD }
"What is for sale."
type Product implements Named & Node @cost(weight: 2) {
  name: String @cost(weight: 1)
  """
  Its
  price.
  """
  price("Number of units." quantity: Int, currency: Currency = USD): Int
  id: ID!
}
interface Named { name: String }
interface Node { id: ID! }
"How much it costs."
directive @cost("Points." weight: Int! = 1) on OBJECT | FIELD_DEFINITION
'''


def test_reordered_reformatted_sdl_with_explicit_defaults_has_no_differences() -> None:
    assert list(differences(SDL, SAME)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name: String @cost", "name: String! @cost", "Product.name: type is String here, String! there"),
        ("name: String @cost", "name: String", "Product.name: @cost is weight: 1 here, None there"),
        ("@cost(weight: 2)", "@cost(weight: 3)", "Product: @cost is weight: 2 here, weight: 3 there"),
        ('"Its price."', '"Her price."', "Product.price: description is Its price. here, Her price. there"),
        ("= USD", "= EUR", "Product.price(currency:): default is USD here, EUR there"),
        ('"Number of units." quantity: Int', "", "Product.price(quantity:): only here"),
        ("USD EUR", "USD EUR JPY", "Currency.JPY: only there"),
        ('= "any"', "", 'Wish.name: default is "any" here, None there'),
        ("= Product", "= Product | Query", "Found: types is Product here, Product, Query there"),
        ("Node & Named", "Node", "Product: interfaces is Named, Node here, Node there"),
        ("Int! = 1", "Int! = 2", "@cost(weight:): default is 1 here, 2 there"),
        (
            "union Found = Product",
            "scalar Found",
            "Found: kind is union_type_definition here, scalar_type_definition there",
        ),
        ("interface Named { name: String }", "", "Named: only here"),
    ],
)
def test_difference_is_reported_with_its_coordinate(old: str, new: str, expected: str) -> None:
    assert SDL.count(old) == 1
    assert expected in list(differences(SDL, SDL.replace(old, new)))


def test_type_in_only_one_sdl_is_reported_in_one_line() -> None:
    assert list(differences(SDL, SDL.replace("interface Named { name: String }", ""))) == ["Named: only here"]
