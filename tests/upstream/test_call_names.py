"""Every call has a name without ids."""

from gateway.metrics.declaring import OTHER
from gateway.upstream.call_names import CALL_NAMES, call_name
from tests.support.gateway_calls import gateway_calls


def test_names_are_those_of_the_calls_in_the_code() -> None:
    named = {"GET ledger"}
    # The path of the ledger is a setting.
    for method, path in {call for call in gateway_calls() if call.path.strip("{}")}:
        for kind in ("billing", "shipping"):
            of_kind = path.replace("apply-{}-", f"apply-{kind}-")
            name = f"{method} {of_kind.replace('{}', '{id}')}"
            assert call_name(method, of_kind.replace("{}", "alex")) == name
            named.add(name)
    assert call_name("GET", "") == "GET ledger"
    assert named == CALL_NAMES


def test_unknown_path_is_named_other() -> None:
    assert call_name("GET", "/v1/shoppers/alex@example.com") == OTHER
    assert call_name("PATCH", "/v1/shoppers/me") == OTHER
