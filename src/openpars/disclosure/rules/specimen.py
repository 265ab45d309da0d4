"""One invented person's whole record: what a page shows an agreement's eyes on. Every value is made up."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from openpars.agreements.rules.rows import HELD_FOR_COURT, Facts
from openpars.records.rules.elements import Relation

R = Relation
Row = Mapping[str, Any]

RECORD: Mapping[Relation, tuple[Row, ...]] = {
    R.ARREST: (
        {
            "given_name": "Dana", "middle_name": "Q.", "surname": "Example", "suffix": "",
            "birth_date": "1991-04-17", "birth_year": 1991, "sex": "F", "race": "W", "ethnicity": "N",
            "birth_place": "Elsewhere", "language": "English", "address": "1 Unreal Street, 19100", "zip": "19100",
            "sid": "000-00-001", "photo_number": "0000001", "dc_number": "26-22-000001",
            "occurred_at": "2026-03-02T23:40:00Z", "occurred_on": "2026-03-02",
            "incident_location": "1800 block of Invented Avenue", "incident_district": "22",
            "otn": "U 000001-1", "arrested_at": "2026-03-03T00:14:00Z", "arrested_on": "2026-03-02",
            "arrest_agency": "ZZ0010000", "arrest_location": "1900 block of Invented Avenue", "arrest_district": "22",
            "arrest_category": "O", "lead_charge": "Theft from a motor vehicle", "lead_grade": "M1",
            "custody_state": "released",
            "custody_since": "2026-03-03T15:05:00Z", "arraigned_at": "2026-03-03T13:20:00Z", "invented": True,
            "court_on": "2026-03-23", "hearing_held_on": None,
            "sent_at": "2026-03-03T02:31:00Z", "prints_taken_at": "2026-03-03T03:10:00Z", "charging_state": "filed",
            "filed_at": "2026-03-03T06:02:00Z",
            "interviewed_at": "2026-03-03T10:45:00Z", "session_at": "2026-03-03T13:00:00Z", "site": "Site 2",
            "report_due_from": "2026-09-14", "juvenile": False, "direct_file": "",
            "limited_access_at": None, "has_counsel": True,
            "officers": ["Officer 0001", "Officer 0002"], "warrant": "",
            "narrative": "Seen leaving a parked car whose window was broken.", "co_defendants": ["U 000002-2"],
            "version": 4,
        },
    ),
    R.CHARGE: (
        {
            "charge_stage": "filed", "statute": "18 § 3934", "charge_description": "Theft from a motor vehicle",
            "grade": "M1", "charge_count": 1, "charge_status": "approved", "docket_number": "MC-51-CR-0000001-2026",
            "charge_reference": "C-1", "charge_sequence": 1, "charge_follows": "", "charge_reason": "",
            "charge_decided_at": "2026-03-03T06:02:00Z", "charge_limited_at": None,
        },
        {
            "charge_stage": "recommended", "statute": "18 § 3304", "charge_description": "Criminal mischief",
            "grade": "M3", "charge_count": 1, "charge_status": "declined", "docket_number": "",
            "charge_reference": "C-2", "charge_sequence": 2, "charge_follows": "",
            "charge_reason": "Not enough evidence",
            "charge_decided_at": "2026-03-03T06:02:00Z", "charge_limited_at": None,
        },
    ),
    R.CUSTODY: (
        {
            "custody_change": "released", "custody_changed_at": "2026-03-03T15:05:00Z", "custody_reason": "bail posted",
            "custody_owner": "court", "custody_agency": "ZZ001015J",
        },
    ),
    R.BAIL: (
        {
            "bail_type": "monetary", "bail_amount": "5000.00", "bail_status": "posted",
            "bail_at": "2026-03-03T14:40:00Z", "bail_percent": 10, "bail_surety": "A. Unreal",
            "bail_reason": "", "bail_magistrate": "",
        },
    ),
    R.ARRAIGNMENT: (
        {
            "arraignment_at": "2026-03-03T13:20:00Z", "arraignment_result": "bail set", "next_date": "2026-03-24",
            "next_date_rule": "Pa.R.Crim.P. 540", "probable_cause": True, "hearing_session": "2026-03-03T13:00:00Z",
            "hearing_site": "Site 2", "magistrate": "Magistrate 0001", "parents_told": "",
        },
    ),
    R.DISPOSITION: (
        {
            "disposition": "withdrawn", "disposed_on": "2026-09-14", "disposition_reference": "D-1",
            "disposed_charge": "C-1", "disposition_reported_at": None,
        },
    ),
    R.QUESTION: (
        {
            "question_reference": "Q-1", "question": "Is there a picture of the window?",
            "asked_at": "2026-03-03T04:50:00Z", "answer": "Yes, taken at the scene.",
            "answered_at": "2026-03-03T05:20:00Z",
        },
    ),
    R.INTERVIEW: (
        {
            "interview_at": "2026-03-03T10:45:00Z", "residence": "with a sister, for six years",
            "residence_verified": True,
            "ties": "two children at school here", "employment": "a bakery", "recommended_bail": "release on own word",
            "recommended_amount": None, "recommended_words": "No failure to appear before.",
        },
    ),
    R.GUIDELINE: (
        {
            "guideline_bail": "monetary", "guideline_low": "1500.00", "guideline_high": "7500.00",
            "guideline_rule": "Guideline 4", "guideline_version": 1, "guideline_at": "2026-03-03T10:46:00Z",
        },
    ),
    R.LISTING: (
        {"listed_session": "2026-03-03T13:00:00Z", "listed_site": "Site 2", "listed_at": "2026-03-03T06:05:00Z"},
    ),
    R.HEARING: (
        {
            "hearing_outcome": "put off", "heard_on": "2026-03-16", "hearing_next_on": "2026-03-23",
            "hearing_cause": "The defense asked for time.",
        },
    ),
    R.CONDITION: (
        {
            "condition": "stay away", "condition_detail": "from the place of the arrest",
            "condition_at": "2026-03-03T13:20:00Z",
        },
    ),
    R.DELAY: (
        {
            "delay_reference": "L-1", "delay_reason": "video link", "delay_words": "The link was down.",
            "delay_began_at": "2026-03-03T12:30:00Z", "delay_ended_at": "2026-03-03T13:10:00Z",
        },
    ),
    R.PAPER: (
        {
            "paper_reference": "P-1", "paper_kind": "complaint", "paper_version": 1,
            "paper_made_at": "2026-03-03T06:03:00Z", "paper_digest": "0f" * 32,
        },
    ),
    R.FILE: ({"paper_file": "the complaint, as a PDF", "paper_basis": "the data that it was made from"},),
    R.CORRECTION: (
        {
            "corrected_reference": "K-1", "corrected_relation": "arrest", "corrected_was": "1801 Invented Avenue",
            "corrected_became": "1900 block of Invented Avenue", "corrected_why": "misread",
            "corrected_at": "2026-03-04T14:00:00Z",
        },
    ),
    R.IDENTIFICATION: (
        {
            "identified_reference": "M-1", "identified_verb": "merge", "identified_moved": 1,
            "identified_why": "the same prints", "identified_at": "2026-03-05T10:00:00Z", "identified_undone_at": None,
        },
    ),
    R.VICTIM: (
        {"victim_name": "B. Unreal", "victim_birth_date": "1970-01-01", "victim_contact": "555-0100"},
    ),
    R.WITNESS: (
        {"witness_name": "C. Unreal", "witness_contact": "555-0101", "witness_account": "heard glass break"},
    ),
}  # fmt: skip
"""Relation -> its rows, every column of the catalogue filled, coarser forms beside the whole ones."""

_HERE: Mapping[str, Any] = {"category": "on-view", "on_case": True, "arrested_on": date(2026, 3, 2)}
USUAL = Facts(charges=frozenset({"approved", "declined"}), district="22", own_client=True, **_HERE)

SITUATIONS: Mapping[str, tuple[str, Facts]] = {
    "usual": ("As it is: an adult, with a charge that was approved", USUAL),
    "not-approved": (
        "Had no charge been approved",
        Facts(charges=frozenset({"declined"}), district="22", own_client=True, **_HERE),
    ),
    "held-for-court": (
        "Had a charge been held for court",
        Facts(charges=USUAL.charges | {HELD_FOR_COURT}, district="22", own_client=True, **_HERE),
    ),
    "juvenile": (
        "Had she been a juvenile",
        Facts(juvenile=True, charges=USUAL.charges, district="22", own_client=True, **_HERE),
    ),
    "limited-access": (
        "Were her record under limited access",
        Facts(limited_access=True, charges=USUAL.charges, district="22", own_client=True, **_HERE),
    ),
    "year-old": (
        "Were the arrest five years old",
        Facts(charges=USUAL.charges, district="22", days=5 * 365, own_client=True, **_HERE),
    ),
    "elsewhere": (
        "Had it been in another district, were she nobody's client, and of no case",
        Facts(charges=USUAL.charges, district="99ZZ"),
    ),
}
"""What could be otherwise about the arrest, in words, and the facts that rows are judged by."""
