"""Stories read through the gateway, a log-in role of its own: what it is to see must be committed."""

from tests.integration.disclosure.conftest import closed_pools, swept, transactional_db

__all__ = ["closed_pools", "swept", "transactional_db"]
