"""GraphQL documents that are expensive to validate or execute, to test the limits of the gateway."""


def many_fields(count: int) -> str:
    return "{" + " ".join(f"a{i}: storefront {{ locales }}" for i in range(count)) + "}"


def aliases(count: int) -> str:
    return "{ storefront {" + " ".join(f"a{i}: locales" for i in range(count)) + "} }"


def doubling_fragments(levels: int) -> str:
    last = f"fragment F{levels} on Storefront {{ locales }}"
    spreads = [f"fragment F{i} on Storefront {{ ...F{i + 1} ...F{i + 1} }}" for i in range(levels)]
    return " ".join(["{ storefront { ...F0 } }", *spreads, last])


def same_key(count: int) -> str:
    return "{ cart {" + " ".join("lines { product { name } }" for _ in range(count)) + "} }"


def side_by_side(count: int) -> str:
    """A document that spreads all of its fragments in one selection."""
    spreads = " ".join(f"...F{i}" for i in range(count))
    fragments = " ".join(f"fragment F{i} on Storefront {{ locales currencies }}" for i in range(count))
    return f"{{ storefront {{ {spreads} }} }} {fragments}"


TYPE_CONDITIONS = " ... on RedirectShopperAction { redirectUrl }" * 150

NESTED_TOO_DEEPLY = "Syntax Error: Document is nested too deeply"

LINES = "lines { product { customAttributes { name } } }"

ACCEPTED_DOCUMENTS = [
    ("fragments side by side", side_by_side(100)),
    ("the same leaf again and again", "{ storefront { " + "locales " * 201 + "} }"),
    ("a thousand fields", "{ storefront {" + "locales currencies publishableKey " * 66 + "} }"),
    ("type conditions side by side", "{ paymentSession { nextAction {" + TYPE_CONDITIONS + "} } }"),
]
"""Documents just within the limits that are as expensive to validate as possible."""

REFUSED_DOCUMENTS: list[tuple[str, str, str]] = [
    ("tokens", "{ storefront { " + "locales " * 3000 + "} }", "Syntax Error: Document contains more than 2000 tokens"),
    ("aliases", aliases(31), "Aliases: 31;"),
    ("root fields", many_fields(11), "Root fields: 11;"),
    (
        "depth",
        "{ cart { lines { product { " + "base { variations { " * 8 + "name" + " } }" * 8 + " } } } }",
        "Nested fields: 20;",
    ),
    ("nested inline fragments", "{ cart " + "{ ... " * 900 + "{ id }" + " }" * 900 + " }", NESTED_TOO_DEEPLY),
    ("doubling fragments", doubling_fragments(20), "Fields: 1048577;"),
    (
        "a fragment that spreads itself",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "Cannot spread fragment 'A' within itself",
    ),
    ("directives", "{ storefront { locales " + "@skip(if: false) " * 51 + "} }", "Directives: 51;"),
    ("the same key again and again", same_key(60), "Repeated fields with a selection set: 59;"),
    (
        "comments",
        "{ storefront { locales } }" + "\n#" * 20_000,
        "Syntax Error: Document contains more than 2000 comments",
    ),
    (
        "a long string",
        '{ product(by: {upstreamId: "' + "a" * 2000 + '"}) { name } }',
        "A string may have at most 1024 characters",
    ),
    (
        "five mutations too many",
        "mutation {" + " ".join(f"a{i}: signOut {{ signedOut }}" for i in range(6)) + "}",
        "Root fields: 6;",
    ),
    (
        "lists in lists",
        '{ product(id: "x") { name } cart(a: ' + "[" * 900 + "]" * 900 + ") { id } }",
        NESTED_TOO_DEEPLY,
    ),
    ("the same leaf again and again", "{ storefront { " + "locales " * 900 + "} }", "Repeated fields: 899;"),
    ("fragments side by side", side_by_side(120), "Fragments: 120;"),
    ("unknown fields", "{ storefront {" + " ".join(f"x{i}" for i in range(900)) + "} }", "Cannot query field 'x0'"),
    (
        "unknown types",
        "{ storefront {" + " ".join(f"... on X{i} {{ a{i} }}" for i in range(300)) + "} }",
        "Unknown type 'X0'",
    ),
    (
        "unknown arguments",
        "{ products(" + " ".join(f"a{i}: 1" for i in range(400)) + ") { totalCount } }",
        "Unknown argument 'a0'",
    ),
    ("a page of 100,000", "{ products(first: 100000) { nodes { name } } }", "The operation costs 100010 points"),
    (
        "lists of lists",
        "{" + " ".join(f"a{i}: cart {{ {LINES} }}" for i in range(4)) + " }",
        "The operation costs 2204 points",
    ),
    (
        "digits that could be a card number",
        "{ storefront { locales } } # " + "4 " * 60_000,
        "A value looks like card data",
    ),
    ("too many groups of digits", "{ nothing } # " + "3a" * 60_000, "A value looks like card data"),
    ("too many groups of another script", "{ nothing } # " + "٣a" * 30_000, "A value looks like card data"),
    (
        "unused variables",
        "query(" + " ".join(f"$v{i}: Int" for i in range(450)) + ") { storefront { locales } }",
        "Variable '$v0' is never used",
    ),
]
"""Name and text of each document, and the beginning of the message that rejects it."""
