"""`openpars agreement propose|vote|key|sign|…`, as somebody types it."""

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from openpars.agreements import keeper, proceedings, queries
from openpars.agreements.rules.language import render
from openpars.agreements.rules.terms import Agreement
from openpars.cli import agreement_verbs
from openpars.errors import BadInput, Conflict, NotEmpowered, NotFound
from tests.factories import proceedings as life


def typed(*words: object, answer: str | None = None) -> Result:
    return CliRunner().invoke(agreement_verbs.command, [str(word) for word in words], input=answer)


def said(*words: object) -> dict[str, object]:
    result = typed(*words, "--json")
    assert result.exception is None, result.exception
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_a_key_is_made_once_and_signs_without_a_database(tmp_path: Path, neighbor: Agreement) -> None:
    file, key = tmp_path / "a.toml", tmp_path / "office.key"
    file.write_text(render(neighbor))
    public = typed("key", key).stdout.strip()
    assert public.startswith("ed25519:")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert isinstance(typed("key", key).exception, Conflict)
    assert typed("sign", file, "--key", key, answer="n\n").exit_code == 1
    shown = typed("sign", file, "--key", key, answer="y\n")
    assert "renew itself" in shown.stderr
    assert shown.stdout.startswith("openpars.agreement-signature/1\n")
    assert typed("sign", file, "--key", key, "--yes").stdout == shown.stdout
    assert isinstance(typed("sign", file, "--key", file, "--yes").exception, BadInput)
    assert isinstance(typed("sign", key, "--key", key, "--yes").exception, BadInput)


@pytest.mark.django_db
def test_from_proposal_to_certificate(tmp_path: Path) -> None:
    city = life.opened()
    file, names = tmp_path / "a.toml", {office: one.username for office, one in city.people.items()}
    file.write_text(city.text())
    solicitor = names["city-solicitor"]
    why = ("--grounds", "It serves.")
    assert isinstance(typed("propose", file, *why, "--by", names["police"]).exception, NotEmpowered)
    assert isinstance(typed("propose", file, *why, "--by", "nobody").exception, NotFound)
    put = said("propose", file, *why, "--by", solicitor)
    assert (put["stage"], put["votes_needed"], put["widens"]) == ("voting", 2, True)
    which = put["proposal"]
    for office in ("police", "court"):
        voted = said("vote", which, "for", *why, "--by", names[office])
    assert voted["stage"] == "signing"
    assert isinstance(typed("vote", which, "for", *why, "--by", names["court"]).exception, Conflict)
    for party, by in (("police", "police"), ("court", "court"), ("partner", "police")):
        key, signature = tmp_path / f"{party}.key", tmp_path / f"{party}.sig"
        public = said("key", key)["public"]
        ori = city.partner if party == "partner" else city.offices.oris[party]
        said("register", public, "--party", ori, "--label", "Seal", "--by", names[by])
        signature.write_text(typed("sign", file, "--key", key, "--yes").stdout)
        signed = said("hand-in", which, signature, "--by", names[by])
    assert signed["stage"] == "carried"
    (number,) = keeper.keep(at=city.at).enforced
    assert f"{city.identifier} v1 (text)" in typed("status", city.identifier).stdout
    assert said("status")["proposals"][0]["stage"] == "done"  # type: ignore[index]
    following = typed("renew", city.identifier, "--first-day", "2031-01-01", "--last-day", "2031-12-31")
    assert "version = 2\n" in following.stdout
    assert isinstance(
        typed("renew", city.identifier, "--first-day", "2031-01-02", "--last-day", "2031-01-01").exception,
        BadInput,
    )
    told = said("notice", city.identifier, *why, "--by", solicitor)
    assert (told["matter"], told["stage"]) == ("non-renewal", "voting")
    assert said("certificate")["owed"] == []
    proceedings.terminate_access(number=number, grounds="Enough.", by=city.solicitor, at=city.at)
    keeper.keep(at=city.at)
    assert said("certificate")["owed"][0]["agreement"] == city.identifier  # type: ignore[index]
    words = ("--words", "All deleted.", "--by", solicitor)
    assert said("certificate", "--received", city.identifier, *words) == {"received": city.identifier}
    assert isinstance(typed("certificate", "--received", city.identifier, *words).exception, Conflict)
    assert "Nothing stands out" in typed("watch").stdout
    assert queries.version(number).state(city.at) == "terminated"
