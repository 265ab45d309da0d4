"""Attacks run on committed rows, as the disclosure path's own tests do."""

from tests.integration.disclosure.conftest import city, closed_pools, swept, transactional_db

__all__ = ["city", "closed_pools", "swept", "transactional_db"]
