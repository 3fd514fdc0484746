"""No name, comment, docstring, message or page contains a word that the glossary forbids."""

from pathlib import Path

from tests.support.words import ROOT, files, hits


def test_no_file_contains_a_word_that_the_glossary_forbids() -> None:
    problems = [
        f"{path.relative_to(ROOT)}:{hit.line}: {hit.words}: {hit.instead}" for path in files() for hit in hits(path)
    ]
    assert problems == []


def test_forbidden_words_and_vague_names_are_detected(tmp_path: Path) -> None:
    lines = ['"""A way to {pay}."""', "def f({told}):  # {n}", '    return "must be a {text}"']
    file = tmp_path / "example.py"
    file.write_text("\n".join(lines).format(pay="pay", told="told", n="nobody", text="text"))
    assert [hit.words.split()[-1] for hit in sorted(hits(file))] == ["pay", "nobody", "told", "text"]
