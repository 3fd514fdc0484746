"""GraphQL documents that are expensive to validate or execute, to test the limits of the gateway."""


def many_fields(count: int) -> str:
    return "{" + " ".join(f"a{i}: storefront {{ locales }}" for i in range(count)) + "}"


def doubling_fragments(levels: int) -> str:
    last = f"fragment F{levels} on Query {{ storefront {{ locales }} }}"
    spreads = [f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(levels)]
    return " ".join(["{ ...F0 }", *spreads, last])


def same_key(count: int) -> str:
    return "{" + " ".join("cart { lines { product { name } } }" for _ in range(count)) + "}"


def side_by_side(count: int) -> str:
    """A document that spreads all of its fragments in one selection."""
    spreads = " ".join(f"...F{i}" for i in range(count))
    fragments = " ".join(f"fragment F{i} on Storefront {{ locales currencies }}" for i in range(count))
    return f"{{ storefront {{ {spreads} }} }} {fragments}"


TYPE_CONDITIONS = " ... on RedirectShopperAction { redirectUrl }" * 150

LINES = "lines { product { customAttributes { name } } }"

ACCEPTED_DOCUMENTS = [
    ("fragments side by side", side_by_side(100)),
    ("the same leaf again and again", "{ storefront { " + "locales " * 201 + "} }"),
    ("a thousand fields", "{ storefront {" + "locales currencies publishableKey " * 66 + "} }"),
    ("type conditions side by side", "{ paymentSession { nextAction {" + TYPE_CONDITIONS + "} } }"),
]
"""Documents just within the limits that are as expensive to validate as possible."""

REFUSED_DOCUMENTS = [
    ("tokens", "{ storefront { " + "locales " * 3000 + "} }"),
    ("aliases", many_fields(31)),
    ("root fields", many_fields(11)),
    ("depth", "{ cart { lines { product { " + "base { variations { " * 8 + "name" + " } }" * 8 + " } } } }"),
    ("nested inline fragments", "{ cart " + "{ ... " * 900 + "{ id }" + " }" * 900 + " }"),
    ("doubling fragments", doubling_fragments(20)),
    ("a fragment that spreads itself", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"),
    ("directives", "{ storefront { locales " + "@skip(if: false) " * 51 + "} }"),
    ("the same key again and again", same_key(60)),
    ("comments", "{ storefront { locales } }" + "\n#" * 20_000),
    ("a long string", '{ product(by: {upstreamId: "' + "a" * 2000 + '"}) { name } }'),
    ("five mutations too many", "mutation {" + " ".join(f"a{i}: signOut {{ signedOut }}" for i in range(6)) + "}"),
    ("lists in lists", '{ product(id: "x") { name } cart(a: ' + "[" * 900 + "]" * 900 + ") { id } }"),
    ("the same leaf again and again", "{ storefront { " + "locales " * 900 + "} }"),
    ("fragments side by side", side_by_side(120)),
    ("unknown fields", "{ storefront {" + " ".join(f"x{i}" for i in range(900)) + "} }"),
    ("unknown types", "{ storefront {" + " ".join(f"... on X{i} {{ a }}" for i in range(300)) + "} }"),
    ("unknown arguments", "{ products(" + " ".join(f"a{i}: 1" for i in range(400)) + ") { totalCount } }"),
    ("a page of 100,000", "{ products(first: 100000) { nodes { name } } }"),
    ("lists of lists", "{" + " ".join(f"a{i}: cart {{ {LINES} }}" for i in range(4)) + " }"),
    ("digits that could be a card number", "{ storefront { locales } } # " + "4 " * 60_000),
    ("digits that cannot be a card number", "{ nothing } # " + "3a" * 60_000),
    ("digits of another script", "{ nothing } # " + "٣a" * 30_000),
    ("unused variables", "query(" + " ".join(f"$v{i}: Int" for i in range(600)) + ") { storefront { locales } }"),
]
