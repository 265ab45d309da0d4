"""The other answer of the one door: no, entered in the log like every answer, and said in one neutral sentence."""

import secrets
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID, uuid4

from openpars.disclosure import gateway
from openpars.disclosure.gateway import AlreadyEntered, ConnectionLost
from openpars.disclosure.rules import entry
from openpars.disclosure.rules.request import Asker, Question
from openpars.errors import DatabaseUnavailable, NotPermitted
from openpars.translog.rules.commitment import SALT_SIZE


@dataclass(frozen=True)
class Refused:
    """Why there is no answer: a code word, and the clause that it is of."""

    reason: str
    clause: str


def refuse(asker: Asker, question: Question, refused: Refused) -> NoReturn:
    """Write the refusal down, then say the one neutral sentence. If it cannot be written, that is a fault:
    nothing is released either way.

    Raises NotPermitted, DatabaseUnavailable, Fault."""
    disclosure, salt = uuid4(), secrets.token_bytes(SALT_SIZE)
    for attempt in range(gateway.ATTEMPTS):
        try:
            _enter(asker, question, refused, disclosure, salt)
        except AlreadyEntered:
            break
        except ConnectionLost as error:
            # The same id each time: a commit that was only reported lost is not entered twice.
            gateway.close()
            if attempt == gateway.ATTEMPTS - 1:
                raise DatabaseUnavailable(DatabaseUnavailable.words) from error
        else:
            break
    raise NotPermitted(str(disclosure))


def _enter(asker: Asker, question: Question, refused: Refused, disclosure: UUID, salt: bytes) -> None:
    with gateway.connection() as opened, gateway.noticing_loss(opened), opened.transaction():
        stamp, at = gateway.now(opened)
        leaf = entry.refused(
            disclosure=disclosure,
            at=stamp,
            salt=salt,
            question=question,
            asker=asker.user_id,
            agency_ori=asker.agency_ori,
            reason=refused.reason,
        )
        gateway.refuse(
            opened,
            disclosure=disclosure,
            asker=asker.user_id,
            kind=question.kind,
            purpose=question.purpose,
            reason=refused.reason,
            clause=refused.clause,
            at=at,
            asked=question.as_json(),
            salt=salt,
            leaf=leaf,
        )
