"""A paper's data as JSON and back, so that what a paper was made from can be kept beside it.

`from_data` is the reverse of `as_data` and takes nothing else: a missing, unknown or misshapen field is named in the
`BadInput`, its value never.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from openpars.errors import BadInput, Problem
from openpars.paper.kinds import KINDS, Paper


def as_data(paper: Paper) -> dict[str, Any]:
    """The paper as JSON-ready data: objects, arrays, strings, numbers, true, false, null; times as ISO 8601."""
    return {"kind": paper.kind, **_plain(paper)}


def digest(paper: Paper) -> str:
    """The SHA-256 of the paper's data as canonical JSON, in hexadecimal: what stands in its foot."""
    text = json.dumps(as_data(paper), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def from_data(data: Mapping[str, Any]) -> Paper:
    """The paper that `as_data` gave. BadInput names each field that is missing, unknown or of another shape."""
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise BadInput.one("kind", f"no such kind of paper; there are {', '.join(KINDS)}")
    problems: list[Problem] = []
    paper = _made(KINDS[kind], {key: value for key, value in data.items() if key != "kind"}, "", problems)
    if problems:
        raise BadInput(problems)
    return cast(Paper, paper)


def _plain(value: Any) -> Any:
    """`value` in JSON's own shapes."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def _made(hint: Any, value: Any, where: str, problems: list[Problem]) -> Any:
    """`value` in the shape that `hint` asks for; what does not fit is noted in `problems` and becomes None."""
    if isinstance(hint, UnionType):
        inner = next(one for one in get_args(hint) if one is not NoneType)
        return None if value is None else _made(inner, value, where, problems)
    if get_origin(hint) is tuple and isinstance(value, list | tuple):
        return tuple(_made(get_args(hint)[0], one, f"{where}[{i}]", problems) for i, one in enumerate(value))
    if is_dataclass(hint) and isinstance(value, Mapping):
        return _filled(cast(type, hint), value, where, problems)
    if hint in (date, datetime) and isinstance(value, str):
        return _moment(hint, value, where, problems)
    if hint in (str, int, bool) and type(value) is hint:
        return value
    problems.append(Problem(where or "paper", f"is not {_called(hint)}"))
    return None


def _filled(made: type, value: Mapping[str, Any], where: str, problems: list[Problem]) -> Any:
    """`made` with its fields from `value`: all of them, and no other."""
    types = get_type_hints(made)
    hints = {field.name: types[field.name] for field in fields(made)}
    inside = {name: f"{where}.{name}" if where else name for name in hints}
    problems += [Problem(inside[name], "is missing") for name in hints if name not in value]
    # What a stranger calls a field may itself be personal: it is counted, not repeated.
    if unknown := len(value.keys() - hints.keys()):
        problems.append(
            Problem(where or "paper", f"has {unknown} fields that this kind of paper does not know")
        )
    known = {name: _made(hints[name], value[name], inside[name], problems) for name in hints if name in value}
    return made(**known) if known.keys() == hints.keys() else None


def _moment(
    hint: type[date] | type[datetime], value: str, where: str, problems: list[Problem]
) -> date | None:
    """The date or moment that `value` writes in ISO 8601."""
    try:
        moment = hint.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None:
        problems.append(Problem(where, f"is not {_called(hint)}"))
    return moment


def _called(hint: Any) -> str:
    """A shape in words."""
    words = {
        str: "a text",
        int: "a whole number",
        bool: "true or false",
        date: "a date",
        datetime: "a moment",
    }
    return words.get(hint, "a list" if get_origin(hint) is tuple else "a set of fields")
