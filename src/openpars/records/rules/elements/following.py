"""Elements of what follows an arrest: charges, custody, bail, arraignment, disposition."""

from openpars.records.rules.elements.kinds import Element, Relation, Sensitivity, plain

_CHRI, _INV = Sensitivity.CHRI, Sensitivity.INVESTIGATIVE
_DOCKET, _ADMIN = Sensitivity.PUBLIC_DOCKET, Sensitivity.ADMIN
_R = Relation

FOLLOWING: tuple[Element, ...] = (
    # -- charges: police-recommended and filed stand side by side, never overwritten
    plain(
        "charge_stage",
        "whose charge: recommended by police, or filed",
        _CHRI,
        "j:ChargeStatus",
        _R.CHARGE,
        "c.stage",
    ),
    plain("statute", "statute", _CHRI, "j:ChargeStatute", _R.CHARGE, "c.statute"),
    plain("charge_description", "charge", _CHRI, "j:ChargeDescriptionText", _R.CHARGE, "c.description"),
    plain("grade", "grade", _CHRI, "j:ChargeSeverityText", _R.CHARGE, "c.grade"),
    plain("charge_count", "counts", _CHRI, "j:ChargeCountQuantity", _R.CHARGE, "c.count"),
    plain("charge_status", "charging decision", _CHRI, "j:ChargeStatus", _R.CHARGE, "c.status"),
    plain("docket_number", "docket number", _DOCKET, "nc:CaseDocketID", _R.CHARGE, "c.docket_number"),
    plain("charge_reference", "reference of the charge", _ADMIN, "op:ChargeReference", _R.CHARGE, "c.id"),
    plain("charge_sequence", "number of the charge", _CHRI, "j:ChargeSequenceID", _R.CHARGE, "c.sequence"),
    plain(
        "charge_follows",
        "which recommended charge it answers",
        _ADMIN,
        "op:ChargeReference",
        _R.CHARGE,
        "c.follows_id",
    ),
    plain(
        "charge_decided_at",
        "time of the charging decision",
        _CHRI,
        "nc:ActivityDate",
        _R.CHARGE,
        "c.decided_at",
    ),
    plain(
        "charge_reason",
        "why a charge was declined or withdrawn",
        _INV,
        "j:ChargeStatus",
        _R.CHARGE,
        "c.reason",
    ),
    plain(
        "charge_limited_at",
        "since when a charge is under limited access",
        _CHRI,
        "nc:ActivityDate",
        _R.CHARGE,
        "c.limited_access_at",
    ),
    # -- custody history
    plain("custody_change", "custody change", _CHRI, "j:CustodyTransfer", _R.CUSTODY, "k.state"),
    plain(
        "custody_changed_at", "time of custody change", _CHRI, "nc:ActivityDate", _R.CUSTODY, "k.changed_at"
    ),
    plain(
        "custody_reason", "reason of the custody change", _CHRI, "j:CustodyTransfer", _R.CUSTODY, "k.reason"
    ),
    plain(
        "custody_owner",
        "office that answers for the person",
        _CHRI,
        "j:CustodyTransfer",
        _R.CUSTODY,
        "k.owner",
    ),
    plain(
        "custody_agency",
        "agency that changed custody (ORI)",
        _CHRI,
        "j:CustodyTransfer",
        _R.CUSTODY,
        "k.by_agency_ori",
    ),
    # -- bail
    plain("bail_type", "type of bail", _DOCKET, "j:Bail", _R.BAIL, "b.type"),
    plain("bail_amount", "amount of bail", _DOCKET, "j:BailSetAmount", _R.BAIL, "b.amount"),
    plain("bail_status", "status of bail", _DOCKET, "j:BailRequirementText", _R.BAIL, "b.status"),
    plain("bail_at", "time of bail status", _DOCKET, "j:BailHearingDate", _R.BAIL, "b.at"),
    plain("bail_percent", "per cent of bail to be paid", _DOCKET, "j:BailSetAmount", _R.BAIL, "b.percent"),
    plain("bail_surety", "who stands surety", _DOCKET, "j:Bail", _R.BAIL, "b.surety"),
    plain("bail_reason", "why bail was changed", _DOCKET, "j:BailRequirementText", _R.BAIL, "b.reason"),
    plain("bail_magistrate", "magistrate who changed bail", _DOCKET, "j:CaseJudge", _R.BAIL, "b.decided_by"),
    plain("condition", "condition of bail", _DOCKET, "j:BailRequirementText", _R.CONDITION, "t.kind"),
    plain(
        "condition_detail",
        "what the condition asks",
        _DOCKET,
        "j:BailRequirementText",
        _R.CONDITION,
        "t.detail",
    ),
    plain("condition_at", "when the condition was set", _DOCKET, "j:BailHearingDate", _R.CONDITION, "b.at"),
    # -- preliminary arraignment
    plain(
        "arraignment_at",
        "time of arraignment",
        _DOCKET,
        "j:ArrestArraignmentDate",
        _R.ARRAIGNMENT,
        "m.held_at",
    ),
    plain(
        "arraignment_result", "result of arraignment", _DOCKET, "j:CaseCourtEvent", _R.ARRAIGNMENT, "m.result"
    ),
    plain("next_date", "next court date", _DOCKET, "j:CaseCourtEvent", _R.ARRAIGNMENT, "m.next_on"),
    plain(
        "next_date_rule",
        "rule of the next court date",
        _DOCKET,
        "j:CaseCourtEvent",
        _R.ARRAIGNMENT,
        "m.next_rule",
    ),
    plain(
        "probable_cause",
        "whether probable cause was found",
        _DOCKET,
        "j:CaseCourtEvent",
        _R.ARRAIGNMENT,
        "m.probable_cause",
    ),
    plain(
        "hearing_session",
        "session of the arraignment",
        _DOCKET,
        "j:CourtEvent",
        _R.ARRAIGNMENT,
        "m.session_at",
    ),
    plain("hearing_site", "video site of the arraignment", _DOCKET, "j:CourtEvent", _R.ARRAIGNMENT, "m.site"),
    plain("magistrate", "magistrate who decided", _DOCKET, "j:CaseJudge", _R.ARRAIGNMENT, "m.magistrate_id"),
    plain(
        "parents_told",
        "who was told of a juvenile's arraignment",
        _DOCKET,
        "j:CaseCourtEvent",
        _R.ARRAIGNMENT,
        "m.parents_told",
    ),
    # -- disposition
    plain("disposition", "disposition", _CHRI, "j:ChargeDisposition", _R.DISPOSITION, "d.outcome"),
    plain("disposed_on", "date of disposition", _CHRI, "nc:DispositionDate", _R.DISPOSITION, "d.disposed_on"),
    plain(
        "disposition_reference",
        "reference of the disposition",
        _ADMIN,
        "op:DispositionReference",
        _R.DISPOSITION,
        "d.id",
    ),
    plain(
        "disposed_charge", "charge that ended", _ADMIN, "op:ChargeReference", _R.DISPOSITION, "d.charge_id"
    ),
    plain(
        "disposition_reported_at",
        "when the disposition was reported",
        _CHRI,
        "nc:ActivityDate",
        _R.DISPOSITION,
        "d.reported_at",
    ),
)
