"""Makes random requests that are as heavy as the limits of the gateway allow.

A request is a mixture of ingredients, each with an amount and a seed. `heaviest` searches for the mixture that costs
most: it begins with random mixtures and changes the most expensive one again and again.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

LARGEST_BODY = 128 * 1024
LARGEST_VARIABLES = 64 * 1024
LARGEST_HEADERS = 14 * 1024

SMALLEST_SHARE = 0.01

LETTERS = "abcdefghijklmnopqrstuvwxyz"

CARD = "4444222233331111"

BLANK_CHARACTERS = ("\n", ",", " ", "\r", "\ufeff", "\t")

COMPATIBILITY = "\ufdfa\u0301\u0316\u3164\u2460\u247d\uff14\u0664\u33af\u1100\u1161\u11a8\u200b\u00e9\u0344"
"""Characters that normalization changes: phrases, combining marks, numbers, digits, and letters of other scripts."""

NUMBERS = (
    *("4 ", "4-", "4a", "44442222 3333a", "444422223333111", "4444 2222 3333 1112 ", "+44 4422 223 ", "٤a", "0" * 63),
    *("DE89 3704 0044 0532 0130 01,", "AA00 0000 0000 X ", " 92000000000000000000,", "92000000000000000000000 "),
    *("0" * 31 + "a ", "5-", "37 ", "4444222233331112,", "4/"),
)
"""Texts that look like the beginning of a card number, or like another number with many digits."""


@dataclass
class Parts:
    """The parts of a request to which ingredients add."""

    random: Random
    before: list[str] = field(default_factory=list)
    """Text before the first definition."""
    declared: list[str] = field(default_factory=list)
    """Declarations of variables."""
    root: list[str] = field(default_factory=list)
    """Fields of the operation."""
    storefront: list[str] = field(default_factory=list)
    """Fields of `storefront`."""
    definitions: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    operation_name: str = ""
    other: dict[str, Any] = field(default_factory=dict)
    """Other fields of the body."""
    headers: list[tuple[str, str]] = field(default_factory=list)

    def name(self, length: int = 0) -> str:
        length = length or self.random.choice((1, 2, 8, 12, 20, 26, 40))
        return "".join(self.random.choices(LETTERS, k=length))

    def variable(self, of: str, value: Any) -> str:
        name = f"v{len(self.declared)}"
        self.declared.append(f"${name}: {of}")
        self.variables[name] = value
        return f"${name}"

    def document(self) -> str:
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        root = [f"storefront {{ locales {' '.join(self.storefront)} }}", *self.root]
        operation = f"query Main{declared} {{ {' '.join(root)} }}"
        return "".join(self.before) + operation + " ".join(self.definitions) + "".join(self.after)


Ingredient = Callable[[Parts, int], None]


def unknown_fields(parts: Parts, amount: int) -> None:
    parts.storefront += [parts.name() for _ in range(amount)]


def known_fields(parts: Parts, amount: int) -> None:
    parts.storefront += ["locales", "currencies"] * (amount // 2)


def aliases(parts: Parts, amount: int) -> None:
    parts.storefront += [f"{parts.name()}: locales" for _ in range(min(amount, 30))]


def conflicts(parts: Parts, amount: int) -> None:
    parts.storefront += [f"a: {parts.random.choice(['locales', 'currencies', parts.name()])}" for _ in range(amount)]


def argument_conflicts(parts: Parts, amount: int) -> None:
    arguments = " ".join(f"{parts.name()}: 1" for _ in range(amount))
    parts.root += [f"products(first: {number} {arguments}) {{ totalCount }}" for number in range(9)]


def equal_arguments(parts: Parts, amount: int) -> None:
    values = " ".join(f"{parts.name()}: [{'1 ' * 5}]" for _ in range(amount // 8))
    parts.root += [f"products(search: {{ {values} }}, first: 1) {{ totalCount }}"] * 9


def repeated_arguments(parts: Parts, amount: int) -> None:
    parts.root.append(f"products({'first: 1 ' * amount}) {{ totalCount }}")


def repeated_objects(parts: Parts, amount: int) -> None:
    fields = ["totals", "orderTotal", "billingAddress", "paymentSession", "readiness"]
    parts.root += [f"cart {{ {parts.random.choice(fields)} {{ {parts.name()} id }} }}" for _ in range(min(amount, 10))]


def inline_fragments(parts: Parts, amount: int) -> None:
    condition = parts.random.choice(["", "on Storefront", "on Cart"])
    parts.storefront += [f"... {condition} {{ {parts.name()} }}" for _ in range(amount)]


def nested_fragments(parts: Parts, amount: int) -> None:
    levels = parts.random.choice([20, 40, 150])
    for _ in range(max(amount // levels, 1)):
        names = " ".join(parts.name() for _ in range(parts.random.choice([1, 10, 100])))
        parts.storefront.append("... { " * levels + names + " }" * levels)


def nested_fields(parts: Parts, amount: int) -> None:
    levels = parts.random.choice([5, 12, 90])
    for _ in range(min(max(amount // levels, 1), 9)):
        parts.root.append(
            "product { " + "base { variations { " * (levels // 2) + "name" + " } }" * (levels // 2) + " }"
        )


def types_of_nodes(parts: Parts, amount: int) -> None:
    types = ["Cart", "Order", "Product", "CartLine", "Shopper", "Unknown", parts.name(20)]
    fields = ["id", "name", parts.name()]
    conditions = [f"... on {parts.random.choice(types)} {{ {parts.random.choice(fields)} }}" for _ in range(amount)]
    parts.root.append(f'nodes(ids: ["a"]) {{ {" ".join(conditions)} }}')


def errors_of_payload(parts: Parts, amount: int) -> None:
    conditions = " ... on RedirectShopperAction { redirectUrl }" * amount
    parts.root.append(f"paymentSession {{ nextAction {{ {conditions} }} }}")


def unknown_types(parts: Parts, amount: int) -> None:
    parts.storefront += [f"... on {parts.name()} {{ a }}" for _ in range(amount)]


def fragments(parts: Parts, amount: int) -> None:
    """Fragments side by side, with the same keys or others."""
    first, keys = len(parts.definitions), parts.random.choice(["locales", "locales currencies", "", "x"])
    for number in range(first, first + min(amount, 100)):
        parts.storefront.append(f"...F{number}")
        parts.definitions.append(f"fragment F{number} on Storefront {{ {keys or parts.name()} }}")


def spread_fragment(parts: Parts, amount: int) -> None:
    number, names = len(parts.definitions), parts.random.choice([1, 30, 300, 900])
    parts.storefront += [f"...F{number}"] * amount
    parts.definitions.append(f"fragment F{number} on Storefront {{ {' '.join(parts.name(3) for _ in range(names))} }}")


def chain_of_fragments(parts: Parts, amount: int) -> None:
    first, times = len(parts.definitions), parts.random.choice([1, 2, 5])
    length = min(amount, parts.random.choice([12, 40, 99]))
    parts.storefront.append(f"...F{first}")
    for number in range(first, first + length):
        end = "locales" if number == first + length - 1 else f"...F{number + 1} " * times
        parts.definitions.append(f"fragment F{number} on Storefront {{ {end} {parts.name()} }}")


def circle_of_fragments(parts: Parts, amount: int) -> None:
    first, length = len(parts.definitions), min(amount, parts.random.choice([5, 15, 40]))
    everyone = " ".join(f"...F{first + other}" for other in range(length))
    parts.storefront.append(everyone)
    parts.definitions += [f"fragment F{first + number} on Storefront {{ {everyone} }}" for number in range(length)]


def fragments_on_query(parts: Parts, amount: int) -> None:
    first = len(parts.definitions)
    for number in range(first, first + min(amount, 50)):
        parts.root.append(f"...F{number}")
        parts.definitions.append(f"fragment F{number} on Query {{ cart {{ totals {{ tax {{ amount }} }} }} }}")


def operations(parts: Parts, amount: int) -> None:
    """Operations that spread the same fragment, with variables."""
    number, uses = len(parts.definitions), parts.random.choice([1, 10, 45])
    spread = " ".join("locales @include(if: $a)" for _ in range(uses))
    parts.definitions.append(f"fragment F{number} on Query {{ storefront {{ {spread} }} }}")
    parts.definitions += [f"query Q{number}x{other}($a: Boolean!) {{ ...F{number} }}" for other in range(amount)]


def directives(parts: Parts, amount: int) -> None:
    name = parts.random.choice(["@include(if: true)", "@skip(if: 1)", f"@{parts.name(20)}", "@include"])
    target = parts.random.choice([parts.declared, parts.storefront, parts.definitions])
    if target is parts.declared:
        target.append(f"$d{len(target)}: Int {name * amount}")
    elif target is parts.storefront:
        target.append(f"locales {name * amount}")
    else:
        target.append(f"fragment F{len(target)} on Storefront {name * amount} {{ locales }}")


def variable_uses(parts: Parts, amount: int) -> None:
    """One variable with many values, used in many places."""
    value = parts.random.choice([True, [[CARD] * 90] * 30, [["a"] * 90] * 90, {parts.name(): CARD}])
    name = parts.variable("Boolean!", value)
    parts.storefront += [f"locales @include(if: {name})"] * min(amount, 50)


def ids(parts: Parts, amount: int) -> None:
    value = parts.random.choice([[CARD] * 50, ["4444222233331"] * 100, ["a" * 1024] * 50, [CARD] * 2000])
    name = parts.variable("[ID!]!", value)
    parts.root += [f"a{number}: nodes(ids: {name}) {{ id }}" for number in range(min(amount, 9))]


def variables_in_objects(parts: Parts, amount: int) -> None:
    name = parts.variable("String", parts.random.choice([CARD, [[CARD] * 90] * 30, "a"]))
    values = " ".join(f"{parts.name()}: {name}" for _ in range(amount))
    parts.root.append(f"product(by: {{ {values} }}) {{ name }}")


def unused_variables(parts: Parts, amount: int) -> None:
    kinds = ["Int", "[[[Int]]]", "ProductBy", parts.name(20), "AddressInput"]
    first = len(parts.declared)
    parts.declared += [f"$v{number}: {parts.random.choice(kinds)}" for number in range(first, first + amount)]


def default_values(parts: Parts, amount: int) -> None:
    first, value = len(parts.declared), parts.random.choice(['"a"', "[1 2 3]", f"{{{parts.name()}: 1}}", CARD])
    parts.declared += [f"$v{number}: ProductBy = {value}" for number in range(first, first + amount)]


def object_fields(parts: Parts, amount: int) -> None:
    fields = " ".join(f"{parts.name()}: {parts.random.choice(['1', 'A', '[]', '{}'])}" for _ in range(amount))
    argument = parts.random.choice(["product(by: {%s}) { name }", "products(search: {%s}, first: 1) { totalCount }"])
    parts.root.append(argument % fields)


def address_literals(parts: Parts, amount: int) -> None:
    """An address with fields that it does not have, as the default of a variable."""
    fields = " ".join(f"{parts.name(12)}: 1" for _ in range(amount))
    parts.declared.append(f"$v{len(parts.declared)}: AddressInput = {{{fields}}}")


def list_literals(parts: Parts, amount: int) -> None:
    item = parts.random.choice(["1 ", "A ", '"x" ', "{} ", "[] ", f"{CARD} "])
    parts.root += [f"nodes(ids: [{item * 99}]) {{ id }}"] * min(max(amount // 99, 1), 9)


def nested_literals(parts: Parts, amount: int) -> None:
    levels = min(amount, parts.random.choice([20, 90, 190, 900]))
    opening, closing = parts.random.choice([("[", "]"), ("{a: ", "}"), ("{a: [", "]}")])
    parts.root.append(f"product(by: {opening * levels} 1 {closing * levels}) {{ name }}")


def enum_literals(parts: Parts, amount: int) -> None:
    items = " ".join(parts.name(10) for _ in range(min(amount, 99)))
    parts.root.append(f"orders(states: [{items}], first: 1) {{ totalCount }}")


def strings(parts: Parts, amount: int) -> None:
    piece = parts.random.choice(["a", "\\u0041", "\\u{41}", '\\"', "\\n", "\\u0034", "\U00020000", "\u0301\u0316"])
    text = piece * min(amount * 40, LARGEST_BODY)
    parts.root.append(f'product(by: {{upstreamId: "{text}"}}) {{ name }}')


def block_strings(parts: Parts, amount: int) -> None:
    piece = parts.random.choice(["a", "\n", "\n  ", '\\"""', "\n a", " ", "4 ", "\n\t"])
    parts.root.append(f'product(by: {{upstreamId: """{piece * min(amount * 40, LARGEST_BODY)}"""}}) {{ name }}')


