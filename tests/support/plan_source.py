"""`python -m tests.support.plan_source FILE` prints the functions into which the operation in a file is compiled."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.documents.card_numbers import Screen
from gateway.documents.registry import Documents
from gateway.execution.compiler import Compiler
from sandbox.model.world import World
from schema.build import build
from tests.support.at_once import at_once
from tests.support.shop import settings_for


def plan_source(document: str, flags: Mapping[str, Any]) -> str:
    """Source of the plan of a document with one operation. Raises `DocumentRefused` and `Unplannable`."""
    graph = build(suggests=True)
    known = Documents(graph.core, graph.directive_tables, settings_for(World()))
    operation = at_once(known.prepare(document, None, None, {}, Screen(), over_get=False)).operation
    return Compiler(graph.core, operation, flags).plan().source


if __name__ == "__main__":
    print(plan_source(Path(sys.argv[1]).read_text(), {}))
