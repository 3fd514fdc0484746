"""pytest plugin that collects the tests once, and then runs some of them against one mutant after another.

Each mutant gets a forked process, in which the code of the changed function is replaced. So a mutant costs only the
time of its tests, not of the imports. Changes of code that runs at import cannot be made like this.

The requests are lines of JSON from the file descriptor MUTANTS_IN, the answers go to MUTANTS_OUT. The first line of the
answers has the names of all tests and of their files.
"""

import gc
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from bench.mutants.population import ROOT

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
    source = request["source"]
    if source is not None and not _replace(functions, ROOT / request["path"], request["line"], source):
        return NOT_REPLACED
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        if failed:
            item.session._setupstate.teardown_exact(None)
            return item.nodeid
    return None


def _replace(functions: list[FunctionType], path: Path, line: int, source: str) -> bool:
    """Replace the code of the outermost function that contains the line. Return whether this was possible."""
    old = _function_at(compile(path.read_bytes(), path, "exec", dont_inherit=True), line)
    if old is None:
        return False
    new_codes = _codes(compile(source, path, "exec", dont_inherit=True))
    new = next((code for code in new_codes if _key(code) == _key(old)), None)
    changed = [function for function in functions if _key(function.__code__) == _key(old)]
    if new is None or not changed or new.co_freevars != old.co_freevars:
        return False
    for function in changed:
        function.__code__ = new
    return True


def _key(code: CodeType) -> tuple[str, str, int]:
    return str(code.co_filename), code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _function_at(code: CodeType, line: int) -> CodeType | None:
    for constant in code.co_consts:
        if isinstance(constant, CodeType) and line in _lines(constant):
            is_function = bool(constant.co_flags & 0x2)  # CO_NEWLOCALS
            return constant if is_function else _function_at(constant, line)
    return None


def _lines(code: CodeType) -> range:
    numbers = [number for nested in (code, *_codes(code)) for _, _, number in nested.co_lines() if number]
    return range(code.co_firstlineno, max(numbers, default=code.co_firstlineno) + 1)
