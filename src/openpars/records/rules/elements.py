"""The catalogue of data elements: the smallest things that an agreement can permit.

Agreements name these elements, the compiler turns them into the columns of views, pages and exports take
their words from here. An element that is not in the catalogue cannot be asked for, shown or exported.

There is no element for citizenship or immigration status, and there never is one: what is not kept cannot
be shared (18 Pa.C.S. ch. 91 does not ask for it; 8 U.S.C. 1373 commands nobody to collect it).

Sensitivity classes follow 18 Pa.C.S. 9102 and 9106. Element names map to NIEM 6.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Relation(StrEnum):
    """The views that a permit can hold; one row of `arrest` is one person arrested once."""

    ARREST = "arrest"
    CHARGE = "charge"
    CUSTODY = "custody"
    BAIL = "bail"
    ARRAIGNMENT = "arraignment"
    DISPOSITION = "disposition"
    VICTIM = "victim"
    WITNESS = "witness"


WALLED = frozenset({Relation.VICTIM, Relation.WITNESS})
"""Relations behind the wall: own schema, own role, own key (promise 6)."""


class Sensitivity(StrEnum):
    """The class of 18 Pa.C.S. 9102 and 9106 that a policy reads."""

    CHRI = "criminal history record information"
    INVESTIGATIVE = "investigative information"
    VICTIM_WITNESS = "victim and witness information"
    PUBLIC_DOCKET = "public docket"
    ADMIN = "administrative"


@dataclass(frozen=True)
class Column:
    """One column of a view: its name, and the SQL expression over the relation's aliases that fills it."""

    name: str
    sql: str


@dataclass(frozen=True)
class Element:
    """A data element. `whose` is the person it describes; `columns` fill it; `generalizations` are the
    coarser forms that an agreement may grant instead; `keys` are the columns by which a person may be sought
    when the element is granted whole."""

    name: str
    words: str
    whose: str
    sensitivity: Sensitivity
    niem: str
    relation: Relation
    columns: tuple[Column, ...]
    generalizations: Mapping[str, tuple[Column, ...]] = field(default_factory=dict)
    keys: tuple[Column, ...] = ()


def _plain(
    name: str,
    words: str,
    sensitivity: Sensitivity,
    niem: str,
    relation: Relation,
    sql: str,
    *,
    whose: str = "subject",
    generalizations: Mapping[str, tuple[Column, ...]] | None = None,
    keys: tuple[Column, ...] = (),
) -> Element:
    columns = (Column(name, sql),)
    return Element(name, words, whose, sensitivity, niem, relation, columns, generalizations or {}, keys)


_CHRI, _INV, _VW = Sensitivity.CHRI, Sensitivity.INVESTIGATIVE, Sensitivity.VICTIM_WITNESS
_DOCKET, _ADMIN = Sensitivity.PUBLIC_DOCKET, Sensitivity.ADMIN
_R = Relation

_NAME = Element(
    "name",
    "name",
    "subject",
    _CHRI,
    "nc:PersonName",
    _R.ARREST,
    (
        Column("given_name", "p.given_name"),
        Column("middle_name", "p.middle_name"),
        Column("surname", "p.surname"),
        Column("suffix", "p.suffix"),
    ),
    {},
    (
        Column("given_folded", "p.given_folded"),
        Column("surname_folded", "p.surname_folded"),
        Column("given_sound", "p.given_sound"),
        Column("surname_sound", "p.surname_sound"),
        Column("surname_head", "p.surname_head"),
        Column("name_text", "p.name_text"),
    ),
)

_LATEST_CUSTODY = (
    "(SELECT k.{column} FROM records_custodystatuschange k WHERE k.arrest_id = a.id"
    " ORDER BY k.changed_at DESC, k.id DESC LIMIT 1)"
)

