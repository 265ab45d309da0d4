"""The acts of the invented city's desks beside the straight way (`detours`): a question and its answer, the hospital,
the way to court, and why an arraignment waits."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from openpars.records import actions
from openpars.records.rules.delays import Reason, Segment
from openpars.records.rules.lifecycle import Custody
from openpars.synthetic.plan import Act, Life
from openpars.synthetic.staff import COURT, POLICE

if TYPE_CHECKING:
    from openpars.synthetic.player import Player

_QUESTIONS = (
    "Is there a video of the place, and who has it?",
    "Who saw the person there, and from how far?",
    "What was found on the person, and where is it kept?",
    "Was the person told of the right to be silent before the statement?",
)
_ANSWERS = (
    "A camera of the shop shows the entrance; the recording is in evidence.",
    "Two passers-by, from the other side of the street. Their accounts are with the report.",
    "It is in the property room, under the number of the incident.",
    "Yes, by the second officer, and it was written down.",
)
_NOTED_BY_COURT = frozenset({Reason.INTERPRETER, Reason.SESSION})
_NOTED_BY_PROSECUTOR = frozenset({Reason.QUESTION})


def _ask(player: "Player", life: Life, at: datetime) -> None:
    arrest, text = player.reports[life.number].arrest, _QUESTIONS[life.number % len(_QUESTIONS)]
    player.asked[life.number] = actions.ask_police(arrest=arrest, text=text, by=player.by.prosecutor, at=at)


def _answer(player: "Player", life: Life, at: datetime) -> None:
    question, answer = player.asked[life.number], _ANSWERS[life.number % len(_ANSWERS)]
    actions.answer_prosecutor(question=question, answer=answer, by=player.by.police, at=at)


def _hospital(player: "Player", life: Life, at: datetime) -> None:
    player.move(life, Custody.HOSPITAL, "taken to a hospital", POLICE, player.by.supervisor, at)


def _back(player: "Player", life: Life, at: datetime) -> None:
    player.move(life, Custody.IN_CUSTODY, "back from the hospital", POLICE, player.by.supervisor, at)


def _court(player: "Player", life: Life, at: datetime) -> None:
    player.move(life, Custody.AT_COURT, "brought to court", COURT, player.by.clerk, at)


def _note(player: "Player", life: Life, at: datetime) -> None:
    """A delay is noted by whom it is known to, once it is over."""
    for planned in life.detours.delays:
        if planned.ended_at is not None and player.pace(planned.ended_at) == at:
            by = player.by.police
            if planned.reason in _NOTED_BY_COURT:
                by = player.by.clerk
            elif planned.reason in _NOTED_BY_PROSECUTOR:
                by = player.by.prosecutor
            segment = Segment(planned.reason, player.pace(planned.began_at), at)
            actions.note_delay(arrest=player.reports[life.number].arrest, delay=segment, by=by, at=at)


ACTS: Mapping[Act, Callable[["Player", Life, datetime], None]] = {
    Act.ASK: _ask,
    Act.ANSWER: _answer,
    Act.HOSPITAL: _hospital,
    Act.BACK: _back,
    Act.COURT: _court,
    Act.NOTE: _note,
}
"""What is done for each of them."""
