"""The defects that the random histories must find can still be planted into the code."""

from pathlib import Path

import pytest

from bench.planted_defects import DEFECTS, Defect, planted


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_defect_is_a_change_of_the_code(defect: Defect, tmp_path: Path) -> None:
    planted(defect, tmp_path)
    for change in defect.changes:
        assert change.new in (tmp_path / change.file).read_text()