_ELEMENTS: tuple[Element, ...] = (
    _NAME,
    _plain(
        "birth_date",
        "date of birth",
        _CHRI,
        "nc:PersonBirthDate",
        _R.ARREST,
        "p.birth_date",
        generalizations={"year": (Column("birth_year", "p.birth_year"),)},
        keys=(Column("birth_year", "p.birth_year"),),
    ),
    _plain("sex", "sex", _CHRI, "nc:PersonSexAbstract", _R.ARREST, "p.sex"),
    _plain("race", "race", _CHRI, "nc:PersonRaceAbstract", _R.ARREST, "p.race"),
    _plain("ethnicity", "ethnicity", _CHRI, "nc:PersonEthnicityAbstract", _R.ARREST, "p.ethnicity"),
    _plain("birth_place", "place of birth", _CHRI, "nc:PersonBirthLocation", _R.ARREST, "p.birth_place"),
    _plain("language", "primary language", _CHRI, "nc:PersonPrimaryLanguage", _R.ARREST, "p.language"),
    _plain(
        "address",
        "home address",
        _CHRI,
        "nc:PersonResidenceAssociation",
        _R.ARREST,
        "p.address",
        generalizations={"zip": (Column("zip", "p.zip"),)},
    ),
    _plain(
        "sid",
        "state identification number (SID)",
        _CHRI,
        "j:PersonStateFingerprintIdentification",
        _R.ARREST,
        "p.sid",
    ),
    _plain(
        "photo_number", "police photo number", _CHRI, "nc:PersonDigitalImage", _R.ARREST, "p.photo_number"
    ),
    _plain(
        "dc_number",
        "District Control number (DC number)",
        _CHRI,
        "nc:ActivityIdentification",
        _R.ARREST,
        "i.dc_number",
    ),
    _plain(
        "occurred_at",
        "when the incident occurred",
        _CHRI,
        "nc:ActivityDate",
        _R.ARREST,
        "i.occurred_at",
        generalizations={
            "day": (Column("occurred_on", "(i.occurred_at AT TIME ZONE guard.city_zone())::date"),)
        },
    ),
    _plain(
        "incident_location",
        "where the incident occurred",
        _INV,
        "nc:ActivityLocation",
        _R.ARREST,
        "i.location",
        generalizations={"district": (Column("incident_district", "i.district"),)},
    ),
    _plain(
        "otn", "Offense Tracking Number (OTN)", _CHRI, "j:ChargeTrackingIdentification", _R.ARREST, "a.otn"
    ),
    _plain(
        "arrested_at",
        "time of arrest",
        _CHRI,
        "nc:ActivityDate",
        _R.ARREST,
        "a.arrested_at",
        generalizations={
            "day": (Column("arrested_on", "(a.arrested_at AT TIME ZONE guard.city_zone())::date"),)
        },
        keys=(),
    ),
    _plain("arrest_agency", "arresting agency (ORI)", _CHRI, "j:ArrestAgency", _R.ARREST, "a.agency_ori"),
    _plain(
        "arrest_location",
        "place of arrest",
        _INV,
        "nc:ActivityLocation",
        _R.ARREST,
        "a.location",
        generalizations={"district": (Column("arrest_district", "a.district"),)},
    ),
    _plain("arrest_category", "kind of arrest", _CHRI, "j:ArrestCategoryCode", _R.ARREST, "a.category"),
    _plain(
        "lead_charge",
        "lead charge",
        _CHRI,
        "j:ArrestCharge",
        _R.ARREST,
        "(SELECT c.description FROM records_charge c WHERE c.arrest_id = a.id"
        " ORDER BY (c.stage = 'filed') DESC, c.sequence LIMIT 1)",
    ),
    _plain(
        "custody_state",
        "custody state",
        _CHRI,
        "j:CustodyTransfer",
        _R.ARREST,
        _LATEST_CUSTODY.format(column="state"),
    ),
    _plain(
        "custody_since",
        "custody state since",
        _CHRI,
        "j:CustodyTransfer",
        _R.ARREST,
        _LATEST_CUSTODY.format(column="changed_at"),
    ),
    _plain(
        "arraigned_at",
        "time of preliminary arraignment",
        _CHRI,
        "j:ArrestArraignmentDate",
        _R.ARREST,
        "(SELECT m.held_at FROM records_preliminaryarraignment m WHERE m.arrest_id = a.id"
        " ORDER BY m.held_at DESC LIMIT 1)",
    ),
    _plain(
        "invented", "marked as an invented person", _ADMIN, "op:InventedIndicator", _R.ARREST, "p.invented"
    ),
    # -- charges: police-recommended and filed stand side by side, never overwritten
    _plain(
        "charge_stage",
        "whose charge: recommended by police, or filed",
        _CHRI,
        "j:ChargeStatus",
        _R.CHARGE,
        "c.stage",
    ),
    _plain("statute", "statute", _CHRI, "j:ChargeStatute", _R.CHARGE, "c.statute"),
    _plain("charge_description", "charge", _CHRI, "j:ChargeDescriptionText", _R.CHARGE, "c.description"),
    _plain("grade", "grade", _CHRI, "j:ChargeSeverityText", _R.CHARGE, "c.grade"),
    _plain("charge_count", "counts", _CHRI, "j:ChargeCountQuantity", _R.CHARGE, "c.count"),
    _plain("charge_status", "charging decision", _CHRI, "j:ChargeStatus", _R.CHARGE, "c.status"),
    _plain("docket_number", "docket number", _DOCKET, "nc:CaseDocketID", _R.CHARGE, "c.docket_number"),
    # -- custody history
    _plain("custody_change", "custody change", _CHRI, "j:CustodyTransfer", _R.CUSTODY, "k.state"),
    _plain(
        "custody_changed_at", "time of custody change", _CHRI, "nc:ActivityDate", _R.CUSTODY, "k.changed_at"
    ),
    # -- bail
    _plain("bail_type", "type of bail", _DOCKET, "j:Bail", _R.BAIL, "b.type"),
    _plain("bail_amount", "amount of bail", _DOCKET, "j:BailSetAmount", _R.BAIL, "b.amount"),
    _plain("bail_status", "status of bail", _DOCKET, "j:BailRequirementText", _R.BAIL, "b.status"),
    _plain("bail_at", "time of bail status", _DOCKET, "j:BailHearingDate", _R.BAIL, "b.at"),
    # -- preliminary arraignment
    _plain(
        "arraignment_at",
        "time of arraignment",
        _DOCKET,
        "j:ArrestArraignmentDate",
        _R.ARRAIGNMENT,
        "m.held_at",
    ),
    _plain(
        "arraignment_result", "result of arraignment", _DOCKET, "j:CaseCourtEvent", _R.ARRAIGNMENT, "m.result"
    ),
    _plain("next_date", "next court date", _DOCKET, "j:CaseCourtEvent", _R.ARRAIGNMENT, "m.next_on"),
    # -- disposition
    _plain("disposition", "disposition", _CHRI, "j:ChargeDisposition", _R.DISPOSITION, "d.outcome"),
    _plain(
        "disposed_on", "date of disposition", _CHRI, "nc:DispositionDate", _R.DISPOSITION, "d.disposed_on"
    ),
    # -- behind the wall: ciphertext under its own key, opened only for a permit that names the element
    _plain("victim_name", "victim's name", _VW, "j:Victim", _R.VICTIM, "v.name_sealed", whose="victim"),
    _plain(
        "victim_birth_date",
        "victim's date of birth",
        _VW,
        "nc:PersonBirthDate",
        _R.VICTIM,
        "v.birth_date_sealed",
        whose="victim",
    ),
    _plain(
        "victim_contact",
        "how to reach the victim",
        _VW,
        "nc:ContactInformation",
        _R.VICTIM,
        "v.contact_sealed",
        whose="victim",
    ),
    _plain("witness_name", "witness's name", _VW, "j:Witness", _R.WITNESS, "w.name_sealed", whose="witness"),
    _plain(
        "witness_contact",
        "how to reach the witness",
        _VW,
        "nc:ContactInformation",
        _R.WITNESS,
        "w.contact_sealed",
        whose="witness",
    ),
    _plain(
        "witness_account",
        "what the witness said",
        _VW,
        "j:WitnessAccountDescriptionText",
        _R.WITNESS,
        "w.account_sealed",
        whose="witness",
    ),
)

CATALOGUE: Mapping[str, Element] = {element.name: element for element in _ELEMENTS}
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
