"""Where the database is, and as whom to knock.

`DATABASE_URL` names somebody's server; without it, the embedded server of this checkout is meant, whose
address its supervisor writes into the state folder. The passwords of the log-in roles (`app`, `gateway`) are
made once and kept in the state folder, readable by its owner alone.
"""

import json
import os
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from openpars.engine import roles, secret
from openpars.errors import BadInput, DatabaseUnavailable


@dataclass(frozen=True)
class Address:
    """A database and the role to log in as. `host` may be a socket folder."""

    host: str
    port: int
    database: str
    user: str
    password: str
    options: tuple[tuple[str, str], ...] = ()

    def as_kind(self, kind: str) -> "Address":
        """The same database, as its `app` or `gateway` role."""
        return replace(self, user=roles.name(self.database, kind), password=passwords()[kind])

    def conninfo(self) -> dict[str, str | int]:
        """Keyword arguments for psycopg."""
        return {
            "host": self.host,
            "port": self.port,
            "dbname": self.database,
            "user": self.user,
            "password": self.password,
            **dict(self.options),
        }

    def url(self) -> str:
        """The same as a DATABASE_URL, password included: for a child's environment, never for a log."""
        options = urlencode({**dict(self.options), "host": self.host})
        user, password = quote(self.user, safe=""), quote(self.password, safe="")
        return f"postgresql://{user}:{password}@:{self.port}/{self.database}?{options}"


def state_folder() -> Path:
    """The folder of this checkout's state (keys, passwords, the server's address), made if missing.

    OPENPARS_STATE names it; otherwise it is `.openpars` of the checkout that this package runs from, or of the
    current folder where the package was installed without one."""
    checkout = Path(__file__).resolve().parents[3]
    home = checkout if (checkout / "pyproject.toml").exists() else Path.cwd()
    folder = Path(os.environ.get("OPENPARS_STATE", home / ".openpars")).resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def owner() -> Address:
    """The database as the role that owns it. Raises DatabaseUnavailable where none is known yet."""
    url = os.environ.get("DATABASE_URL")
    if url:
        return parse(url)
    written = state_folder() / "server.json"
    if not written.exists():
        raise DatabaseUnavailable("No database yet: run `openpars db start`, or set DATABASE_URL.")
    fields = json.loads(written.read_text())
    return Address(fields["host"], fields["port"], fields["database"], fields["user"], fields["password"])


def parse(url: str) -> Address:
    """An Address from `postgresql://user:password@host:port/database?option=value`; `host` may be given as an
    option where it is a socket folder. Raises BadInput."""
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        port = int(options.pop("port", parts.port or 5432))
    except ValueError:
        raise BadInput.one("DATABASE_URL", "is not a URL, or its port is not 1 to 65535") from None
    if parts.scheme not in ("postgres", "postgresql"):
        raise BadInput.one("DATABASE_URL", "must begin with postgresql://")
    host = options.pop("host", parts.hostname or "localhost")
    database = parts.path.lstrip("/")
    if not database or not parts.username:
        raise BadInput.one("DATABASE_URL", "must name a user and a database: postgresql://user@host/database")
    user, password = unquote(parts.username), unquote(parts.password or "")
    return Address(host, port, database, user, password, tuple(options.items()))


def passwords() -> dict[str, str]:
    """The passwords of the log-in roles by kind; made at the first call."""
    kept = secret.keep(
        state_folder() / "passwords.json",
        lambda: json.dumps({kind: secrets.token_urlsafe(24) for kind in roles.LOGIN}),
    )
    loaded: dict[str, str] = json.loads(kept)
    return loaded
