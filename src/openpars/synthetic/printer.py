"""Who prints which paper of an arrest in the invented city, from an instant on: to print takes as long as all else that
happens in an arrest's life, so that older ones have none."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings

from openpars.agencies.queries import name_of
from openpars.paper import Complaint
from openpars.records import actions
from openpars.records.rules.arraignment import Hearing
from openpars.synthetic import printing
from openpars.synthetic.plan import Life
from openpars.synthetic.staff import AGENCIES, COURT, POLICE, PROSECUTOR

if TYPE_CHECKING:
    from openpars.synthetic.player import Player

NAMES = {ori: name for ori, name, _, _ in AGENCIES}
NARRATIVE = (
    "The person was found at the place of the incident and arrested there. Everybody here is invented."
)


def officer(life: Life) -> str:
    """Who made the arrest."""
    return f"Badge {1000 + life.number % 400}"


def report(player: "Player", life: Life, *, warrant: str, prints_at: datetime, at: datetime) -> None:
    """The police print their report once it is sent."""
    if _wanted(player, at):
        paper = printing.arrest_report(
            _case(player, life), office=NAMES[POLICE], warrant=warrant, prints_at=prints_at, at=at
        )
        arrest = player.reports[life.number].arrest
        actions.make_paper(arrest=arrest, paper=paper, by=player.by.police, at=at)


def complaint(player: "Player", life: Life, at: datetime) -> tuple[Complaint, ...]:
    """The complaint with which charges are filed, beside the report that the police printed."""
    if not _wanted(player, at):
        return ()
    signs = f"{name_of(player.by.prosecutor)}, charging ADA"
    where = {"court": NAMES[COURT], "county": settings.COUNTY}
    return (
        printing.complaint(_case(player, life), office=NAMES[PROSECUTOR], approved_by=signs, at=at, **where),
    )


def order(player: "Player", life: Life, decided: Hearing, at: datetime) -> None:
    """The magistrate prints the order that follows the decision."""
    if _wanted(player, at):
        by, where = player.by.magistrate, {"court": NAMES[COURT], "prison": settings.PRISON}
        paper = printing.order(_case(player, life), decided, ordered_by=name_of(by), at=at, **where)
        actions.make_paper(arrest=player.reports[life.number].arrest, paper=paper, by=by, at=at)


def _wanted(player: "Player", at: datetime) -> bool:
    return player.prints_from is not None and at >= player.prints_from


def _case(player: "Player", life: Life) -> printing.Case:
    return printing.Case(
        life=life,
        incident=player.incident(life.scene),
        otn=player.otn(life.number),
        docket=player.docket(life) if life.filed_at else "",
        officer=officer(life),
        narrative=NARRATIVE,
        arrested_at=player.pace(life.arrested_at),
        together=tuple(each for each in player.otns[life.scene.number] if each != player.otn(life.number)),
    )
