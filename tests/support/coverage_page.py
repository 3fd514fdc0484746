"""`python -m tests.support.coverage_page` prints `docs/coverage.md`. Nothing on it is ticked by hand."""

import sys

from tests.support.upstream_calls import SETTINGS, Row, Surface, surface

INTRODUCTION = """\
# Coverage

What Digital River's Commerce API offers to a shop, and what of it is here. `make schema` writes this page; a test \
holds that it is true, and that nothing is missing of what a storefront must have, should have, or the graph names as \
the source of a member.

- **Gateway**: ✔ when a method of `gateway/upstream` that is used sends this call. Where another call \
does or tells the same, the gateway sends only that one, and it stands here instead: a cart is read whole, once, and \
not part by part. *settings*: what the call would tell is configured.
- **Sandbox**: ✔ when it answers the call.
- **Covered**: ✔ when both hold.
- **Need**: *must* and *should* as a usual shop has it, *later* for what few need, *out* for what is not for a \
storefront's gateway. *graph* marks a call that a member of the graph names.

Beside these calls upstream has webhooks, files for fulfilment, and hosted pages; they are none of a storefront's calls.
"""


def page() -> str:
    told = surface()
    lines = [INTRODUCTION, *_totals(told)]
    for area in dict.fromkeys(row.area for row in told.rows):
        lines += ["", f"## {area}", "", "| call | need | gateway | sandbox | covered | |", "|---|---|---|---|---|---|"]
        lines += [_line(told, row) for row in told.rows if row.area == area]
    return "\n".join(lines) + "\n"


def _totals(told: Surface) -> list[str]:
    kinds = {need: [row for row in told.rows if row.need == need] for need in ("must", "should", "later", "out")}
    kinds["*named by the graph*"] = [row for row in told.rows if row.call in told.named]
    return ["| need | calls | covered |", "|---|---|---|", *(_total(told, *kind) for kind in kinds.items())]


def _total(told: Surface, name: str, rows: list[Row]) -> str:
    return f"| {name} | {len(rows)} | {sum(told.is_covered(row) for row in rows)} |"


def _line(told: Surface, row: Row) -> str:
    need = f"{row.need}, *graph*" if row.call in told.named else row.need
    gateway = "✔" if row.call in told.sent else (_instead(row) if told.by_the_gateway(row) else "")
    sandbox = "✔" if row.call in told.answered else ""
    covered = "✔" if told.is_covered(row) else ""
    return f"| `{row.method} {row.path}` | {need} | {gateway} | {sandbox} | {covered} | {row.note} |"


def _instead(row: Row) -> str:
    return f"*{SETTINGS}*" if row.instead == SETTINGS else f"`{row.instead}`"


if __name__ == "__main__":
    sys.stdout.write(page())
