"""The only writes to records: report, charge, move, bail, arraign, dispose; victims and witnesses; bulk
loads.

Each is one transaction with its trace in it (promise 10): who (`by`), when (`at`), what, how many, never a
personal value. Each raises Conflict where the order of events or a rule of the tables forbids it, NotFound
where what it names does not exist, and then nothing was changed. After the commit, listeners on `CHANNEL`
are told that something changed.
"""

from openpars.records.actions.bulk import load
from openpars.records.actions.charging import (
    answer_prosecutor,
    ask_police,
    decide_charge,
    file_charges,
    make_paper,
    withdraw_charge,
)
from openpars.records.actions.desk import (
    change_custody,
    dispose,
    hold_arraignment,
    report_arrest,
    set_bail,
)
from openpars.records.actions.tracing import CHANNEL
from openpars.records.actions.walled import add_victim, add_witness

__all__ = [
    "CHANNEL",
    "add_victim",
    "add_witness",
    "answer_prosecutor",
    "ask_police",
    "change_custody",
    "decide_charge",
    "dispose",
    "file_charges",
    "hold_arraignment",
    "load",
    "make_paper",
    "report_arrest",
    "set_bail",
    "withdraw_charge",
]
