"""A key in hardware, through PKCS#11: SoftHSM where the machine has it (apt install softhsm2), else skipped."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from openpars.errors import Conflict, Fault, FileMalformed
from openpars.translog import hardware, signers
from openpars.translog.memory import Memory
from openpars.translog.rules import note
from openpars.translog.signers import FileSigner, KeptSigner

LIBRARY = Path("/usr/lib/softhsm/libsofthsm2.so")
NAME = "city.example/log"
PIN = "4271"
CURVE = bytes.fromhex("06032b6570")  # OID 1.3.101.112, id-Ed25519

needs_token = pytest.mark.skipif(
    not LIBRARY.exists() or not shutil.which("softhsm2-util"), reason="needs SoftHSM: apt install softhsm2"
)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of the library, for which a token `city` with the keys `log` and `next` was made."""
    home = tmp_path_factory.mktemp("hsm")
    (home / "tokens").mkdir()
    (home / "softhsm2.conf").write_text(f"directories.tokendir = {home}/tokens\nlog.level = ERROR\n")
    # The library reads its configuration once in a process: it stays set.
    os.environ["SOFTHSM2_CONF"] = str(home / "softhsm2.conf")
    command = ["softhsm2-util", "--init-token", "--free", "--label", "city", "--pin", PIN, "--so-pin", PIN]
    subprocess.run(command, check=True, capture_output=True)
    import pkcs11
    from pkcs11 import Attribute, KeyType, Mechanism

    with pkcs11.lib(str(LIBRARY)).get_token(token_label="city").open(rw=True, user_pin=PIN) as session:
        for label in ("log", "next"):
            curve = session.create_domain_parameters(
                KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: CURVE}, local=True
            )
            curve.generate_keypair(mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label=label)
        session.generate_key(KeyType.AES, 256, store=True, label="another kind")
    return str(LIBRARY)


def uri(library: str, label: str = "log") -> str:
    return f"pkcs11:token=city;object={label}?module-path={library}"


@needs_token
def test_what_hardware_signs_verifies_as_anybodys(token: str, tmp_path: Path) -> None:
    key = hardware.HardwareKey(uri(token), NAME, {hardware.PIN: PIN})
    signer = KeptSigner([key], tmp_path / "log.vkey", Memory(tmp_path / "log.signed"))
    signed = note.parse(signer.sign("text\n").encode())
    assert note.verify(signed, [note.parse_key(signer.vkey)]) == (signer.key,)
    assert (tmp_path / "log.vkey").read_text() == f"{signer.vkey}\n"


@needs_token
def test_a_log_moves_from_a_file_to_hardware_and_on_with_an_overlap(
    token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENPARS_STATE", str(tmp_path))
    (tmp_path / "pin").write_text(f"{PIN}\n")
    first = signers.configured()
    assert isinstance(first, FileSigner)
    with_pin = f"&pin-source=file:{tmp_path}/pin\n"
    (tmp_path / "log.pkcs11").write_text(uri(token) + with_pin)
    second = signers.configured()
    assert second.keys == (second.key, first.key)
    with pytest.raises(Conflict, match="in hardware"):
        signers.rotating()
    (tmp_path / "log.pkcs11").write_text(uri(token, "next") + with_pin + uri(token) + with_pin)
    third = signers.configured()
    signed = note.parse(third.sign("during\n").encode())
    assert note.verify(signed, [second.key]) == (second.key,)
    assert note.verify(signed, [third.key]) == (third.key,)
    assert third.keys == (third.key, second.key, first.key)


@needs_token
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda u: u.replace("city", "nowhere"), "NoSuchToken"),
        (lambda u: u.replace("object=log", "object=nothing"), "there are 0 of this name"),
        (lambda u: u.replace("object=log", "object=another%20kind"), "there are 0 of this name"),
        (lambda u: u.replace("module-path=", "module-path=/nowhere"), "cannot be opened"),
    ],
)
def test_hardware_that_is_not_as_it_should_be_is_a_fault(token: str, wrong: object, says: str) -> None:
    with pytest.raises(Fault, match=says):
        hardware.HardwareKey(wrong(uri(token)), NAME, {hardware.PIN: PIN})  # type: ignore[operator]


@needs_token
def test_a_wrong_pin_opens_nothing(token: str) -> None:
    with pytest.raises(Fault, match="cannot be opened"):
        hardware.HardwareKey(uri(token), NAME, {hardware.PIN: "0000"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pkcs11:",
        "pkcs11:token=a;object=b",
        "pkcs11:token=;object=b?module-path=c",
        "file:token=a;object=b",
    ],
)
def test_a_uri_that_says_too_little_is_refused(text: str) -> None:
    with pytest.raises(FileMalformed, match=r"log\.pkcs11"):
        hardware.parse(text)


def test_a_uri_is_read_as_rfc_7512_writes_it() -> None:
    read = hardware.parse("pkcs11:token=The%20City;object=log?module-path=/usr/lib/x.so&pin-source=file:/p\n")
    assert read == {
        "token": "The City",
        "object": "log",
        "module-path": "/usr/lib/x.so",
        "pin-source": "file:/p",
    }
