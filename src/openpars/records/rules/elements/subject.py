"""Elements of the person arrested and of the arrest: the columns of a permit's `arrest` view."""

from openpars.records.rules.elements.kinds import Column, Element, Relation, Sensitivity, plain
from openpars.records.rules.grades import GRADES

_CHRI, _INV = Sensitivity.CHRI, Sensitivity.INVESTIGATIVE
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

_CUSTODY_SINCE = (
    "(SELECT k.changed_at FROM records_custodystatuschange k WHERE k.arrest_id = a.id"
    " ORDER BY k.changed_at DESC, k.id DESC LIMIT 1)"
)

# Of what was filed, else of what is recommended: what still stands first, then the gravest (`grades.lead`). A charge
# under limited access leads only where all are: then the arrest is.
_GRAVEST = f"ARRAY[{', '.join(repr(grade) for grade in GRADES)}]"
_LEAD = (
    "(SELECT c.{column} FROM records_charge c WHERE c.arrest_id = a.id ORDER BY (c.limited_access_at IS NOT NULL),"
    " (c.stage = 'filed') DESC,"
    " (c.status IN ('declined', 'withdrawn')), array_position({gravest}, c.grade), c.sequence LIMIT 1)"
)

_CHARGING_STATE = (
    "(SELECT CASE WHEN bool_or(c.stage = 'filed') THEN 'filed'"
    " WHEN a.sent_at IS NULL AND bool_and(c.status = 'pending') IS NOT FALSE THEN 'not sent'"
    " WHEN bool_or(c.status = 'pending') THEN coalesce((SELECT CASE WHEN q.answered_at IS NULL THEN 'asked'"
    " ELSE 'answered' END FROM records_question q WHERE q.arrest_id = a.id"
    " ORDER BY q.asked_at DESC LIMIT 1), 'waiting')"
    " WHEN bool_or(c.status = 'approved') THEN 'approved' ELSE 'declined' END"
    " FROM records_charge c WHERE c.arrest_id = a.id)"
)
_FILED = "(SELECT min(c.decided_at) FROM records_charge c WHERE c.arrest_id = a.id AND c.stage = 'filed')"
_INTERVIEWED = (
    "(SELECT n.held_at FROM records_bailinterview n WHERE n.arrest_id = a.id ORDER BY n.held_at DESC LIMIT 1)"
)
_LISTED = "(SELECT l.{} FROM records_listing l WHERE l.arrest_id = a.id ORDER BY l.listed_at DESC, l.id DESC LIMIT 1)"
_UNREPORTED = (
    "(SELECT min(d.disposed_on) FROM records_disposition d JOIN records_charge c ON c.id = d.charge_id"
    " WHERE c.arrest_id = a.id AND d.reported_at IS NULL)"
)
# Those whom a list may show: no juvenile, nobody under limited access.
_OTHERS = (
    "ARRAY(SELECT o.otn FROM records_arrest o WHERE o.incident_id = a.incident_id AND o.id <> a.id"
    " AND NOT o.juvenile AND o.limited_access_at IS NULL ORDER BY o.otn)"
)

