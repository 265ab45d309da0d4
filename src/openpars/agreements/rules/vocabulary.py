"""The closed vocabularies of the format: a word that is not here is an error.

Purposes are exact terms of the W3C Data Privacy Vocabulary 2.3 and its sector-law extension, pinned; leaves, but for
two. Nothing flows down from a parent: nearly everything in sector-law, migration control included, sits under
`JusticeManagement`, and arrest and prosecution under `LawEnforcement`.
"""

from collections.abc import Mapping

DPV = "https://w3id.org/dpv#"
SECTOR_LAW = "https://w3id.org/dpv/sector/law#"

PURPOSES: Mapping[str, str] = {
    "CrimeInvestigation": "investigating a crime",
    "SuspectedCrimeInvestigation": "investigating a suspected crime",
    "CrimeArrestDetention": "arrest and detention",
    "CrimeProsecution": "prosecuting a crime",
    "LegalAidProvision": "defending a client",
    "JudicialCaseManagement": "the court's work on a case",
    "ProbationManagement": "probation",
    "PrisonManagement": "running a prison",
    "CrimeVictimSafetyManagement": "the safety of a victim",
    "LegalCompliance": "complying with a legal duty",
    "ProvideOfficialStatistics": "official statistics",
    "ProtectionOfPublicSecurity": "protecting public security",
    "MisusePreventionAndDetection": "preventing and detecting misuse of these records",
    "RecruitmentApplicantCriminalBackgroundCheck": "a background check of a job applicant",
}
"""Purposes that a permit can name: DPV leaf term -> plain words."""

NOT_LEAVES = frozenset({"MisusePreventionAndDetection", "CrimeVictimSafetyManagement"})
"""Those of them below which the vocabulary has narrower terms (fraud; a victim's counseling and restitution, and the
prediction of victims). A purpose is permitted exactly as it is named, so none of those is; no permit can name them."""

_PROHIBITABLE: Mapping[str, str] = {
    "UnauthorisedMigrationDetection": "detecting unauthorized migration",
    "UnauthorisedMigrationManagement": "managing unauthorized migration",
    "UnauthorisedMigrationPrediction": "predicting unauthorized migration",
    "ImmigrationManagement": "managing immigration",
    "LegalOffencePrediction": "predicting offenses",
    "RecidivismPrediction": "predicting who will offend again",
    "LegalOffencePatternAnalysis": "analyzing patterns of offenses",
    "CrimeSurveillance": "surveillance",
    "SellDataToThirdParties": "selling the data",
    "PoliticalCampaign": "political campaigning",
    "Profiling": "profiling people",
}

PROHIBITABLE: Mapping[str, str] = {**PURPOSES, **_PROHIBITABLE}
"""Purposes that a prohibition can name. None is prohibited unless a text says so: that is a local choice."""

PARENTS = frozenset({"JusticeManagement", "LawEnforcement", "CrimeManagement", "LegalOffenceManagement"})
"""Broad terms that people write by mistake; used only for a better message."""

_CORE = {
    "LegalCompliance",
    "ProvideOfficialStatistics",
    "ProtectionOfPublicSecurity",
    "MisusePreventionAndDetection",
    "RecruitmentApplicantCriminalBackgroundCheck",
    "SellDataToThirdParties",
    "PoliticalCampaign",
    "Profiling",
}


def iri(purpose: str) -> str:
    """The full address of a purpose's term.

    >>> iri("CrimeInvestigation")
    'https://w3id.org/dpv/sector/law#CrimeInvestigation'
    """
    return (DPV if purpose in _CORE else SECTOR_LAW) + purpose


OFFICES: Mapping[str, str] = {
    "police": "the police",
    "district-attorney": "the district attorney",
    "court": "the court",
    "defender": "the public defender",
    "city-solicitor": "the city solicitor",
    "auditor": "the auditor",
}
"""The owners' offices, of which each permit of a charter names one."""

ROLES: Mapping[str, str] = {
    "officer": "an officer",
    "booking supervisor": "a booking supervisor",
    "records custodian": "a records custodian",
    "charging ADA": "a charging ADA",
    "DA supervisor": "a DA supervisor",
    "pretrial": "a pretrial interviewer",
    "clerk": "a clerk of the court",
    "magistrate": "a magistrate",
    "defender": "a defender",
    "solicitor": "a solicitor of the city",
    "auditor": "an auditor",
    "head of office": "the head of the office",
}
"""The roles of all offices in plain words; which office has which is `agencies.rules.ROLES`."""

