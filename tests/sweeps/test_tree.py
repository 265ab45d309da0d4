"""The tree keeps its own rules, for files not yet written too."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
MODULES = [path for path in SOURCES if "migrations" not in path.parts]


def tracked() -> list[Path]:
    """Files of the project; where there is no git, what is on disk beside the caches."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    names = listed.stdout.splitlines() if listed.returncode == 0 else []
    return [ROOT / name for name in names if (ROOT / name).is_file()] or [*SOURCES]


def test_modules_stay_under_300_lines() -> None:
    long = {str(p.relative_to(ROOT)): n for p in MODULES if (n := len(p.read_text().splitlines())) > 300}
    assert long == {}


@pytest.mark.parametrize(
    "name", ["utils", "helpers", "common", "base", "misc", "manager", "service", "services"]
)
def test_no_module_has_a_name_that_says_nothing(name: str) -> None:
    assert not [path for path in MODULES if path.stem == name or path.parent.name == name]


def test_every_module_opens_with_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if path.read_text().strip()
        and path.name != "apps.py"
        and not path.read_text().lstrip().startswith('"""')
    ]
    assert silent == []


def test_no_path_of_a_machine_and_no_registry_in_the_tree() -> None:
    """Locks name hashes, not addresses; nothing names the folder that it was written in."""
    places = re.compile(
        rf"{re.escape(str(ROOT))}\b|--(extra-)?index-url|\"resolved\":|files\.pythonhosted|registry\.npmjs"
    )
    found = []
    for path in tracked():
        if path.suffix in {".png", ".gz"} or path == Path(__file__):
            continue
        text = path.read_text(errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {m.group()}" for m in places.finditer(text)]
    assert found == []


def test_every_dependency_has_its_sentence() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    start = lines.index("dependencies = [")
    for number, line in enumerate(lines[start : lines.index("[project.scripts]")], start=start):
        if re.match(r'\s+"[\w\[\],.-]+', line):
            above = lines[number - 1].strip()
            assert above.startswith("#") or above.startswith('"'), line


def test_no_test_is_named_by_what_is_drawn_while_tests_are_collected() -> None:
    """Workers that collect different names run nothing at all: parameters are the same in each of them."""
    drawn = {"uuid4", "uuid1", "now", "today", "random", "randint", "choice", "token_hex", "urandom"}
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                calls = {c for mark in node.decorator_list for c in _called_at_once(mark)}
                found += [f"{path.relative_to(ROOT)}: {node.name} calls {c}" for c in sorted(calls & drawn)]
    assert found == []


def _called_at_once(node: ast.AST) -> list[str]:
    """What is called when a decorator is read, that is not within a lambda."""
    if isinstance(node, ast.Lambda):
        return []
    inner = [name for child in ast.iter_child_nodes(node) for name in _called_at_once(child)]
    if isinstance(node, ast.Call):
        function = node.func
        inner += [function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")]
    return inner


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "adr").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


def test_the_readme_names_every_promise() -> None:
    readme = (ROOT / "README.md").read_text()
    for promise in (
        "No agreement, no data", "No entry, no data", "What you may not see, you may not ask about",
        "An end is an end", "The signed text is the enforced text", "Victims and witnesses are walled off",
        "Anyone can check", "Erasable yet provable", "Every look is looked at", "A write is a verb",
    ):  # fmt: skip
        assert promise in readme


def test_every_verb_of_the_command_line_is_in_the_readme() -> None:
    from openpars.cli import VERBS

    readme = (ROOT / "README.md").read_text()
    assert [verb for verb in VERBS if f"openpars {verb}" not in readme] == []
