"""The closed vocabularies of the format: a word that is not here is an error.

Purposes are exact leaf terms of the W3C Data Privacy Vocabulary 2.3 and its sector-law extension, pinned.
Nothing flows down from a parent: nearly everything in sector-law, migration control included, sits under
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
}
"""The owners' offices, of which each permit of a charter names one."""

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
    "approved": "with at least one charge that the district attorney approved",
}

SHAPES: Mapping[str, str] = {
    "search": "searching for a person",
    "open": "opening a record",
    "list": "listing who is held",
    "tolerance": "searching by a date of birth that is only near",
}
"""Ways of asking that a prohibition can name."""

REQUIREMENTS: Mapping[str, str] = {"case_number": "the number of the case"}
"""What a permit can require of each request."""

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

MEASURES: Mapping[str, str] = {
    "requests-per-day": "requests of the agency in a day",
    "requests-per-person-per-day": "requests of one person in a day",
    "refusals-per-day": "refused requests of the agency in a day",
    "findings-open": "findings of misuse not yet answered",
    "days-unused": "days without a request",
}

CONSEQUENCES: Mapping[str, str] = {"review": "a review", "suspend": "suspension at once"}