VERBS: Mapping[str, str] = {
    "report_arrest": "report an arrest",
    "amend_arrest": "amend an arrest that was reported",
    "add_victim": "add a victim",
    "add_witness": "add a witness",
    "record_prints": "record that prints were taken",
    "record_identity": "record whom the prints identify",
    "merge_persons": "merge two records of one person",
    "split_persons": "split a record of two people",
    "undo_merge": "undo a merge",
    "decide_charge": "decide a charge",
    "file_charges": "file charges",
    "charge_as_adult": "charge a juvenile as an adult",
    "ask_police": "ask the police about a case",
    "answer_prosecutor": "answer the prosecutor",
    "change_custody": "record where a person is held or that they were released",
    "hold_interview": "hold the pretrial interview",
    "list_for_hearing": "list a case for its arraignment",
    "hold_arraignment": "hold the preliminary arraignment",
    "set_bail": "change bail that was decided",
    "post_bail": "record that bail was posted",
    "note_delay": "note why something is late",
    "hold_hearing": "record that a hearing was held",
    "put_off_hearing": "put a hearing off to another day",
    "enter_docket": "enter a docket number",
    "dispose": "record a disposition",
    "report_disposition": "report a disposition to the state",
    "withdraw_charge": "withdraw a charge",
    "appoint_counsel": "appoint counsel",
    "make_paper": "make a paper of the case",
    "correct": "correct a record",
    "enter_order": "enter a court's order about a record",
    "limit_access": "put a record under limited access",
    "expunge": "expunge a record",
    "keep_draft": "keep a draft",
    "drop_draft": "drop a draft",
    "draft_agreement": "draft agreements",
    "propose": "put an agreement, an amendment or a non-renewal to the owners",
    "withdraw_proposal": "withdraw a proposal",
    "answer_comment": "publish and answer a comment of the public, or say why it is not published",
    "vote": "vote for the office",
    "register_key": "register a key to sign with",
    "revoke_key": "revoke a key",
    "sign_agreement": "hand in a signature",
    "suspend_access": "suspend an agreement at once",
    "resume_access": "end a suspension",
    "terminate_access": "terminate an agreement at once",
    "suspend_people": "suspend people of an outside agency at once",
    "restore_people": "give suspended people their access back",
    "receive_certificate": "receive a certificate of deletion",
    "enter_rule": "enter a rule that agreements must not contradict",
    "repeal_rule": "strike out an entered rule",
    "account": "make a person's accounting of disclosures, and give them a code for it",
    "account_client": "read who looked at one's own client",
    "audit": "search the log of looks, and take it out with its proofs",
    "delay_line": "put off, on a court's or a prosecutor's authority, that a person is told of a look",
}
"""What a power can name, in plain words: each the name of an action on records (`openpars.records.actions`), in the
life of agreements (`openpars.agreements.proceedings`) or at the log of looks (`openpars.disclosure`)."""

KINDS: Mapping[str, str] = {"outside": "an outside agency's agreement", "charter": "the owners' charter"}

AGENCY_KINDS: Mapping[str, str] = {
    "police": "police department",
    "sheriff": "sheriff's office",
    "prosecutor": "prosecutor's office",
    "court": "court",
    "defender": "defender",
    "probation": "probation department",
    "corrections": "corrections department",
    "state": "state agency",
    "federal": "federal agency",
    "other": "other agency",
}

CHARGE_STATUS: Mapping[str, str] = {
    "any": "whatever was decided on the charges",
    "not-declined": "unless every charge was declined or withdrawn",
    "approved": "with at least one charge that the district attorney approved",
    "held-for-court": "with at least one charge that was held for court, whatever came of it afterwards",
}

ARREST_CATEGORIES: Mapping[str, str] = {
    "on-view": "on view",
    "summoned": "by summons",
    "on-a-warrant": "on a warrant or an earlier report",
}
"""How an arrest was made (NIBRS: O, S, T), in plain words."""

SHAPES: Mapping[str, str] = {
    "search": "searching for a person",
    "open": "opening a record",
    "list": "listing who is held",
    "event": "being told of events",
    "tolerance": "searching by a date of birth that is only near",
}
"""Ways of asking that a prohibition can name."""

EVENTS: Mapping[str, str] = {
    "arrested": "a person of their case was arrested",
    "custody": "somebody was moved in custody",
    "released": "somebody was released",
    "disposed": "a charge ended",
}
"""What a subscription can tell of, in plain words."""

EVENT_SHOWS: Mapping[str, str] = {
    "arrested": "arrested_at",
    "custody": "custody_state",
    "released": "custody_state",
    "disposed": "disposition",
}
"""Event -> the data element that it tells of: who is not shown that, and whole, is not told either."""

REQUIREMENTS: Mapping[str, str] = {
    "case_number": "the number of the case",
    "case_exists": "a case that exists: a number of the city's, or an open case that the agency registered",
    "subject_on_case": "a person who is on that case, for it shows nobody else",
    "supervisor_approval": "a supervisor's approval for the person who asks, the case and the purpose",
}
"""What a permit can require of each request; all but the first need the first."""

DUTIES: Mapping[str, str] = {
    "delete": "delete what was received",
    "recall": "return or destroy what is recalled",
    "answer-audit": "answer the auditor",
    "report-outcome": "report the outcome",
    "no-redissemination": "pass nothing on",
    "notify-breach": "report a breach",
    "train": "train and screen its people",
    "keep-log": "keep a log of its own use",
    "security": "keep it secure",
    "notify-change": "report changes of people",
}

LAW: Mapping[str, str] = {
    "section-1373": "What 8 U.S.C. 1373 says",
    "public-record": "Public record",
    "no-third-party-rights": "No rights of others",
    "precedence": "Which text counts",
}
"""Clauses of law that an outside agency's agreement should have, each by what it is about."""

MEASURES: Mapping[str, str] = {
    "requests-per-day": "requests of the agency in a day",
    "requests-per-person-per-day": "requests of one person in a day",
    "refusals-per-day": "refused requests of the agency in a day",
    "findings-open": "findings of misuse not yet answered",
    "days-unused": "days without a request",
}

CONSEQUENCES: Mapping[str, str] = {"review": "a review", "suspend": "suspension at once"}
