"""What can still be said of a record after an order was carried out, in sentences (ADR 9, specs/accounting.md 6)."""

from collections.abc import Sequence

_DID = {
    "whole": "erased the record, and whatever hung on it",
    "identifiers": "took out of the record whatever told who it was",
    "limited-list": "closed the record to all but the prosecutor and the court",
    "limited-access": "put the record under limited access",
}


def statement(
    *, number: str, court: str, kind: str, carried_out: str, told: Sequence[tuple[str, int, str]]
) -> tuple[str, ...]:
    """The statement of an order. `carried_out` is the day in words, empty where it is not yet; `told` are agencies by
    name, each with how many disclosures it was told of and the day of its acknowledgment (empty: none)."""
    if not carried_out:
        return (
            f"Order {number} of {court} was entered and is not carried out: everything can still be said.",
        )
    said = [f"On {carried_out}, order {number} of {court} {_DID[kind]}."]
    for agency, disclosures, acknowledged in told:
        times = "once" if disclosures == 1 else f"{disclosures} times"
        heard = f"acknowledged it on {acknowledged}" if acknowledged else "has not acknowledged it yet"
        said.append(f"{agency}, which had been given the record {times}, was told to act on it and {heard}.")
    if not told:
        said.append("Nobody had been given the record, so nobody had to be told.")
    if kind in ("whole", "identifiers"):
        said += [
            "The log's entries about those disclosures stand, and say which agency asked, when and for what purpose;"
            " whom they were about, and what was asked, nobody can tell from them any more, the city included.",
            "Every receipt and every account that was handed out before still verifies, offline.",
            "No account of a person shows those disclosures now; the keys and codes that led to them are destroyed.",
            "Of a person whose other arrests stay, that no line is missing can be shown only from that day on.",
        ]
    else:
        said.append("Nothing was destroyed: the person's account still shows every disclosure.")
    said.append(
        "Copies that others were given are theirs to destroy, and the city's backups are replaced in their time."
    )
    return tuple(said)
