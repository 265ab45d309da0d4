"""A word by e-mail to the agency whose subscription died: its address did not answer until the last try.

To the address in its agreement's `contact`, as letters go; without one, or without a mail server, the page of the
agency says so alone. What is mailed names nobody and no case: the subscription's reference leads to it.
"""

from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

from openpars.agreements import queries as agreements
from openpars.agreements.rules import letters
from openpars.disclosure.models import Subscription

AGAIN = timedelta(hours=1)
"""After how long a mail server that did not take it is asked again."""
WORDS = """The subscription {reference} under clause {clause} of "{title}" has stopped.

Its address did not answer for nine hours. The events that waited for it were dropped; nothing of them was told, and
nothing more will be. Whoever made it finds it on the agency's page, and makes it anew once the address answers.
"""


def mail_dead(*, at: datetime) -> int:
    """E-mail what has died, each once; answers how many the mail server took. As the owner. Whatever is wrong with the
    mail server, it is asked again later."""
    if not settings.EMAIL_HOST:
        return 0
    dead = Subscription.objects.filter(tell_at__lte=at).order_by("tell_at")
    return sum(_mailed(row, at) for row in dead)


def _mailed(row: Subscription, at: datetime) -> bool:
    agreement = agreements.agreement(row.number)
    address = letters.address(agreement)
    later = None
    if address:
        words = WORDS.format(reference=row.id, clause=row.clause, title=agreement.title)
        message = EmailMessage(
            subject=f"A subscription has stopped: {row.id}",
            body=words,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[address],
            # The same word sent twice is one message to whoever receives it.
            headers={"Message-ID": f"<stopped-{row.id}@{settings.LETTERS_DOMAIN}>"},
        )
        try:
            message.send()
        except (SMTPException, OSError):
            later = at + AGAIN
    Subscription.objects.filter(pk=row.pk).update(tell_at=later)
    return bool(address) and later is None
