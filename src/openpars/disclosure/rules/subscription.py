"""What a subscription may say, and how an event is signed and tried again (specs/subscriptions.md)."""

import base64
import ipaddress
from datetime import timedelta
from urllib.parse import SplitResult, urlsplit

from openpars.errors import Problem

LONGEST_URL = 500
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 7200, 21600))
"""How long to wait after the first, second ... attempt that failed; after the next one the event is dead."""


def pause_after(tries: int) -> timedelta | None:
    """The pause after so many attempts, this one among them; None: no more.

    >>> pause_after(1).total_seconds()
    5.0
    """
    return PAUSES[tries - 1] if tries <= len(PAUSES) else None


def url_problem(url: str, *, practice: bool) -> Problem | None:
    """What is wrong with an address to post events to, or None. Where people are invented (`practice`), it may be one
    of this machine's own, and without TLS.

    >>> url_problem("https://agency.example/events", practice=False) is None
    True
    """
    if len(url) > LONGEST_URL or not url.isascii() or any(c.isspace() or not c.isprintable() for c in url):
        return Problem("url", f"must be at most {LONGEST_URL} printable ASCII characters without spaces")
    try:
        parts = urlsplit(url)
        port_given = parts.port
    except ValueError:
        return Problem("url", "is no address of the web")
    if parts.scheme not in ("https", "http") or not parts.hostname or port_given == 0:
        return Problem("url", "must begin with https:// and name a host")
    if parts.username is not None or parts.password is not None or parts.fragment:
        return Problem("url", "must hold no name, no password and no fragment")
    if parts.scheme == "http" and not (practice and _names_this_machine(parts)):
        return Problem("url", "must begin with https://: events are posted encrypted")
    return None


def _names_this_machine(parts: SplitResult) -> bool:
    return parts.hostname in ("127.0.0.1", "::1", "localhost")


_ROUTED = ipaddress.IPv6Network("2000::/3")


def postable(address: str, *, practice: bool) -> bool:
    """Whether events may be posted to this numeric address: a public one, whatever name led to it; where people are
    invented, one of this machine or its network too.

    >>> postable("10.0.0.7", practice=False)
    False
    """
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return postable(str(found.ipv4_mapped), practice=practice)
        # Addresses that hide an IPv4 address would lead around this check.
        if found.sixtofour or found.teredo:
            return False
        # All that the Internet routes; `is_global` knows neither site-local addresses nor every translation prefix.
        if found not in _ROUTED and not found.is_loopback and not found.is_private:
            return False
    if found.is_multicast or found.is_unspecified:
        return False
    return found.is_global or (practice and (found.is_loopback or found.is_private))


def signed_text(event: str, timestamp: int, body: bytes) -> bytes:
    """What the signature of a posted event covers (Standard Webhooks).

    >>> signed_text("id", 12, b"{}")
    b'id.12.{}'
    """
    return f"{event}.{timestamp}.".encode() + body


def headers(event: str, timestamp: int, signature: bytes) -> dict[str, str]:
    """The headers of a posted event: Standard Webhooks with an asymmetric signature (`v1a`, Ed25519)."""
    return {
        "webhook-id": event,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1a,{base64.b64encode(signature).decode()}",
    }


def public_key(raw: bytes) -> str:
    """How the key to verify with is written.

    >>> public_key(bytes(32))[:9]
    'whpk_AAAA'
    """
    return "whpk_" + base64.b64encode(raw).decode()
