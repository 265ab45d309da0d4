"""A signer that leaves the state folder alone."""

from pathlib import Path

import pytest

from openpars.translog.signers import FileSigner


@pytest.fixture
def signer(tmp_path: Path) -> FileSigner:
    return FileSigner(tmp_path / "log.key")
