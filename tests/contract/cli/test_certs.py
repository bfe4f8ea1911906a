"""`samspil certs` on a real database, as an operator types it."""

import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from samspil.access.trust.development import Authority, new_authority
from samspil.access.trust.reading import key_text
from samspil.access.trust.roles import CertificateRole
from samspil.runtime import cli

PARTNER = "5790001382445"
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
DAY = timedelta(days=1)
SIGN, ENCRYPT, TLS = CertificateRole

Run = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def root() -> Authority:
    """An authority that no site knows yet."""
    return new_authority("Prøverod", at=NOW - 60 * DAY)


@pytest.fixture
def run(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Run:
    """Run a command on an empty, migrated database: its exit code and JSON lines."""
    monkeypatch.setenv("SAMSPIL_DATABASE_URL", database_url)
    monkeypatch.setenv("SAMSPIL_HOME", str(tmp_path))

    def one(*words: str) -> tuple[int, list[dict[str, Any]]]:
        capfdbinary.readouterr()
        code = cli.run(["certs", *words, "--json"])
        return code, [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]

    return one


def put(folder: Path, name: str, content: bytes | str) -> str:
    """A file of the test's."""
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(file)


def codes(row: dict[str, Any]) -> list[str]:
    """What is said of a certificate."""
    return [issue["code"] for issue in row["issues"]]


def test_one_command_makes_an_authority_and_its_certificates(run: Run, tmp_path: Path) -> None:
    """They hold at once; keys are for their owner's eyes; a second run keeps the authority and rolls over."""
    folder = tmp_path / "ca"
    code, rows = run("develop", str(folder), "--name", "klinikken")
    assert (code, [row["roles"] for row in rows]) == (0, [["sign"], ["encrypt"], ["tls"]])
    assert [codes(row) for row in rows] == [[], [], []]
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.glob("*.key")} == {0o600}
    anchor = (folder / "ca.pem").read_bytes()
    assert run("check")[0] == 0
    assert run("develop", str(folder), "--name", "klinikken")[0] == 0
    assert (folder / "ca.pem").read_bytes() == anchor
    assert [row["kind"] for row in run("list")[1]].count("own") == 6
    code, (judged,) = run("check", str(folder / "klinikken-tls.pem"), "--network", "develop")
    assert (code, judged["roles"], codes(judged)) == (0, ["sign", "encrypt", "tls"], [])
    (folder / "ca.key").write_text("nonsense")
    assert run("develop", str(folder))[0] == 1


def test_a_key_comes_from_a_locked_file(run: Run, tmp_path: Path, root: Authority) -> None:
    """PKCS #12, as issuers deliver it; without its password it stays closed, and its key is never told."""
    issued = root.issue("Os", roles=[SIGN, ENCRYPT], at=NOW)
    locked = BestAvailableEncryption(b"odd-71903")
    file = put(tmp_path, "os.p12", serialize_key_and_certificates(b"os", issued.key, issued.certificate, None, locked))
    password = put(tmp_path, "password", "odd-71903\n")
    assert run("add", file)[0] == 1
    code, (made,) = run("add", file, "--password-from", password, "--role", "sign", "--role", "encrypt")
    assert (code, made["roles"], made["kind"]) == (0, ["sign", "encrypt"], "own")
    assert codes(made) == ["certificate.issuer.unknown"]
    assert "PRIVATE" not in json.dumps(made)
    assert run("remove", made["id"])[0] == 0
    assert run("list")[1] == []
    assert run("remove", made["id"])[0] == 1
    assert run("remove", "no-id")[0] == 2


def test_trust_decides_what_holds(run: Run, tmp_path: Path, root: Authority) -> None:
    """First a stranger's; then trusted but without a list; then whole; then taken back; then of no policy."""
    theirs = root.issue("Sygehuset", roles=[SIGN], at=NOW, policies=["1.2.208.169.1"]).certificate
    file = put(tmp_path, "theirs.pem", theirs.public_bytes(Encoding.PEM))
    anchor = put(tmp_path, "root.der", root.certificate.public_bytes(Encoding.DER))
    network = ("--network", "prove")

    def check() -> tuple[int, list[str]]:
        code, rows = run("check", file, "--role", "sign", *network)
        return code, codes(rows[0])

    assert check() == (1, ["certificate.issuer.unknown"])
    code, (trusted,) = run("trust", anchor, *network, "--policy", "1.2.208.169")
    assert (code, trusted["anchors"], trusted["revocation"]) == (0, ["CN=Prøverod"], "required")
    assert check() == (1, ["certificate.list.missing"])
    run("trust", *network, "--revocation", "known")
    assert check() == (0, ["certificate.list.missing"])
    for moment, revoked, expected in ((NOW - DAY, (), []), (NOW, (theirs,), ["certificate.revoked"])):
        crl = root.revocation_list(at=moment, revoked=revoked)
        run("trust", put(tmp_path, "crl.pem", crl.public_bytes(Encoding.PEM)), *network)
        assert check() == (1 if expected else 0, expected)
    run("trust", *network, "--policy", "1.2.3", "--revocation", "off")
    assert check() == (1, ["certificate.policy.foreign"])
    run("trust", *network, "--any-policy")
    assert check() == (0, [])
    assert run("trust", file, *network)[0] == 1


def test_what_ends_is_told_in_time(run: Run, tmp_path: Path, root: Authority) -> None:
    """In the list, and judged as of any day; a partner's as well as ours."""
    run("trust", put(tmp_path, "root.pem", root.certificate.public_bytes(Encoding.PEM)), "--revocation", "off")
    short = root.issue("Sygehuset", roles=[SIGN], at=NOW, life=20 * DAY).certificate
    code, (made,) = run(
        "add", put(tmp_path, "t.pem", short.public_bytes(Encoding.PEM)), "--party", PARTNER, "--role", "sign"
    )
    assert (code, made["party"], codes(made)) == (0, PARTNER, ["certificate.ends"])
    (told,) = [row for row in run("list")[1] if row["kind"] == "partner"]
    assert "19 days" in told["issues"][0]["message"] or "20 days" in told["issues"][0]["message"]
    assert run("check")[0] == 0
    code, rows = run("check", "--at", (NOW + 21 * DAY).date().isoformat())
    assert (code, [codes(row) for row in rows if row["issues"]]) == (1, [["certificate.ended"]])
    assert run("check", "--at", "yesterday")[0] == 2


def test_garbage_is_one_sentence(run: Run, tmp_path: Path, root: Authority) -> None:
    """A key of nobody's, rubbish, no file, a partner's private key: exit 1 or 2, never a traceback."""
    issued = root.issue("Os", roles=[SIGN], at=NOW)
    certificate = put(tmp_path, "c.pem", issued.certificate.public_bytes(Encoding.PEM))
    rubbish = put(tmp_path, "rubbish", b"\x30\x82\xff\xff rubbish")
    broken = put(tmp_path, "broken.key", key_text(issued.key)[:300] + "\n-----END PRIVATE KEY-----\n")
    key = put(tmp_path, "c.key", key_text(issued.key))
    assert run("add", rubbish) == (1, [])
    assert run("add", certificate) == (1, [])
    assert run("add", certificate, "--key", broken) == (1, [])
    assert run("add", certificate, "--key", key, "--party", PARTNER) == (1, [])
    assert run("add", certificate, "--key", str(tmp_path / "none")) == (2, [])
    assert run("trust", rubbish) == (1, [])
    assert run("list")[1] == []
