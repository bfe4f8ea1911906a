"""`samspil admin`, `db` and `route` on a real database, as an operator types them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from samspil.runtime import cli

ROOT = Path(__file__).parents[3]
LETTER = str(ROOT / "examples/care-communication/5.0/new.json")
SENDER, RECEIVER = "5790000000012", "5790000000029"

Run = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def run(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Run:
    """Run a command on an empty, migrated database: its exit code and JSON lines."""
    monkeypatch.setenv("SAMSPIL_DATABASE_URL", database_url)
    monkeypatch.setenv("SAMSPIL_HOME", str(tmp_path))

    def one(*words: str) -> tuple[int, list[dict[str, Any]]]:
        capfdbinary.readouterr()
        code = cli.run([*words, "--json"])
        return code, [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]

    return one


def test_an_organisation_comes_and_goes(run: Run) -> None:
    """Added, listed, found by its location number, removed."""
    code, (made,) = run("admin", "organisation", "add", "Prøvekommunen", "--gln", RECEIVER, "--kind", "municipality")
    assert code == 0
    assert (made["name"], made["glns"], made["kind"]) == ("Prøvekommunen", [RECEIVER], "municipality")
    assert run("admin", "organisation", "list")[1] == [made]
    assert run("admin", "organisation", "remove", RECEIVER)[0] == 0
    assert run("admin", "organisation", "list")[1] == []
    assert run("admin", "organisation", "remove", RECEIVER)[0] == 1


def test_a_partner_may_be_spared_named_rules(run: Run) -> None:
    """Set when it is added or later, taken back, listed; rules that carrying needs, or that nobody has, are none."""
    spared, profile = "samspil#fhir.care.encounter", "medcom-careCommunication-communication#medcom-careCommunication-5"
    code, (made,) = run("admin", "organisation", "add", "Prøven", "--gln", RECEIVER, "--lenient", spared)
    assert (code, made["lenient"]) == (0, [spared])
    code, (changed,) = run("admin", "organisation", "change", RECEIVER, "--lenient", profile, "--strict", spared)
    assert (code, changed["lenient"]) == (0, [profile])
    assert run("admin", "organisation", "list")[1] == [changed]
    for rule in ("samspil#fhir.header.id.missing", "samspil#no.such", "nonsense", "a #b"):
        assert run("admin", "organisation", "change", RECEIVER, "--lenient", rule)[0] == 2


def test_what_the_register_refuses_is_told(run: Run, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A wrong check digit, an unknown standard: one sentence each."""
    assert cli.run(["admin", "organisation", "add", "X", "--gln", "5790000000011", "--lang", "en"]) == 1
    assert b"location number" in capfdbinary.readouterr().err
    run("admin", "organisation", "add", "Prøvekommunen", "--gln", RECEIVER)
    assert run("admin", "endpoint", "add", RECEIVER, "--standard", "NoSuch")[0] == 2


def test_a_token_is_shown_once_and_kept_hashed(run: Run) -> None:
    """The list of clients says that there is a token, and does not have it."""
    run("admin", "organisation", "add", "Prøvekommunen", "--gln", RECEIVER)
    code, (made,) = run("admin", "client", "add", "Journal", "--organisation", RECEIVER, "--days", "30")
    assert code == 0
    assert made["token"].startswith("samspil_")
    (listed,) = run("admin", "client", "list")[1]
    assert "token" not in listed
    assert listed["has_token"] is True
    assert listed["expires_at"] is not None
    code, (renewed,) = run("admin", "client", "renew", made["id"])
    assert (code, renewed["id"]) == (0, made["id"])
    assert renewed["token"] not in {None, made["token"]}
    assert run("admin", "client", "remove", made["id"])[0] == 0
    assert run("admin", "client", "list")[1] == []


