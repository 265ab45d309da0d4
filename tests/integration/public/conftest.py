"""The public's tests begin with an empty log, too."""

from tests.integration.translog.conftest import empty_log

__all__ = ["empty_log"]
