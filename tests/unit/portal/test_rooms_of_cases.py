"""From the board and from a search each role comes to a room that is open to it."""

import pytest
from django.urls import resolve, reverse

from openpars.portal import rooms
from openpars.portal.audience import NO_DESK, ROLES, audiences_of

ARREST = "0b8f3f6e-0000-4000-8000-000000000001"


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_room_of_a_case_is_open_to_its_role(role: str) -> None:
    name = rooms.of_case(role)
    assert bool(name) is (role not in NO_DESK)
    if name:
        assert role in audiences_of(resolve(reverse(name, args=[ARREST])).func)
