"""pytest plugin that collects the tests once, and then runs some of them against one mutant after another.

Each mutant gets a forked process, in which the code of the changed function is replaced. So a mutant costs only the
time of its tests, not of the imports. Of the code that runs at import, only simple values can be replaced.

The requests are lines of JSON from the file descriptor MUTANTS_IN, the answers go to MUTANTS_OUT. The first line of the
answers has the names of all tests and of their files.
"""

import gc
import json
import os
import signal
import time
from types import FunctionType
from typing import Any

import pytest

from bench.mutants.population import ROOT
from bench.mutants.replacing import replace_function, replace_values

NOT_REPLACED = "not replaced"
TIMEOUT = "timeout"
POLL_S = 0.05

failed: list[str] = []
"""Tests that have failed in this process."""


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        failed.append(report.nodeid)


def pytest_runtestloop(session: pytest.Session) -> bool:
    gc.unfreeze()
    functions = [item for item in gc.get_objects() if isinstance(item, FunctionType)]
    gc.freeze()
    items = {item.nodeid: item for item in session.items}
    files: dict[str, list[pytest.Item]] = {}
    for item in session.items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    with (
        os.fdopen(int(os.environ["MUTANTS_IN"])) as requests,
        os.fdopen(int(os.environ["MUTANTS_OUT"]), "w") as answers,
    ):
        answers.write(json.dumps([*items, *files]) + "\n")
        answers.flush()
        for line in requests:
            request = json.loads(line)
            chosen: list[pytest.Item] = []
            for test in request["tests"]:
                chosen += files.get(test, []) if "::" not in test else [items[test]] if test in items else []
            answers.write(json.dumps(_proven_failure(request, chosen, functions)) + "\n")
            answers.flush()
    return True


def _proven_failure(request: dict[str, Any], items: list[pytest.Item], functions: list[FunctionType]) -> str | None:
    """The first test that fails with the mutant and passes without it. On a busy machine, a test may fail by chance."""
    while True:
        answer = _forked(request, items, functions)
        failing = next((item for item in items if item.nodeid == answer), None)
        if failing is None or _forked(request | {"source": None}, [failing], functions) is None:
            return answer
        items = items[items.index(failing) + 1 :]


def _forked(request: dict[str, Any], items: list[pytest.Item], functions: list[FunctionType]) -> str | None:
    """The first test that fails in a process of its own."""
    receiver, sender = os.pipe()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os.close(receiver)
        os.write(sender, json.dumps(_first_failure(request, items, functions)).encode())
        os._exit(0)
    os.close(sender)
    deadline = time.monotonic() + request["timeout_s"]
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > deadline:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(receiver)
            return TIMEOUT
        time.sleep(POLL_S)
    with os.fdopen(receiver, "rb") as pipe:
        text = pipe.read()
    answer: str | None = json.loads(text) if text else "the process ended"
    return answer


def _first_failure(request: dict[str, Any], items: list[pytest.Item], functions: list[FunctionType]) -> str | None:
    path, line, source = ROOT / request["path"], request["line"], request["source"]
    if source is not None:
        replace = replace_values if request["is_at_import"] else replace_function
        if not replace(functions, path, line, source):
            return NOT_REPLACED
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        if failed:
            item.session._setupstate.teardown_exact(None)
            return item.nodeid
    return None
