"""The embedded server's settings, written anew at each start."""

import os
from pathlib import Path

_MEGABYTE = 1024 * 1024


def settings(*, socket: Path, port: int, tcp: bool, memory: int) -> str:
    """The text of openpars.conf. `memory` is the machine's, in bytes."""
    share = memory // _MEGABYTE // 8
    buffers = max(64, min(1024, share))
    lines = {
        "listen_addresses": "'127.0.0.1'" if tcp else "''",
        "port": str(port),
        "unix_socket_directories": _quoted(str(socket)),
        "unix_socket_permissions": "0700",
        "password_encryption": "'scram-sha-256'",
        "max_connections": "200",
        "shared_buffers": f"'{buffers}MB'",
        "effective_cache_size": f"'{max(128, share * 4)}MB'",
        # Compiling plans costs more than our short statements do, and needs libraries that may be absent.
        "jit": "off",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        # What PostgreSQL does not know is safest: a commit that was answered is on the disk.
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        # No personal value in a log line: neither the statement, nor its parameters, nor the row in a DETAIL.
        "log_statement": "'none'",
        "log_min_error_statement": "'panic'",
        "log_min_duration_statement": "-1",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_error_verbosity": "'terse'",
        "log_line_prefix": "'%m [%p] '",
    }
    return "".join(f"{name} = {value}\n" for name, value in lines.items())


def machine_memory() -> int:
    """The machine's memory in bytes; 2 GB where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 2048 * _MEGABYTE


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
