"""Documents that were made to cost more than they ask for."""


def many_fields(count: int) -> str:
    return "{" + " ".join(f"a{i}: storefront {{ locales }}" for i in range(count)) + "}"


def doubling_fragments(levels: int) -> str:
    last = f"fragment F{levels} on Query {{ storefront {{ locales }} }}"
    spreads = [f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(levels)]
    return " ".join(["{ ...F0 }", *spreads, last])


def same_key(count: int) -> str:
    return "{" + " ".join("cart { lines { product { name } } }" for _ in range(count)) + "}"


BOMBS = [
    ("tokens", "{ storefront { " + "locales " * 3000 + "} }"),
    ("aliases", many_fields(31)),
    ("root fields", many_fields(11)),
    ("depth", "{ cart { lines { product { " + "base { variations { " * 8 + "name" + " } }" * 8 + " } } } }"),
    ("nesting that is no field", "{ cart " + "{ ... " * 900 + "{ id }" + " }" * 900 + " }"),
    ("doubling fragments", doubling_fragments(20)),
    ("a fragment that spreads itself", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"),
    ("directives", "{ storefront { locales " + "@skip(if: false) " * 51 + "} }"),
    ("the same key again and again", same_key(60)),
    ("comments", "{ storefront { locales } }" + "\n#" * 20_000),
    ("a long text", '{ product(by: {upstreamId: "' + "a" * 2000 + '"}) { name } }'),
    ("five mutations too many", "mutation {" + " ".join(f"a{i}: signOut {{ signedOut }}" for i in range(6)) + "}"),
    ("lists in lists", '{ product(id: "x") { name } cart(a: ' + "[" * 900 + "]" * 900 + ") { id } }"),
    ("variables nobody uses", "query(" + " ".join(f"$v{i}: Int" for i in range(600)) + ") { storefront { locales } }"),
]
