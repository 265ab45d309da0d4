"""docs/laws.md and the tests say the same: every promise has a line for every path, and each test that it names is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAWS = (ROOT / "docs" / "laws.md").read_text()
PATHS = ("search", "open", "list", "count", "feed", "subscription", "export", "receipt", "error")
SECTIONS = dict(re.findall(r"^## (\d)\. [^\n]+\n(.*?)(?=^## |\Z)", LAWS, re.MULTILINE | re.DOTALL))


def test_each_of_the_six_promises_has_its_lines() -> None:
    assert list(SECTIONS) == ["1", "2", "3", "4", "5", "6"]
    for promise, section in SECTIONS.items():
        assert tuple(re.findall(r"^- (\w+): ", section, re.MULTILINE)) == PATHS, promise


@pytest.mark.parametrize("line", re.findall(r"^- .+", LAWS, re.MULTILINE))
def test_every_test_that_a_line_names_exists_and_is_as_it_says(line: str) -> None:
    named = re.findall(r"(generated )?`([\w/]+\.py)::(\w+)`", line)
    assert named, line
    for generated, file, name in named:
        source = (ROOT / "tests" / "integration" / file).read_text()
        found = re.search(rf"((?:^@[^\n]*\n(?:^[ )\]][^\n]*\n)*)*)^def {name}\(", source, re.MULTILINE)
        assert found, f"{file} has no {name}"
        assert ("@given" in found[1]) is bool(generated), f"{name}: generated or not?"
