"""The words that the glossary rules out are in no name, text or page."""

from pathlib import Path

from tests.support.words import ROOT, files, hits


def test_files_use_the_words_of_the_glossary() -> None:
    problems = [
        f"{path.relative_to(ROOT)}:{hit.line}: {hit.words}: {hit.instead}" for path in files() for hit in hits(path)
    ]
    assert problems == []


def test_ruled_out_words_and_names_are_found(tmp_path: Path) -> None:
    lines = ['"""A way to {pay}."""', "def f({told}):  # {n}", '    return "must be a {text}"']
    file = tmp_path / "example.py"
    file.write_text("\n".join(lines).format(pay="pay", told="told", n="nobody", text="text"))
    assert [hit.words.split()[-1] for hit in sorted(hits(file))] == ["pay", "nobody", "told", "text"]
