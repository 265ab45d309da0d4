"""What an import linter cannot see: the tables, for models not yet written too."""

import re

import pytest
from django.apps import apps
from django.db import models

from openpars.records.rules.elements import CATALOGUE, FORBIDDEN_WORDS

ORDER = ("translog", "agencies", "records", "agreements", "disclosure", "misuse", "oversight", "portal")
"""The domain packages, lowest first (pyproject.toml holds the imports to the same order)."""


def ours() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m._meta.app_config.name.startswith("openpars.")]


def test_there_are_models_to_sweep() -> None:
    assert len(ours()) > 15


@pytest.mark.parametrize("model", ours(), ids=lambda m: m._meta.label)
def test_foreign_keys_point_down(model: type[models.Model]) -> None:
    """A key to a higher package would be a way back up that no import shows; a reverse accessor across packages
    would let a lower package reach into a higher one."""
    here = model._meta.app_label
    assert here in ORDER, f"{here} has no place in the order of the packages"
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey) and field.related_model._meta.app_label in ORDER:
            there = field.related_model._meta.app_label
            assert ORDER.index(there) <= ORDER.index(here), f"{field} points up"
            assert there == here or field.remote_field.is_hidden(), f"{field} opens a way back"


@pytest.mark.parametrize("model", ours(), ids=lambda m: m._meta.label)
def test_no_table_keeps_citizenship_or_immigration_status(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        assert not [word for word in FORBIDDEN_WORDS if word in field.name.lower()], field


def test_no_element_names_citizenship_or_immigration_status() -> None:
    for element in CATALOGUE.values():
        named = f"{element.name} {element.words} {element.niem}".lower()
        assert not [word for word in FORBIDDEN_WORDS if word in named], element.name


@pytest.mark.parametrize("model", ours(), ids=lambda m: m._meta.label)
def test_moments_are_named_at_and_days_are_named_on(model: type[models.Model]) -> None:
    """`_at` for moments, `_on` for dates (style); the field's own words are listed with their reason."""
    own_words = {
        "birth_date",  # the field's word, in every law and form
        "at",  # a row that is itself the moment's event
        "screened_until", "trained_until",  # last days, read as a sentence
        "last_login",  # Django's
    }  # fmt: skip
    for field in model._meta.get_fields():
        if isinstance(field, models.DateField) and field.name not in own_words:
            ending = "_at" if isinstance(field, models.DateTimeField) else "_on"
            assert field.name.endswith(ending), field


def test_no_elements_sql_reaches_behind_the_wall_unless_the_element_is_walled() -> None:
    """Promise 6: of all expressions in the catalogue, only those of victims and witnesses read `v` or `w`."""
    for element in CATALOGUE.values():
        forms = [element.columns, element.keys, *element.generalizations.values()]
        for column in (column for form in forms for column in form):
            reaches = re.search(r"\b[vw]\.|walled", column.sql)
            assert bool(reaches) == (element.whose in ("victim", "witness")), column