def many_strings(parts: Parts, amount: int) -> None:
    text = parts.random.choice(["a" * 200, "444422223333111", "DE89 3704 0044 0532 0130 01", "\\u0034" * 100])
    fields = " ".join(f'a: "{text}"' for _ in range(amount))
    parts.root.append(f"product(by: {{{fields}}}) {{ name }}")


def blanks(parts: Parts, amount: int) -> None:
    parts.before.append(parts.random.choice(BLANK_CHARACTERS) * amount * 60)


def comments(parts: Parts, amount: int) -> None:
    parts.after.append(f"\n#{parts.name()}" * amount)


def numbers_in_comment(parts: Parts, amount: int) -> None:
    parts.after.append("\n# " + parts.random.choice(NUMBERS) * amount * 10)


def characters_in_comment(parts: Parts, amount: int) -> None:
    characters = parts.random.choice(COMPATIBILITY) + parts.random.choice(COMPATIBILITY)
    parts.after.append("\n# 4444222233334 " + characters * amount * 20)


def other_characters(parts: Parts, amount: int) -> None:
    first = parts.random.choice([0x100, 0x3400, 0xAC00, 0xF900, 0x1D400, 0x20000, 0xE0100])
    parts.after.append("\n# " + "".join(chr(first + number % 0x2000) for number in range(amount * 20)))


