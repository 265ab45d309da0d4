"""Elements of the way to the hearing: questions, interview, list, delays, papers; and of corrections."""

from openpars.records.rules.elements.kinds import Element, Relation, Sensitivity, plain

_CHRI, _INV = Sensitivity.CHRI, Sensitivity.INVESTIGATIVE
_DOCKET, _ADMIN = Sensitivity.PUBLIC_DOCKET, Sensitivity.ADMIN
_R = Relation

HEARINGS: tuple[Element, ...] = (
    # -- the prosecutor's questions
    plain(
        "question_reference", "reference of the question", _ADMIN, "op:QuestionReference", _R.QUESTION, "q.id"
    ),
    plain("question", "what the prosecutor asks", _INV, "j:CaseAugmentation", _R.QUESTION, "q.text"),
    plain("asked_at", "when it was asked", _INV, "nc:ActivityDate", _R.QUESTION, "q.asked_at"),
    plain("answer", "what the police answered", _INV, "j:CaseAugmentation", _R.QUESTION, "q.answer"),
    plain("answered_at", "when it was answered", _INV, "nc:ActivityDate", _R.QUESTION, "q.answered_at"),
    # -- the bail interview (Rule 523) and the guideline
    plain("interview_at", "time of the interview", _INV, "nc:ActivityDate", _R.INTERVIEW, "n.held_at"),
    plain("residence", "residence", _INV, "nc:PersonResidenceAssociation", _R.INTERVIEW, "n.residence"),
    plain(
        "residence_verified",
        "whether the residence was verified",
        _INV,
        "nc:PersonResidenceAssociation",
        _R.INTERVIEW,
        "n.residence_verified",
    ),
    plain("ties", "ties to the community", _INV, "nc:PersonAssociation", _R.INTERVIEW, "n.ties"),
    plain("employment", "employment", _INV, "nc:PersonEmploymentAssociation", _R.INTERVIEW, "n.employment"),
    plain("recommended_bail", "recommended type of bail", _INV, "j:Bail", _R.INTERVIEW, "n.recommended_type"),
    plain(
        "recommended_amount",
        "recommended amount",
        _INV,
        "j:BailSetAmount",
        _R.INTERVIEW,
        "n.recommended_amount",
    ),
    plain(
        "recommended_words",
        "recommendation in words",
        _INV,
        "j:BailRequirementText",
        _R.INTERVIEW,
        "n.recommended_words",
    ),
    plain("guideline_bail", "type of bail of the guideline", _INV, "j:Bail", _R.GUIDELINE, "g.type"),
    plain("guideline_low", "least amount of the guideline", _INV, "j:BailSetAmount", _R.GUIDELINE, "g.low"),
    plain(
        "guideline_high", "greatest amount of the guideline", _INV, "j:BailSetAmount", _R.GUIDELINE, "g.high"
    ),
    plain("guideline_rule", "rule of the guideline", _INV, "j:BailRequirementText", _R.GUIDELINE, "g.rule"),
    plain(
        "guideline_version",
        "version of the guideline",
        _INV,
        "j:BailRequirementText",
        _R.GUIDELINE,
        "g.version",
    ),
    plain(
        "guideline_at",
        "when the guideline was applied",
        _INV,
        "nc:ActivityDate",
        _R.GUIDELINE,
        "g.computed_at",
    ),
    # -- the hearing list, delays
    plain("listed_session", "session listed for", _DOCKET, "j:CourtEvent", _R.LISTING, "l.session_at"),
    plain("listed_site", "video site listed for", _DOCKET, "j:CourtEvent", _R.LISTING, "l.site"),
    plain("listed_at", "when it was listed", _DOCKET, "nc:ActivityDate", _R.LISTING, "l.listed_at"),
    # -- the hearings after the arraignment
    plain(
        "hearing_outcome",
        "whether a hearing was held or put off",
        _DOCKET,
        "j:CourtEvent",
        _R.HEARING,
        "h.outcome",
    ),
    plain("heard_on", "day of the hearing", _DOCKET, "j:CourtEvent", _R.HEARING, "h.heard_on"),
    plain(
        "hearing_next_on", "next date that the hearing gave", _DOCKET, "j:CourtEvent", _R.HEARING, "h.next_on"
    ),
    plain("hearing_cause", "why a hearing was put off", _DOCKET, "j:CourtEvent", _R.HEARING, "h.cause"),
    plain("delay_reference", "reference of the delay", _ADMIN, "op:DelayReference", _R.DELAY, "y.id"),
    plain("delay_reason", "reason of the delay", _ADMIN, "nc:ActivityReasonText", _R.DELAY, "y.reason"),
    plain("delay_words", "the delay in words", _ADMIN, "nc:ActivityReasonText", _R.DELAY, "y.words"),
    plain("delay_began_at", "when the delay began", _ADMIN, "nc:ActivityDate", _R.DELAY, "y.began_at"),
    plain("delay_ended_at", "when the delay ended", _ADMIN, "nc:ActivityDate", _R.DELAY, "y.ended_at"),
    # -- papers
    plain("paper_reference", "reference of the paper", _ADMIN, "nc:DocumentIdentification", _R.PAPER, "r.id"),
    plain("paper_kind", "kind of paper", _INV, "nc:DocumentCategoryText", _R.PAPER, "r.kind"),
    plain("paper_version", "version of the paper", _INV, "nc:DocumentSequenceID", _R.PAPER, "r.version"),
    plain("paper_made_at", "when the paper was made", _INV, "nc:DocumentCreationDate", _R.PAPER, "r.made_at"),
    plain("paper_digest", "digest of the paper (SHA-256)", _INV, "nc:DocumentDigest", _R.PAPER, "r.digest"),
    plain("paper_file", "the paper itself", _INV, "nc:DocumentBinary", _R.FILE, "r.pdf"),
    plain("paper_basis", "what the paper was made from", _INV, "nc:DocumentSource", _R.FILE, "r.basis"),
    # -- corrections
    plain("corrected_reference", "number of the correction", _ADMIN, "op:Correction", _R.CORRECTION, "x.id"),
    plain("corrected_relation", "what was corrected", _ADMIN, "op:Correction", _R.CORRECTION, "x.relation"),
    plain("corrected_was", "what it said before", _CHRI, "op:Correction", _R.CORRECTION, "x.was"),
    plain("corrected_became", "what it says since", _CHRI, "op:Correction", _R.CORRECTION, "x.became"),
    plain("corrected_why", "why it was corrected", _ADMIN, "op:Correction", _R.CORRECTION, "x.why"),
    plain("corrected_at", "when it was corrected", _ADMIN, "nc:ActivityDate", _R.CORRECTION, "x.at"),
    # -- who is whom
    plain(
        "identified_reference",
        "number of the merge or split",
        _ADMIN,
        "op:Identification",
        _R.IDENTIFICATION,
        "z.id",
    ),
    plain("identified_verb", "merge or split", _ADMIN, "op:Identification", _R.IDENTIFICATION, "z.verb"),
    plain(
        "identified_moved",
        "how many arrests it moved",
        _ADMIN,
        "op:Identification",
        _R.IDENTIFICATION,
        "cardinality(z.arrests)",
    ),
    plain("identified_why", "why it was made", _CHRI, "op:Identification", _R.IDENTIFICATION, "z.rationale"),
    plain("identified_at", "when it was made", _ADMIN, "nc:ActivityDate", _R.IDENTIFICATION, "z.at"),
    plain(
        "identified_undone_at",
        "when it was undone",
        _ADMIN,
        "nc:ActivityDate",
        _R.IDENTIFICATION,
        "z.undone_at",
    ),
)
