"""The only writes to records: report, charge, interview, list, arraign, bail, move, hear, dispose; victims and
witnesses; bulk loads.

Each is one transaction with its trace in it (promise 10): who (`by`), when (`at`), what, how many, never a
personal value. Each raises Conflict where the order of events or a rule of the tables forbids it, NotFound
where what it names does not exist, and then nothing was changed. After the commit, listeners on `CHANNEL`
are told that something changed.
"""

from openpars.records.actions.booking import amend_arrest, record_identity, record_prints, report_arrest
from openpars.records.actions.bulk import load
from openpars.records.actions.charging import (
    answer_prosecutor,
    ask_police,
    charge_as_adult,
    decide_charge,
    file_charges,
    make_paper,
    withdraw_charge,
)
from openpars.records.actions.correcting import correct
from openpars.records.actions.court import (
    hold_arraignment,
    hold_interview,
    list_for_hearing,
    post_bail,
    set_bail,
)
from openpars.records.actions.custody import change_custody
from openpars.records.actions.delays import note_delay
from openpars.records.actions.docket import appoint_counsel, dispose, enter_docket, report_disposition
from openpars.records.actions.drafts import drop_draft, keep_draft
from openpars.records.actions.erasing import enter_order, expunge, limit_access
from openpars.records.actions.hearings import hold_hearing, put_off_hearing
from openpars.records.actions.identities import merge_persons, split_persons, undo_merge
from openpars.records.actions.tracing import CHANNEL
from openpars.records.actions.walled import add_victim, add_witness

__all__ = [
    "CHANNEL",
    "add_victim",
    "add_witness",
    "amend_arrest",
    "answer_prosecutor",
    "appoint_counsel",
    "ask_police",
    "change_custody",
    "charge_as_adult",
    "correct",
    "decide_charge",
    "dispose",
    "drop_draft",
    "enter_docket",
    "enter_order",
    "expunge",
    "file_charges",
    "hold_arraignment",
    "hold_hearing",
    "hold_interview",
    "keep_draft",
    "limit_access",
    "list_for_hearing",
    "load",
    "make_paper",
    "merge_persons",
    "note_delay",
    "post_bail",
    "put_off_hearing",
    "record_identity",
    "record_prints",
    "report_arrest",
    "report_disposition",
    "set_bail",
    "split_persons",
    "undo_merge",
    "withdraw_charge",
]
