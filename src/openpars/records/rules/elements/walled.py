"""Elements behind the wall: ciphertext under its own key, opened only for a permit that names them."""

from openpars.records.rules.elements.kinds import Element, Relation, Sensitivity, plain

_VW, _R = Sensitivity.VICTIM_WITNESS, Relation

BEHIND_THE_WALL: tuple[Element, ...] = (
    plain("victim_name", "victim's name", _VW, "j:Victim", _R.VICTIM, "v.name_sealed", whose="victim"),
    plain(
        "victim_birth_date",
        "victim's date of birth",
        _VW,
        "nc:PersonBirthDate",
        _R.VICTIM,
        "v.birth_date_sealed",
        whose="victim",
    ),
    plain(
        "victim_contact",
        "how to reach the victim",
        _VW,
        "nc:ContactInformation",
        _R.VICTIM,
        "v.contact_sealed",
        whose="victim",
    ),
    plain("witness_name", "witness's name", _VW, "j:Witness", _R.WITNESS, "w.name_sealed", whose="witness"),
    plain(
        "witness_contact",
        "how to reach the witness",
        _VW,
        "nc:ContactInformation",
        _R.WITNESS,
        "w.contact_sealed",
        whose="witness",
    ),
    plain(
        "witness_account",
        "what the witness said",
        _VW,
        "j:WitnessAccountDescriptionText",
        _R.WITNESS,
        "w.account_sealed",
        whose="witness",
    ),
)
