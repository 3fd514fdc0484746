"""The command that changes the code in small ways makes the promised changes, and leaves types and texts alone."""

from bench.mutants.__main__ import draw
from bench.mutants.mutations import Mutant, mutants

SOURCE = b'''"""A module."""
from typing import Literal
log = object()
LIMIT = 3
WAIT_S = 1.0
def check(count: Literal["one"], names: list[str]) -> bool:
    """Text."""
    log.info("count")
    if count > LIMIT and "key" in names:
        raise ValueError("too many names")
    with lock():
        send(count, names)
    return all(name for name in names if not name)
'''


def changes(source: bytes) -> set[tuple[str, str]]:
    return {(mutant.original, mutant.replacement) for mutant in mutants("module.py", source)}


def test_mutants_change_each_part_that_has_a_behaviour() -> None:
    all_changes = changes(SOURCE)
    assert all_changes >= {
        ("3", "4"),
        ("1.0", "2.0"),
        ("count > LIMIT", "(count >= LIMIT)"),
        ('"key"', "'key~'"),
        ('count > LIMIT and "key" in names', "False"),
        ('raise ValueError("too many names")', "pass"),
        ("with lock()", "if True"),
        ("count, names", "names, count"),
        ("send(count, names)", "pass"),
        ("all(name for name in names if not name)", "None"),
        ("all", "any"),
        ("not name", "True"),
    }


def test_mutants_leave_out_types_texts_and_log() -> None:
    changed = " ".join(original for original, _ in changes(SOURCE))
    assert not any(text in changed for text in ("one", "module", "Text", "info"))


def test_every_mutant_compiles_and_has_its_own_id() -> None:
    all_mutants = mutants("module.py", SOURCE)
    assert len({mutant.id for mutant in all_mutants}) == len(all_mutants)
    for mutant in all_mutants:
        compile(mutant.apply(SOURCE), "module.py", "exec")


def test_sample_depends_only_on_the_seed() -> None:
    population = mutants("module.py", SOURCE)
    assert ids(draw(population, 1, 5)) == ids(draw(population[::-1], 1, 5)) != ids(draw(population, 2, 5))


def ids(drawn: list[Mutant]) -> list[str]:
    return [mutant.id for mutant in drawn]
