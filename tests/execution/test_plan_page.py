"""docs/compiled-plans.md shows the plan into which its example is compiled today."""

import ast
import re
from pathlib import Path

from tests.support.plan_source import plan_source

PAGE = Path(__file__).parents[2] / "docs" / "compiled-plans.md"


def test_page_shows_the_plan_of_its_example() -> None:
    [document] = re.findall(r"```graphql\n(.*?)```", PAGE.read_text(), re.DOTALL)
    [source] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    # The page is formatted like all other source.
    assert ast.unparse(ast.parse(source)) == ast.unparse(ast.parse(plan_source(document, {})))