def syntax_error(parts: Parts, _amount: int) -> None:
    parts.after.append(parts.random.choice([" }", ' "', ' """', " $", " \x00", " fragment on on on"]))


def variable_lists(parts: Parts, amount: int) -> None:
    item: Any = parts.random.choice([*NUMBERS, "a", "", 1, 1e300, None, [], {}, {"a": 1}, 4444222233331112])
    parts.variables[parts.name()] = [[item] * 100 for _ in range(max(amount // 20, 1))]


def variable_keys(parts: Parts, amount: int) -> None:
    item = parts.random.choice(NUMBERS)
    parts.variables |= {f"{item}{number}": number for number in range(amount * 4)}


def variable_fields(parts: Parts, amount: int) -> None:
    kind = parts.random.choice(["ProductBy", "AddressInput", "[AddressInput!]", "PrepareCheckoutInput"])
    value = {parts.name(): parts.random.choice([1, CARD, {}]) for _ in range(amount * 2)}
    parts.root.append(f"product(by: {parts.variable(kind, value)}) {{ name }}")


def wrong_addresses(parts: Parts, amount: int) -> None:
    parts.root.append(f"nodes(ids: {parts.variable('[AddressInput!]!', [{parts.name(20): 1}] * amount)}) {{ id }}")


def deep_variables(parts: Parts, amount: int) -> None:
    value: Any = parts.random.choice([CARD, "a", 1])
    for number in range(min(amount, 62)):
        value = [value, value][: 1 + (number < 10)] if number % 2 else {"a": value}
    parts.variables[parts.name()] = value


def operation_name(parts: Parts, amount: int) -> None:
    parts.operation_name += parts.random.choice([*NUMBERS, *COMPATIBILITY, "a"]) * amount * 10


def other_fields(parts: Parts, amount: int) -> None:
    item: Any = parts.random.choice([[], {}, 1, "a", [[]], {"": {}}])
    parts.other[parts.random.choice(["extensions", "x", "documentId"])] = [item] * amount * 20


def headers(parts: Parts, amount: int) -> None:
    name = parts.random.choice(["Cookie", "Accept", "X-Forwarded-For", "X-Request-Id", "Authorization", "X-A"])
    piece = parts.random.choice(["a=b;", ",", "*/*;q=0.1,", "10.0.0.1,", "4", " ", "; ;", "::1,", "a/b;q=1;q=2,"])
    parts.headers.append((name, piece * min(amount * 4, LARGEST_HEADERS // len(piece))))


INGREDIENTS: tuple[Ingredient, ...] = (
    *(unknown_fields, known_fields, aliases, conflicts, argument_conflicts, equal_arguments, repeated_arguments),
    *(repeated_objects, inline_fragments, nested_fragments, nested_fields, types_of_nodes, errors_of_payload),
    *(unknown_types, fragments, spread_fragment, chain_of_fragments, circle_of_fragments, fragments_on_query),
    *(operations, directives, variable_uses, ids, variables_in_objects, unused_variables, default_values),
    *(
        object_fields,
        address_literals,
        list_literals,
        nested_literals,
        enum_literals,
        strings,
        block_strings,
        many_strings,
        blanks,
    ),
    *(comments, numbers_in_comment, characters_in_comment, other_characters, syntax_error, variable_lists),
    *(variable_keys, variable_fields, wrong_addresses, deep_variables, operation_name, other_fields, headers),
)


class Amount(NamedTuple):
    """An ingredient of a mixture. The seed decides which of its variants is used."""

    ingredient: int
    amount: int
    seed: int

    def __str__(self) -> str:
        return f"{self.amount} {INGREDIENTS[self.ingredient].__name__.replace('_', ' ')} ({self.seed})"


Mixture = tuple[Amount, ...]


class HeavyRequest(NamedTuple):
    body: bytes
    headers: list[tuple[str, str]]


def request_of(mixture: Mixture, note: str = "") -> HeavyRequest:
    """The request of a mixture, within the limits of bytes. Each `note` makes another document, so that the gateway
    does not find the document in its cache."""
    share = 1.0
    while True:
        parts = Parts(Random(0))  # noqa: S311 - no secret
        for part in mixture:
            parts.random = Random(part.seed)  # noqa: S311 - no secret
            INGREDIENTS[part.ingredient](parts, max(int(part.amount * share), 1))
        body: dict[str, Any] = {"query": parts.document() + f"\n# {note}", "variables": parts.variables}
        if parts.operation_name:
            body["operationName"] = parts.operation_name
        elif any(definition.startswith("query") for definition in parts.definitions):
            body["operationName"] = "Main"
        content = _json(body | parts.other)
        if (
            len(content) <= LARGEST_BODY
            and len(_json(parts.variables)) <= LARGEST_VARIABLES
            and sum(len(value) for _, value in parts.headers) <= LARGEST_HEADERS
        ):
            return HeavyRequest(content, [(name, value.encode().decode("latin-1")) for name, value in parts.headers])
        share *= 0.8
        if share < SMALLEST_SHARE:
            # Some variables have a size of their own, and do not fit beside each other.
            return request_of(mixture[:-1], note)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def random_mixture(random: Random) -> Mixture:
    return tuple(_random_amount(random) for _ in range(random.choice([1, 1, 2, 3, 5, 8])))


def _random_amount(random: Random) -> Amount:
    return Amount(random.randrange(len(INGREDIENTS)), int(2 ** random.uniform(2, 12)), random.randrange(50))


def changed(mixture: Mixture, random: Random) -> Mixture:
    """The mixture with one change: another amount, seed or ingredient, one more or one less."""
    parts = list(mixture)
    index = random.randrange(len(parts))
    match random.choice(["amount", "amount", "seed", "more", "less", "other"]):
        case "amount":
            factor = random.choice([0.5, 0.8, 0.95, 1.05, 1.3, 2])
            parts[index] = parts[index]._replace(amount=max(1, min(int(parts[index].amount * factor), 8000)))
        case "seed":
            parts[index] = parts[index]._replace(seed=random.randrange(50))
        case "more":
            parts.append(_random_amount(random))
        case "less" if len(parts) > 1:
            del parts[index]
        case _:
            parts[index] = _random_amount(random)
    return tuple(parts)


class MixtureCost(NamedTuple):
    cost: float
    mixture: Mixture


async def heaviest(
    cost: Callable[[Mixture], Awaitable[float]], seed: int, random_mixtures: int, changes: int, best: int = 3
) -> Sequence[MixtureCost]:
    """The most expensive mixtures: of each search from one of the `best` random mixtures, the last. The same seed makes
    the same random mixtures."""
    random = Random(seed)  # noqa: S311 - no secret
    begins = [
        MixtureCost(await cost(mixture), mixture)
        for mixture in (random_mixture(random) for _ in range(random_mixtures))
    ]
    ends = []
    for end in sorted(begins, reverse=True)[:best]:
        for _ in range(changes // best):
            mixture = changed(end.mixture, random)
            if (points := await cost(mixture)) > end.cost:
                end = MixtureCost(points, mixture)
        ends.append(end)
    return sorted(ends, reverse=True)
