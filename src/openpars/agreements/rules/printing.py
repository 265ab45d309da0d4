"""An agreement's plain English as a paper: what a council member reads and the parties sign."""

from datetime import datetime

from openpars.agreements.rules.parties import Party
from openpars.agreements.rules.plain import Sentence
from openpars.agreements.rules.plain_safeguards import safeguards
from openpars.agreements.rules.signing import PlainText
from openpars.agreements.rules.terms import Agreement
from openpars.paper import Clause, Issue, Part, PlainAgreement, Signatory


def paper(agreement: Agreement, said: PlainText, *, at: datetime) -> PlainAgreement:
    """The paper, made at `at`, of the agreement in the words of `said`. Fictional parties (ORI beginning with ZZ) are
    said to be invented."""
    receiver, owners = agreement.receiver, agreement.owners
    parties: list[Party] = [*owners, *([receiver] if receiver is not None else [])]
    return PlainAgreement(
        issue=Issue(
            office=owners[0].name,
            version=agreement.version,
            made_at=at,
            invented=all(party.ori.startswith("ZZ") for party in parties),
        ),
        name=agreement.title,
        identifier=agreement.identifier,
        between=tuple(f"{party.name} (ORI {party.ori})" for party in parties),
        first_day=agreement.term.first_day,
        last_day=agreement.term.last_day,
        time_zone=agreement.term.time_zone,
        parts=tuple(
            Part(
                heading=heading,
                clauses=tuple(Clause(number=one.clause, words=one.text) for one in sentences),
            )
            for heading, sentences in sections(agreement, said)
        ),
        text_digest=said.text_hash,
        plain_digest=said.digest,
        signatories=tuple(Signatory(party=party.name, office=party.signatory) for party in parties),
    )


def sections(agreement: Agreement, said: PlainText) -> tuple[tuple[str, tuple[Sentence, ...]], ...]:
    """The sentences of `said` under headings, in the order of the text; every sentence is under exactly one."""
    place = {
        clause.clause: heading
        for heading, listed in (
            ("What may be asked, and what is shown", agreement.permits),
            ("What is prohibited", agreement.prohibitions),
            ("Duties", agreement.duties),
            ("Thresholds", agreement.thresholds),
            ("Notices", agreement.notices),
            ("Fee", [agreement.fee] if agreement.fee else []),
            ("Law", agreement.law),
            ("What may be done to the records, and by whom", agreement.powers),
        )
        for clause in listed
    }
    place |= dict.fromkeys(
        (section for section, _ in safeguards(agreement.safeguards)), "What the agency promises"
    )
    made: dict[str, list[Sentence]] = {}
    for sentence in said.sentences:
        made.setdefault(place.get(sentence.clause, "Parties and term"), []).append(sentence)
    return tuple((heading, tuple(sentences)) for heading, sentences in made.items())
