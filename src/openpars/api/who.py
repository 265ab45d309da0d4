"""Who asks over the API."""

from typing import Any

from openpars.agencies.queries import UserView
from openpars.disclosure.rules.request import Asker


def asker_of(request: Any) -> Asker:
    """The person whose token the request bears."""
    user: UserView = request.auth
    return Asker(user.id, user.agency.ori, user.agency.office, user.role)
