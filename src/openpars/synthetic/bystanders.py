"""Victims of crimes against persons and property, and witnesses: written behind the wall, each an invented person."""

from datetime import datetime
from random import Random
from uuid import UUID

from openpars.records import actions
from openpars.synthetic.draws import ZONE
from openpars.synthetic.names import fictional_person
from openpars.synthetic.scenes import Scene


def write(scene: Scene, incident: UUID, *, seed: int, by: UUID, at: datetime) -> None:
    """Add those of the scene to the incident as which it was reported."""
    # Seeded on purpose: a city to practise on must be the same for everybody.
    rng = Random(f"{seed} {scene.number}")  # noqa: S311
    on = at.astimezone(ZONE).date()
    for n in range(scene.victims):
        victim = fictional_person(f"victim {seed} {scene.number} {n}", rng.randint(5, 85), on)
        actions.add_victim(
            incident=incident,
            name=f"{victim.given_name} {victim.surname}",
            birth_date=victim.birth_date,
            contact=f"(555) 01{rng.randint(0, 99):02}",
            by=by,
            at=at,
        )
    for n in range(scene.witnesses):
        witness = fictional_person(f"witness {seed} {scene.number} {n}", None, on)
        actions.add_witness(
            incident=incident,
            name=f"{witness.given_name} {witness.surname}",
            contact=f"(555) 01{rng.randint(0, 99):02}",
            account="Saw the person run from the corner." if rng.random() < 0.5 else "Heard shouting.",
            by=by,
            at=at,
        )
