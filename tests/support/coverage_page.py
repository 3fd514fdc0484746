"""`python -m tests.support.coverage_page` prints the content of `docs/coverage.md`."""

import sys

from tests.support.upstream_calls import SETTINGS, Coverage, Row, coverage

INTRODUCTION = """\
# Coverage

The calls of Digital River's Commerce API, and which of them the gateway sends and the sandbox answers. `make schema` \
writes this page; a test checks that it is current and that every call is covered that a storefront must or should \
have, or that the graph's descriptions name.

- **Gateway**: ✔ if a method of `gateway/upstream` that is used sends the call. If the gateway gets the same from \
another call, that call is named: a cart, for example, is read whole and not part by part. *settings*: the gateway is \
configured with what the call would return.
- **Sandbox**: ✔ if it answers the call.
- **Covered**: ✔ if both are true.
- **Need**: *must* and *should* for a usual storefront, *later* for what few storefronts need, *out* for calls that a \
storefront's gateway does not make. *graph* marks calls that the graph's descriptions name.

Digital River also has webhooks, files for fulfilment and hosted pages. A storefront makes no calls for those.
"""


def page() -> str:
    calls = coverage()
    lines = [INTRODUCTION, *_totals(calls)]
    for area in dict.fromkeys(row.area for row in calls.rows):
        lines += ["", f"## {area}", "", "| call | need | gateway | sandbox | covered | |", "|---|---|---|---|---|---|"]
        lines += [_line(calls, row) for row in calls.rows if row.area == area]
    return "\n".join(lines) + "\n"


def _totals(calls: Coverage) -> list[str]:
    groups = {need: [row for row in calls.rows if row.need == need] for need in ("must", "should", "later", "out")}
    groups["*named by the graph*"] = [row for row in calls.rows if row.call in calls.named]
    return ["| need | calls | covered |", "|---|---|---|", *(_total(calls, *group) for group in groups.items())]


def _total(calls: Coverage, name: str, rows: list[Row]) -> str:
    return f"| {name} | {len(rows)} | {sum(calls.is_covered(row) for row in rows)} |"


def _line(calls: Coverage, row: Row) -> str:
    need = f"{row.need}, *graph*" if row.call in calls.named else row.need
    gateway = "✔" if row.call in calls.sent else (_instead(row) if calls.is_covered_by_gateway(row) else "")
    sandbox = "✔" if row.call in calls.answered else ""
    covered = "✔" if calls.is_covered(row) else ""
    return f"| `{row.method} {row.path}` | {need} | {gateway} | {sandbox} | {covered} | {row.note} |"


def _instead(row: Row) -> str:
    return f"*{SETTINGS}*" if row.instead == SETTINGS else f"`{row.instead}`"


if __name__ == "__main__":
    sys.stdout.write(page())
