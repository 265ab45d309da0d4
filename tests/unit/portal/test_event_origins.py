"""Which pages may listen to events."""

import pytest

from openpars.config.events import same_site


@pytest.mark.parametrize(
    ("origin", "host", "ours"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8001", True),
        ("http://localhost:8000", "localhost:8001", True),
        ("http://[::1]:8000", "[::1]:8001", True),
        ("http://localhost:8000", "127.0.0.1:8001", False),
        ("https://elsewhere.example", "127.0.0.1:8001", False),
        ("https://elsewhere.example", "elsewhere.example", False),
        ("null", "127.0.0.1:8001", False),
        ("file://127.0.0.1", "127.0.0.1:8001", False),
    ],
)
def test_only_a_page_of_this_site_may_listen(origin: str, host: str, ours: bool) -> None:
    assert same_site(origin, host) is ours
