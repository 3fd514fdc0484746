"""The table of docs/operating.md that shows how many operations a quota carries."""

import re

import pytest

from examples.run import ROOT
from gateway.store.call_permits import WINDOW_MS
from gateway.upstream.protection.quota import SHARE
from tests.support.operation_calls import TABLE

ANSWER_S = 0.1

CHECKOUT = ("GuestFirstLine", "GuestDetails", "CheckoutPage", "GuestSource", "GuestOrder")

PAGE = (ROOT / "docs/operating.md").read_text()

ROWS = re.findall(r"^\| ([^|]+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \|$", PAGE, re.MULTILINE)


def carried(quota: int, calls: int) -> str:
    return f"{int(quota * SHARE) / (WINDOW_MS / 1000 + ANSWER_S) / calls:.1f}"


def test_table_of_quotas_has_a_checkout() -> None:
    assert [row[0].split(":")[0] for row in ROWS][-1] == "a guest's checkout"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:20])
def test_table_of_quotas_follows_from_the_calls(row: tuple[str, str, str, str]) -> None:
    name, calls, test_key, live_key = row
    expected = TABLE[name].calls if name in TABLE else sum(TABLE[operation].calls for operation in CHECKOUT)
    assert (int(calls), test_key, live_key) == (expected, carried(10, expected), carried(100, expected))
