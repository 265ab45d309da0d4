"""What an import linter cannot see: SQL, addresses, templates, files named in strings. They point down as imports do.

What every package stands on in the database is the schema `guard` (docs/adr: the guard is the floor). That is the one
way up, and each name of it that a lower package knows is written down here with its reason."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "src" / "openpars"
LAYERS = next(
    contract["layers"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    if contract.get("containers") == ["openpars"]
)
RANK = {
    package.strip(): len(LAYERS) - place
    for place, layer in enumerate(LAYERS)
    for package in layer.split("|")
    if (PACKAGES / package.strip()).is_dir()
}
"""Package -> how high it stands. Packages of one rank may not meet."""

GUARD = "disclosure"
"""The package whose migrations make the schema `guard`."""

KNOWN_OF_THE_GUARD = {
    "engine": ({"now"}, "the doctor asks whether the clock has an offset; it looks first whether there is a guard"),
    "agencies": (
        {"record_event", "events_found", "close_event_counts"},
        "an event's entry is composed where no door can tell it otherwise",
    ),
    "records": ({"city_zone"}, "a day of the catalogue is the city's, in the views that the compiler makes"),
    "agreements": (
        {
            *("begun", "subject", "follows", "now", "case_people"),  # in a permit's views
            *("keep_agreement_draft", "drop_agreement_draft", "propose", "withdraw_proposal", "vote", "sign_agreement"),
            *("register_key", "revoke_key", "change_access", "change_people", "suspend_agency", "receive_certificate"),
            *("enter_rule", "repeal_rule", "comment", "answer_comment", "comment_source", "city"),
        },
        "what it compiles to is asked by the guard; and what people do to an agreement, the guard carries out",
    ),
}  # fmt: skip
"""Package below the guard's -> which of its functions and relations it names, and why."""


KNOWN_TABLES = {
    (
        "agreements",
        "disclosure_delivery",
    ): "a permit's view of events shows what its subscriptions may be told",
    ("agreements", "disclosure_subscription"): "the same view",
}
"""Package, table of a higher one -> why it names it."""


def strings(path: Path) -> Iterator[str]:
    """The texts of a module: every string in it that stands for something, so no docstring."""
    tree = ast.parse(path.read_text())
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def texts(package: str) -> Iterator[tuple[str, str]]:
    """Where a package says something in Python or SQL, and what; migrations are made when all packages are there."""
    for path in sorted((PACKAGES / package).rglob("*.py")):
        if "migrations" not in path.parts:
            for text in strings(path):
                yield str(path.relative_to(PACKAGES)), text
    for path in sorted((PACKAGES / package).rglob("*.sql")):
        yield str(path.relative_to(PACKAGES)), path.read_text()


TABLES = {
    table: model._meta.app_config.name.removeprefix("openpars.")
    for model in apps.get_models(include_auto_created=True)
    if model._meta.app_config.name.startswith("openpars.")
    for table in [model._meta.db_table]
}


def guarded() -> set[str]:
    """Every relation and function of the schema `guard`."""
    made = "\n".join(path.read_text() for path in (PACKAGES / GUARD).rglob("*.sql"))
    made += "\n".join(path.read_text() for path in (PACKAGES / GUARD / "migrations").glob("*.py"))
    return set(re.findall(r"CREATE (?:[A-Z]+ )*(?:TABLE|VIEW|FUNCTION|SEQUENCE) guard\.(\w+)", made))


@pytest.mark.parametrize("package", sorted(RANK))
def test_no_sql_names_a_table_of_a_higher_package(package: str) -> None:
    named = re.compile(rf"\b({'|'.join(TABLES)})\b")
    up = {
        (package, table): where
        for where, text in texts(package)
        for table in named.findall(text)
        if TABLES[table] != package and RANK[TABLES[table]] >= RANK[package]
    }
    assert set(up) == {known for known in KNOWN_TABLES if known[0] == package}, up


@pytest.mark.parametrize("package", sorted(package for package in RANK if RANK[package] < RANK[GUARD]))
def test_a_lower_package_knows_of_the_guard_what_is_written_down_here(package: str) -> None:
    known, _ = KNOWN_OF_THE_GUARD.get(package, (set(), ""))
    there = guarded()
    named = {
        name
        for _, text in texts(package)
        for name in re.findall(r"\bguard\.([a-z_]+)\b", text)
        if name in there
    }
    assert named == known


def addresses(within: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, str]]:
    """The name of every address, and the package whose it is."""
    for found in (within or get_resolver()).url_patterns:
        if isinstance(found, URLResolver):
            yield from addresses(found, f"{found.namespace}:" if found.namespace else space)
        elif isinstance(found, URLPattern) and found.name:
            module = found.callback.__module__
            yield f"{space}{found.name}", "api" if space == "api:" else module.split(".")[1]


def marks(package: str) -> Iterator[tuple[str, str, str]]:
    """Where a package names an address, a template or a file, which of the three, and its name."""
    patterns = {
        "url": r"""(?:\{% url |\breverse\(|\bredirect\(|\bresolve_url\()\s*["']([\w:-]+)["']""",
        "file": r"""(?:\{% (?:static|include|extends) )["'](\w+)/[^"']+["']""",
    }
    for path in sorted((PACKAGES / package).rglob("*")):
        if path.suffix in (".html", ".py") and "migrations" not in path.parts:
            for kind, pattern in patterns.items():
                for name in re.findall(pattern, path.read_text()):
                    yield str(path.relative_to(PACKAGES)), kind, name


@pytest.mark.parametrize("package", sorted(RANK))
def test_no_address_template_or_file_of_a_higher_package_is_named(package: str) -> None:
    owners = dict(addresses())
    up = []
    for where, kind, name in marks(package):
        owner = owners[name] if kind == "url" else name
        # What other projects made is nobody's, wherever it is kept.
        if owner in RANK and owner != package and RANK[owner] >= RANK[package]:
            up.append(f"{where}: {name}")
    assert up == []


def test_there_is_something_to_sweep() -> None:
    assert {"records_person", "disclosure_disclosure", "agreements_permit"} <= set(TABLES)
    assert {"begin_disclosure", "begun", "record_event", "city"} <= guarded()
    assert dict(addresses())["portal:board"] == "portal"
    assert dict(addresses())["public-agreements"] == "public"
    assert sum(1 for _ in marks("portal")) > 100
    assert sum(1 for _ in texts("agreements")) > 1000


def test_every_package_of_rules_is_held_to_be_pure() -> None:
    """A package of pure rules that the contract does not know would be pure by its word alone."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (pure,) = (contract for contract in contracts if contract["name"].startswith("Rules are pure"))
    there = {f"openpars.{path.parent.name}.rules" for path in PACKAGES.glob("*/rules")}
    assert there == {name for name in pure["source_modules"] if name.endswith(".rules")}