SUBJECT: tuple[Element, ...] = (
    _NAME,
    plain(
        "birth_date",
        "date of birth",
        _CHRI,
        "nc:PersonBirthDate",
        _R.ARREST,
        "p.birth_date",
        generalizations={"year": (Column("birth_year", "p.birth_year"),)},
        keys=(Column("birth_year", "p.birth_year"),),
    ),
    plain("sex", "sex", _CHRI, "nc:PersonSexAbstract", _R.ARREST, "p.sex"),
    plain("race", "race", _CHRI, "nc:PersonRaceAbstract", _R.ARREST, "p.race"),
    plain("ethnicity", "ethnicity", _CHRI, "nc:PersonEthnicityAbstract", _R.ARREST, "p.ethnicity"),
    plain("birth_place", "place of birth", _CHRI, "nc:PersonBirthLocation", _R.ARREST, "p.birth_place"),
    plain("language", "primary language", _CHRI, "nc:PersonPrimaryLanguage", _R.ARREST, "p.language"),
    plain(
        "address",
        "home address",
        _CHRI,
        "nc:PersonResidenceAssociation",
        _R.ARREST,
        "p.address",
        generalizations={"zip": (Column("zip", "p.zip"),)},
    ),
    plain(
        "sid",
        "state identification number (SID)",
        _CHRI,
        "j:PersonStateFingerprintIdentification",
        _R.ARREST,
        "p.sid",
    ),
    plain("photo_number", "police photo number", _CHRI, "nc:PersonDigitalImage", _R.ARREST, "p.photo_number"),
    plain(
        "dc_number",
        "District Control number (DC number)",
        _CHRI,
        "nc:ActivityIdentification",
        _R.ARREST,
        "i.dc_number",
    ),
    plain(
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
    plain(
        "incident_location",
        "where the incident occurred",
        _INV,
        "nc:ActivityLocation",
        _R.ARREST,
        "i.location",
        generalizations={"district": (Column("incident_district", "i.district"),)},
    ),
    plain(
        "otn", "Offense Tracking Number (OTN)", _CHRI, "j:ChargeTrackingIdentification", _R.ARREST, "a.otn"
    ),
    plain(
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
    plain("arrest_agency", "arresting agency (ORI)", _CHRI, "j:ArrestAgency", _R.ARREST, "a.agency_ori"),
    plain(
        "arrest_location",
        "place of arrest",
        _INV,
        "nc:ActivityLocation",
        _R.ARREST,
        "a.location",
        generalizations={"district": (Column("arrest_district", "a.district"),)},
    ),
    plain("arrest_category", "kind of arrest", _CHRI, "j:ArrestCategoryCode", _R.ARREST, "a.category"),
    plain(
        "lead_charge",
        "lead charge",
        _CHRI,
        "j:ArrestCharge",
        _R.ARREST,
        _LEAD.format(column="description", gravest=_GRAVEST),
    ),
    plain(
        "lead_grade",
        "grade of the lead charge",
        _CHRI,
        "j:ChargeSeverityText",
        _R.ARREST,
        _LEAD.format(column="grade", gravest=_GRAVEST),
    ),
    plain(
        "custody_state",
        "custody state",
        _CHRI,
        "j:CustodyTransfer",
        _R.ARREST,
        "a.custody_now",
    ),
    plain(
        "custody_since",
        "custody state since",
        _CHRI,
        "j:CustodyTransfer",
        _R.ARREST,
        _CUSTODY_SINCE,
    ),
    plain(
        "arraigned_at",
        "time of preliminary arraignment",
        _CHRI,
        "j:ArrestArraignmentDate",
        _R.ARREST,
        "(SELECT m.held_at FROM records_preliminaryarraignment m WHERE m.arrest_id = a.id"
        " ORDER BY m.held_at DESC LIMIT 1)",
    ),
    plain(
        "court_on",
        "next court date, as it stands",
        _DOCKET,
        "j:CaseCourtEvent",
        _R.ARREST,
        "a.court_on",
    ),
    plain(
        "hearing_held_on",
        "day of the latest hearing that was held",
        _DOCKET,
        "j:CourtEvent",
        _R.ARREST,
        "(SELECT max(h.heard_on) FROM records_courthearing h WHERE h.arrest_id = a.id AND h.outcome = 'held')",
    ),
    plain(
        "invented", "marked as an invented person", _ADMIN, "op:InventedIndicator", _R.ARREST, "p.invented"
    ),
    # -- how far the arrest has come
    plain("sent_at", "when the report was sent", _ADMIN, "nc:ActivityDate", _R.ARREST, "a.sent_at"),
    plain("prints_taken_at", "when prints were taken", _CHRI, "j:Booking", _R.ARREST, "a.prints_taken_at"),
    plain("charging_state", "how far charging has come", _CHRI, "j:ChargeStatus", _R.ARREST, _CHARGING_STATE),
    plain("filed_at", "when charges were filed", _ADMIN, "nc:ActivityDate", _R.ARREST, _FILED),
    plain("interviewed_at", "time of the bail interview", _ADMIN, "nc:ActivityDate", _R.ARREST, _INTERVIEWED),
    plain(
        "session_at",
        "session of the hearing list",
        _DOCKET,
        "j:CourtEvent",
        _R.ARREST,
        _LISTED.format("session_at"),
    ),
    plain("site", "video site of the hearing", _DOCKET, "j:CourtEvent", _R.ARREST, _LISTED.format("site")),
    plain(
        "report_due_from",
        "oldest disposition not yet reported",
        _CHRI,
        "nc:DispositionDate",
        _R.ARREST,
        _UNREPORTED,
    ),
    plain("juvenile", "whether a juvenile", _CHRI, "nc:PersonAgeMeasure", _R.ARREST, "a.juvenile"),
    plain(
        "direct_file",
        "ground on which a juvenile is charged as an adult",
        _CHRI,
        "op:DirectFile",
        _R.ARREST,
        "a.direct_file",
    ),
    plain(
        "limited_access_at",
        "since when under limited access",
        _CHRI,
        "nc:ActivityDate",
        _R.ARREST,
        "a.limited_access_at",
    ),
    plain(
        "has_counsel",
        "whether counsel is entered",
        _DOCKET,
        "j:CaseDefenseAttorney",
        _R.ARREST,
        "(a.counsel_id IS NOT NULL)",
    ),
    # -- what the desk wrote
    plain("officers", "arresting officers", _INV, "j:ArrestOfficial", _R.ARREST, "a.officers"),
    plain("warrant", "warrant number", _CHRI, "j:ArrestWarrant", _R.ARREST, "a.warrant"),
    plain("narrative", "facts of the arrest", _INV, "j:ArrestDescriptionText", _R.ARREST, "a.narrative"),
    plain(
        "co_defendants",
        "OTNs of others arrested for the incident",
        _CHRI,
        "j:ArrestSubject",
        _R.ARREST,
        _OTHERS,
    ),
    plain("version", "how often the record was changed", _ADMIN, "op:VersionNumber", _R.ARREST, "a.version"),
)
