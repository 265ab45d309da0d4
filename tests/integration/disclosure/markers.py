"""Marker strings in every column of a person's records that can hold text, and a look for them in every table."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from openpars import clock
from openpars.records.models import Arrest, Incident, Person

MARKER = "ZEBRAFINCH"
# Columns whose rules allow a few words only, each with one of them; `district` and the like are too short.
FIXED = {
    "stage": "recommended", "status": "pending", "verb": "merge", "category": "O", "agency_ori": "ZZ0010000",
    "arrested_at_precision": "minute", "by_agency_ori": "ZZ0010000", "relation": "person", "digest": "0" * 64,
    "CourtHearing.outcome": "put off",
}  # fmt: skip


def marked(label: str) -> str:
    """A marker that says where it was planted."""
    return f"{MARKER} {label}"


def _value(field: "models.Field[Any, Any]", label: str) -> Any:
    where = marked(f"{label}.{field.attname}")
    fixed = FIXED.get(f"{label}.{field.attname}", FIXED.get(field.attname))
    if fixed is not None:
        return fixed
    if isinstance(field, ArrayField):
        return [uuid.uuid4()] if isinstance(field.base_field, models.UUIDField) else [where]
    if isinstance(field, models.JSONField):
        return {"told": where}
    if isinstance(field, models.BinaryField):
        return where.encode()
    if isinstance(field, models.TextField):
        return where
    if isinstance(field, models.DateTimeField):
        return clock.now()
    if isinstance(field, models.DateField):
        return date(1991, 2, 3)
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    return 1


def _make(model: type[models.Model], **given: Any) -> models.Model:
    row = {
        field.attname: _value(field, model.__name__)
        for field in model._meta.concrete_fields
        if not field.generated and not isinstance(field, models.ForeignKey) and not field.primary_key
    }
    row.update({"listed_only_at": None, "limited_access_at": None, "undone_at": None, "undone_by": None,
                "ended_at": None})  # fmt: skip
    known = {field.attname for field in model._meta.concrete_fields}
    return model.objects.create(**{**{k: v for k, v in row.items() if k in known}, **given})


def plant() -> Arrest:
    """A person with one arrest and a row in every table of records that hangs on either, markers in all of them."""
    person = _make(
        Person, given_folded="zebrafinch", surname_folded="zebrafinch marker", birth_date=date(1988, 4, 17)
    )
    incident = _make(Incident)
    arrest = _make(Arrest, person=person, incident=incident, otn=marked("otn"),
                   arrested_at=clock.now() - timedelta(hours=3), juvenile=False, counsel_id=None)  # fmt: skip
    planted: dict[str, models.Model] = {"person": person, "incident": incident, "arrest": arrest}
    # Those that hang on the arrest first, then those that hang on these: for tables not yet written too.
    waiting = [
        model for model in apps.get_app_config("records").get_models()
        if model.__name__ not in ("Person", "Incident", "Arrest", "Trace", "CourtOrder")
    ]  # fmt: skip
    for _ in range(3):
        for model in list(waiting):
            keys = {f.name: f for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey)}
            needed = {
                name: planted.get(f.related_model._meta.model_name) for name, f in keys.items() if not f.null
            }
            if all(needed.values()):
                waiting.remove(model)
                planted[model._meta.model_name] = _make(model, **needed, **_ids(model, arrest))
    assert not waiting
    return arrest


DOCKET = marked("Charge.docket_number")
_TIED = {"arrest_id", "person_id", "case_number", "given_folded", "otn"}
"""Fields that tie a row of another package to a person, an arrest or a number of theirs."""
_ABOUT = {
    "case_number": DOCKET, "number": DOCKET, "otn": marked("otn"), "reason": marked("a supervisor's words"),
    "authority": marked("a judge's words"), "given_folded": "zebrafinch", "surname_folded": "zebrafinch marker",
    "birth_date": date(1988, 4, 17), "agency_ori": "ZZ0010000",
}  # fmt: skip


def plant_outside(arrest: Arrest) -> None:
    """A row about the arrest in every table of disclosures that can be about one (for tables not yet written too),
    beside those that looking at it leaves."""
    for model in apps.get_app_config("disclosure").get_models():
        names = {field.attname for field in model._meta.concrete_fields}
        if (
            model.__name__ in ("Disclosure", "DisclosureSubject", "AccessCode", "RetiredKey")
            or not names & _TIED
        ):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                _outside(field.related_model, arrest)
        _outside(model, arrest)


def _outside(model: type[models.Model], arrest: Arrest) -> models.Model:
    row: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            row[field.attname] = field.related_model.objects.latest("pk").pk
        elif isinstance(field, models.TextField):
            row[field.attname] = _ABOUT.get(field.attname, "a word")
        elif isinstance(field, ArrayField):
            row[field.attname] = ["a word"]
        elif field.attname in _ABOUT and not isinstance(field, models.BigIntegerField):
            row[field.attname] = _ABOUT[field.attname]
        elif not field.null and not isinstance(field, models.AutoField):
            row[field.attname] = _value(field, "outside")
    row |= _ids(model, arrest)
    return model.objects.create(**{name: row[name] for name in row if row[name] is not None})


def tables() -> set[str]:
    """Every table of the database, whatever schema."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        )
        return {name for (name,) in cursor.fetchall()}


def _ids(model: type[models.Model], arrest: Arrest) -> dict[str, Any]:
    """Ids that are no keys: of the arrest, its person, its incident."""
    known = {"arrest_id": arrest.pk, "person_id": arrest.person_id, "incident_id": arrest.incident_id,
             "from_id": arrest.person_id, "row": arrest.person_id, "arrests": [arrest.pk]}  # fmt: skip
    names = {f.attname for f in model._meta.concrete_fields if not isinstance(f, models.ForeignKey)}
    return {name: value for name, value in known.items() if name in names}


def found(*texts: str) -> set[str]:
    """Where one of the texts stands in the database: table.column of every table, whatever schema."""
    places = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text, a.attname, a.atttypid = 'bytea'::regtype"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        )
        for table, column, is_bytes in cursor.fetchall():
            read = f"encode({column}, 'escape')" if is_bytes else f"{column}::text"
            for text in texts:
                cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE {read} ILIKE %s)", [f"%{text}%"])
                if cursor.fetchone()[0]:
                    places.add(f"{table}.{column}")
    return places
