"""Every verb, those not yet written too: who may do it is what the charter says, and the database holds to it."""

import inspect
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction

from openpars import clock
from openpars.agencies.rules import ROLES
from openpars.agreements import actions as agreements
from openpars.agreements import comments, elsewhere, proceedings
from openpars.agreements.rules import language, vocabulary
from openpars.agreements.rules.terms import with_term
from openpars.disclosure import accounting, auditing
from openpars.errors import NotEmpowered
from openpars.records import actions
from openpars.records.actions.tracing import traced
from openpars.synthetic import staff
from tests.factories import agencies as made

CHARTER = Path(__file__).parents[2] / "examples" / "charter.toml"
BY_MACHINE = {"load": "only the owner at the console loads files"}
"""Verbs that no person has, each with its reason."""
AT_THE_LOG = dict.fromkeys(("account", "account_client", "delay_line"), accounting) | {"audit": auditing}
"""Verbs of the disclosure package. (`issue_code` is part of `account`, `lift_delay` of `delay_line`.)"""


def verbs() -> dict[str, object]:
    """The actions of records, in the life of agreements and at the log of looks: what takes `by` and `at`."""
    public = {name: getattr(actions, name) for name in actions.__all__}
    public |= {name: getattr(module, name) for module in (proceedings, elsewhere) for name in module.VERBS}
    public |= {name: getattr(module, name) for name, module in AT_THE_LOG.items()}
    public["answer_comment"] = comments.answer_comment
    return {
        name: found
        for name, found in public.items()
        if inspect.isfunction(found) and {"by", "at"} <= set(inspect.signature(found).parameters)
    }


def test_every_verb_is_a_word_of_the_charter_and_every_word_a_verb() -> None:
    assert set(verbs()) - set(BY_MACHINE) == set(vocabulary.VERBS)


@pytest.mark.parametrize("name", sorted(verbs()))
def test_every_verb_is_said_by_keyword(name: str) -> None:
    parameters = inspect.signature(verbs()[name]).parameters.values()  # type: ignore[arg-type]
    assert {parameter.kind for parameter in parameters} == {inspect.Parameter.KEYWORD_ONLY}


def empowered(verb: str, by: UUID, at: datetime) -> bool:
    """Whether the database lets a trace of the verb stand for this person."""
    try:
        with transaction.atomic():
            with traced(verb, by, at, "sweep"):
                pass
            transaction.set_rollback(True)
    except NotEmpowered:
        return False
    return True


@pytest.mark.django_db
def test_each_role_may_do_what_the_charter_says_and_nothing_else() -> None:
    at = clock.now()
    example = language.parse(CHARTER.read_text())
    # Days are the city's; at.date() is in UTC.
    charter = with_term(example, at.date() - timedelta(days=1), at.date() + timedelta(days=1))
    agreements.enforce(text=language.render(charter), by="test", at=at)
    for ori, name, kind, office in staff.AGENCIES:
        made.actions.enroll_agency(ori=ori, name=name, kind=kind, office=office, by="test", at=at)
    said = {(role, verb) for power in charter.powers for role in power.roles for verb in power.verbs}
    done = set()
    people = [(staff.NEIGHBOR, "detective")]
    oris = {office: ori for ori, _, _, office in staff.AGENCIES if office}
    people += [(oris[office], role) for office, roles in ROLES.items() for role in roles]
    for ori, role in people:
        somebody = made.user(ori=ori, role=role).id
        done |= {(role, verb) for verb in (*vocabulary.VERBS, *BY_MACHINE) if empowered(verb, somebody, at)}
    assert done == said
