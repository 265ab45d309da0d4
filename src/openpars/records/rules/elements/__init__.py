"""The catalogue of data elements: the smallest things that an agreement can permit.

Agreements name these elements, the compiler turns them into the columns of views, pages and exports take
their words from here. An element that is not in the catalogue cannot be asked for, shown or exported.

There is no element for citizenship or immigration status, and there never is one: what is not kept cannot
be shared (18 Pa.C.S. ch. 91 does not ask for it; 8 U.S.C. 1373 commands nobody to collect it).

Sensitivity classes follow 18 Pa.C.S. 9102 and 9106. Element names map to NIEM 6.0.
"""

from collections.abc import Mapping

from openpars.records.rules.elements.following import FOLLOWING
from openpars.records.rules.elements.hearings import HEARINGS
from openpars.records.rules.elements.kinds import WALLED, Column, Element, Relation, Sensitivity
from openpars.records.rules.elements.subject import SUBJECT
from openpars.records.rules.elements.walled import BEHIND_THE_WALL

__all__ = ["ASK_BY", "CATALOGUE", "FORBIDDEN_WORDS", "WALLED", "Column", "Element", "Relation", "Sensitivity"]

CATALOGUE: Mapping[str, Element] = {
    element.name: element for element in (*SUBJECT, *FOLLOWING, *HEARINGS, *BEHIND_THE_WALL)
}
"""Every data element by name, in the order in which a page shows them."""

ASK_BY: Mapping[str, str] = {
    "name": "name",
    "birth_date": "birth_date",
    "otn": "otn",
    "dc_number": "dc_number",
    "docket_number": "docket_number",
    "sid": "sid",
}
"""What one can be asked by: the key of a request -> the element that must be granted whole for it."""

FORBIDDEN_WORDS = ("citizen", "immigra", "deport", "alien", "foreign_born", "nationality", "visa", "ice_hold")
"""A column of a foreign file whose name holds one of these is dropped by importers, and they say so."""