def test_a_person_gets_a_password_from_a_file(run: Run, tmp_path: Path) -> None:
    """No password stands on the command line; a weak one is refused."""
    file = tmp_path / "password"
    file.write_text("birk-fjord-mose-417\n")
    person = ("admin", "person", "add", "anna", "--name", "Anna Prøve", "--role", "viewer")
    code, (made,) = run(*person, "--password-from", str(file))
    assert code == 0
    assert (made["login"], made["role"]) == ("anna", "viewer")
    assert "password" not in json.dumps(made)
    file.write_text("kort\n")
    assert run(*("bodil" if word == "anna" else word for word in person), "--password-from", str(file))[0] == 1
    assert run("admin", "person", "password", "anna", "--password-from", str(file))[0] == 1
    file.write_text("mose-birk-fjord-714\n")
    assert run("admin", "person", "password", "anna", "--password-from", str(file))[0] == 0
    assert run("admin", "person", "password", "bodil", "--password-from", str(file))[0] == 1
    assert run("admin", "person", "remove", "anna")[0] == 0
    assert run("admin", "person", "remove", "anna")[0] == 1


def test_an_endpoint_keeps_its_token_to_itself(run: Run, tmp_path: Path) -> None:
    """The token comes from a file, is sealed, and is told only as being there."""
    run("admin", "organisation", "add", "Sygehuset", "--gln", SENDER)
    file = tmp_path / "token"
    file.write_text("samspil_partner")
    code, (made,) = run(
        "admin", "endpoint", "add", SENDER, "--url", "https://partner.example/exchange/messages",
        "--token-from", str(file), "--standard", "CareCommunication|5.0",
    )  # fmt: skip
    assert code == 0
    assert (made["wire"], made["has_token"], made["standards"]) == ("http", True, ["CareCommunication|5.0"])
    assert "samspil_partner" not in json.dumps(run("admin", "endpoint", "list")[1])
    assert run("admin", "endpoint", "remove", made["id"])[0] == 0
    assert run("admin", "endpoint", "remove", "no-id")[0] == 2


def test_a_folder_is_an_address_too(run: Run, tmp_path: Path) -> None:
    """Its two folders are made at once; an address that names no folder is refused."""
    run("admin", "organisation", "add", "Prøveklinikken", "--gln", SENDER)
    root = tmp_path / "breve til klinikken"
    code, (made,) = run("admin", "endpoint", "add", SENDER, "--url", root.as_uri())
    assert (code, made["wire"], made["url"]) == (0, "folder", root.as_uri())
    assert sorted(entry.name for entry in root.iterdir()) == ["receive", "send"]
    assert run("admin", "endpoint", "add", SENDER, "--url", "file:relative")[0] == 1


def test_a_route_is_told_before_anything_is_sent(run: Run) -> None:
    """Nowhere, with the reason; then the mailbox; then as if it were to somebody else."""
    code, (row,) = run("route", LETTER)
    assert (code, row["endpoint"]) == (1, None)
    assert row["issues"][0]["code"] == "exchange.party.unknown"
    run("admin", "organisation", "add", "Prøvekommunen", "--gln", RECEIVER)
    run("admin", "endpoint", "add", RECEIVER)
    code, (row,) = run("route", LETTER)
    assert (code, row["wire"], row["receiver_name"]) == (0, "mailbox", "Prøvekommunen")
    assert run("route", LETTER, "--to", "5790000000036")[0] == 1
    assert run("route", LETTER, "--to", "12")[0] == 2


def test_a_backup_can_be_restored(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: Any
) -> None:
    """What was added is in the backup; an occupied folder, and a database with tables, are wrong use."""
    run("admin", "organisation", "add", "Prøvekommunen", "--gln", RECEIVER)
    folder = str(tmp_path / "backup")
    code, (manifest,) = run("db", "backup", folder)
    assert code == 0
    assert manifest["migration"] > 0
    assert run("db", "backup", folder)[0] == 2
    assert run("db", "restore", folder)[0] == 2
    monkeypatch.setenv("SAMSPIL_DATABASE_URL", postgres_server.create("restored"))
    assert run("db", "status")[0] == 1
    assert run("db", "restore", folder)[0] == 0
    assert [row["name"] for row in run("admin", "organisation", "list")[1]] == ["Prøvekommunen"]
    assert {row["state"] for row in run("db", "status")[1]} == {"applied"}
    assert run("db", "migrate")[1] == [{"applied": []}]
