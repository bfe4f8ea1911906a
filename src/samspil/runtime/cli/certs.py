"""`samspil certs add|list|remove|trust|check|develop`: a site's keys and certificates, and whom its networks believe.

Files may be PEM, DER or PKCS #12; what they hold is told by their content. Each act is audited under the user's name, a
running site learns of it within a second, and keys are sealed with the site's key before they are stored.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from samspil.access.certificates import (
    Entry,
    Keyrings,
    add_certificate,
    fingerprint,
    list_certificates,
    remove_certificate,
    trust,
)
from samspil.access.refusals import Refusal
from samspil.access.trust.chain import Revocation, judge_dates
from samspil.access.trust.expiry import judge_expiry
from samspil.access.trust.keyring import DEFAULT_NETWORK, Keyring
from samspil.access.trust.reading import Material, read_material
from samspil.access.trust.roles import CertificateRole, roles_of
from samspil.domain.issues import Issue, Language, Phrase
from samspil.runtime.cli import authority
from samspil.runtime.cli.admin.desk import Desk
from samspil.runtime.cli.context import Context, Exit, Misuse, Refused
from samspil.runtime.cli.files import read_one
from samspil.runtime.cli.findings import SEVERITIES
from samspil.runtime.cli.parser import Parser, add_words
from samspil.runtime.cli.words import JSON
from samspil.runtime.database import site_database
from samspil.transports.revocation import refresh_lists

ACTIONS = {
    "add": Phrase(
        "add a certificate of ours with its key, or a partner's", da="tilføj eget certifikat, eller partners"
    ),
    "list": Phrase("list all, with what is to be done soon", da="vis alle, med hvad der snart skal gøres"),
    "remove": Phrase("remove one, its key for good", da="fjern et, og dets nøgle for altid"),
    "trust": Phrase(
        "say whom a network believes, and what it asks", da="sig hvem et netværk har tillid til, og hvad det kræver"
    ),
    "check": Phrase("judge all that are kept, or those in files", da="bedøm alle, der er gemt, eller dem i filer"),
    "develop": Phrase(
        "an authority for development, with certificates", da="en udsteder til udvikling, med certifikater"
    ),
}
TEXTS = {
    "files": Phrase(
        "certificates, keys, revocation lists; - is standard input", da="certifikater, nøgler, spærrelister"
    ),
    "network": Phrase(f"the network it is for (else {DEFAULT_NETWORK})", da=f"netværket (ellers {DEFAULT_NETWORK})"),
    "key": Phrase("file with its key, if it is not in the same", da="fil med nøglen, hvis den ikke er i samme"),
    "party": Phrase("whose it is: a partner's location number", da="hvis det er: en partners lokationsnummer"),
    "role": Phrase("what it is for; may be repeated (else all it allows)", da="hvad det er til; kan gentages"),
    "use": Phrase("takes over from older ones on this day (else now)", da="afløser ældre fra denne dag (ellers nu)"),
    "password": Phrase("file with the key's password; - is standard input", da="fil med nøglens adgangskode"),
    "id": Phrase("the certificate's id", da="certifikatets id"),
    "anchor": Phrase("make an anchor of an authority below another", da="gør en underordnet udsteder til anker"),
    "policy": Phrase("certificates must name this policy, or one below it", da="certifikater skal nævne denne politik"),
    "any": Phrase("certificates need name no policy", da="certifikater behøver ikke nævne nogen politik"),
    "revocation": Phrase("how much revocation lists count", da="hvor meget spærrelister tæller"),
    "at": Phrase("judge as of this moment (else now)", da="bedøm for dette tidspunkt (ellers nu)"),
    "fetch": Phrase("fetch the revocation lists first", da="hent først spærrelisterne"),
    "folder": Phrase("where the authority's and the certificates' files lie", da="mappen til udsteder og certifikater"),
    "name": Phrase("what the certificates' owner is called (else samspil)", da="ejerens navn (ellers samspil)"),
    "host": Phrase("a name that its server answers to; may be repeated", da="et navn, dets server svarer på"),
}
COLUMNS = ("id", "kind", "network", "roles", "until", "subject")
DEVELOPMENT = "develop"


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    texts = {name: phrase.in_(language) for name, phrase in TEXTS.items()}
    roles = [role.value for role in CertificateRole]
    below = add_words(parser, "action", ACTIONS, language)
    for each in below.values():
        each.add_argument("--json", action="store_true", help=JSON.in_(language))
    for name in ("add", "trust", "check"):
        below[name].add_argument("files", nargs="+" if name == "add" else "*", metavar="FILE", help=texts["files"])
        below[name].add_argument("--network", metavar="NAME", default=DEFAULT_NETWORK, help=texts["network"])
    for name in ("add", "check"):
        below[name].add_argument("--role", action="append", choices=roles, help=texts["role"])
    below["add"].add_argument("--key", metavar="FILE", help=texts["key"])
    below["add"].add_argument("--party", metavar="GLN", default="", help=texts["party"])
    below["add"].add_argument("--use-from", metavar="DAY", help=texts["use"])
    below["add"].add_argument("--password-from", metavar="FILE", help=texts["password"])
    below["remove"].add_argument("id", metavar="ID", help=texts["id"])
    below["trust"].add_argument("--anchor", action="store_true", help=texts["anchor"])
    below["trust"].add_argument("--policy", action="append", metavar="OID", help=texts["policy"])
    below["trust"].add_argument("--any-policy", action="store_true", help=texts["any"])
    choices = [each.value for each in Revocation]
    below["trust"].add_argument("--revocation", choices=choices, help=texts["revocation"])
    below["check"].add_argument("--at", metavar="DAY", help=texts["at"])
    below["check"].add_argument("--fetch", action="store_true", help=texts["fetch"])
    below["develop"].add_argument("folder", metavar="DIR", type=Path, help=texts["folder"])
    below["develop"].add_argument("--name", metavar="NAME", default="samspil", help=texts["name"])
    below["develop"].add_argument(
        "--host", dest="hosts", action="append", metavar="NAME", default=[], help=texts["host"]
    )
    below["develop"].add_argument("--network", metavar="NAME", default=DEVELOPMENT, help=texts["network"])


def run(context: Context) -> int:
    """Do it on the site's database."""
    acts: dict[str, Callable[[Desk], Awaitable[int]]] = {
        "add": _add,
        "list": _list,
        "remove": _remove,
        "trust": _trust,
        "check": _check,
        "develop": _develop,
    }
    with site_database(context.settings()) as place:
        try:
            return asyncio.run(_act(context, acts[context.options.action], place.dsn))
        except Refusal as refusal:
            issue = refusal.issue
            raise Refused(
                f"{issue.message} {issue.remedy}", da=f"{issue.message.in_('da')} {issue.remedy.in_('da')}"
            ) from None


async def _act(context: Context, act: Callable[[Desk], Awaitable[int]], dsn: str) -> int:
    async with Desk.open(context, dsn) as desk:
        return await act(desk)


async def _add(desk: Desk) -> int:
    """Add one, show it, and say what speaks against it all the same."""
    asked, now = desk.options, _now()
    password = "" if asked.password_from is None else desk.secret(asked.password_from, Phrase(""))
    material = _material([*asked.files, *([asked.key] if asked.key else [])], password)
    entry = await add_certificate(
        desk.database,
        desk.key,
        by=desk.by,
        material=material,
        at=now,
        network=asked.network,
        roles=[CertificateRole(role) for role in asked.role or ()],
        party=asked.party,
        use_from=_moment(asked.use_from),
    )
    _tell(desk, [entry], await _keyring(desk), now)
    return Exit.DONE


async def _list(desk: Desk) -> int:
    """Show all; what ends soon, or does not hold, is said below."""
    _tell(desk, await list_certificates(desk.database, by=desk.by), await _keyring(desk), _now())
    return Exit.DONE


async def _remove(desk: Desk) -> int:
    await remove_certificate(desk.database, by=desk.by, certificate=desk.identifier())
    return Exit.DONE


async def _trust(desk: Desk) -> int:
    """Say whom a network believes, and show what it is then."""
    asked = desk.options
    await trust(
        desk.database,
        by=desk.by,
        at=_now(),
        network=asked.network,
        material=_material(asked.files, ""),
        anchor=asked.anchor,
        policies=[] if asked.any_policy else asked.policy,
        revocation=None if asked.revocation is None else Revocation(asked.revocation),
    )
    found = (await _keyring(desk)).trust(asked.network)
    row: dict[str, object] = {
        "network": found.network,
        "anchors": [each.subject.rfc4514_string() for each in found.anchors],
        "intermediates": [each.subject.rfc4514_string() for each in found.intermediates],
        "policies": list(found.policies),
        "revocation": found.revocation,
        "lists": len(found.lists),
    }
    desk.tell([row], ("network", "revocation", "anchors"))
    return Exit.DONE


async def _check(desk: Desk) -> int:
    """Judge what is kept, or what files hold. Exit 1 if anything does not hold."""
    asked = desk.options
    at = _moment(asked.at) or _now()
    if asked.fetch:
        await _fetch(desk, at)
    keyring = await _keyring(desk)
    if not asked.files:
        return _tell(desk, await list_certificates(desk.database, by=desk.by), keyring, at)
    material = _material(asked.files, "")
    leaf, network = material.leaf(), keyring.trust(asked.network)
    roles = [CertificateRole(role) for role in asked.role or ()] or roles_of(leaf) or tuple(CertificateRole)
    brought = [each for each in material.certificates if each != leaf]
    issues = [issue for role in roles for issue in network.judge(leaf, role=role, at=at, brought=brought)]
    row: dict[str, object] = {"id": None, "kind": "file", "network": asked.network, "party": None, "roles": list(roles)}
    return _say(desk, [(row | _facts(leaf), _once([*issues, *_soon(leaf, at)]))])


async def _develop(desk: Desk) -> int:
    """An authority in a folder, made if there is none, and new certificates of it, kept here and trusted."""
    asked, now = desk.options, _now()
    try:
        made = authority.develop(asked.folder, name=asked.name, hosts=asked.hosts, at=now)
    except OSError as problem:
        raise Misuse(
            f"{asked.folder} cannot be used: {problem.strerror}.", da=f"{asked.folder} kan ikke bruges."
        ) from None
    await trust(
        desk.database,
        by=desk.by,
        at=now,
        network=asked.network,
        material=Material((made.authority.certificate,), lists=(made.revocation_list,)),
    )
    entries = [
        await add_certificate(
            desk.database,
            desk.key,
            by=desk.by,
            material=Material((each.certificate,), each.key),
            at=now,
            network=asked.network,
            roles=[role],
        )
        for role, each in made.issued.items()
    ]
    _tell(desk, entries, await _keyring(desk), now)
    return Exit.DONE


async def _fetch(desk: Desk, at: datetime) -> None:
    """Fetch the lists; a place that gives none is told, and what is kept counts on."""
    keyrings = Keyrings(desk.database, desk.key)
    for each in await refresh_lists(desk.database, keyrings, at=at, by=desk.by, all_places=True):
        if each.problem:
            desk.context.output.note(f"{each.url}: {each.problem}")


async def _keyring(desk: Desk) -> Keyring:
    return await Keyrings(desk.database, desk.key).current()


def _tell(desk: Desk, entries: Sequence[Entry], keyring: Keyring, at: datetime) -> int:
    """Certificates of the store, with what is to be said of each. Exit 1 if one does not hold."""
    return _say(desk, [(_row(each), _judged(each, keyring, at)) for each in entries])


def _judged(entry: Entry, keyring: Keyring, at: datetime) -> list[Issue]:
    """All that is to be said of one. An authority has no role: only its dates count."""
    found = entry.certificate
    network = keyring.trust(entry.network)
    judged = [issue for role in entry.roles for issue in network.judge(found, role=role, at=at)]
    return _once([*(judged or judge_dates(found, at=at)), *_soon(found, at)])


def _soon(certificate: x509.Certificate, at: datetime) -> list[Issue]:
    issue = judge_expiry(certificate, at=at)
    return [] if issue is None else [issue]


def _once(issues: Iterable[Issue]) -> list[Issue]:
    """What several roles have in common is said once."""
    return list({(issue.code, issue.message): issue for issue in issues}.values())


def _say(desk: Desk, rows: Sequence[tuple[dict[str, object], list[Issue]]]) -> int:
    output = desk.context.output
    if output.json:
        for row, issues in rows:
            told = [
                {"code": each.code, "severity": each.severity, "message": output.say(each.message)} for each in issues
            ]
            output.line(row | {"issues": told})
    else:
        desk.tell([row for row, _ in rows], COLUMNS)
        for row, issues in rows:
            for each in issues:
                word = output.say(SEVERITIES[each.severity][0])
                output.note(f"{row['subject']}: {word}: {output.say(each.message)} {output.say(each.remedy)}")
    return Exit.REFUSED if any(each.severity.rejects for _, issues in rows for each in issues) else Exit.DONE


def _row(entry: Entry) -> dict[str, object]:
    """One certificate as it is listed; its key is not among it."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "network": entry.network,
        "party": entry.party or None,
        "roles": [role.value for role in entry.roles],
        "use_from": entry.use_from,
        **_facts(entry.certificate),
    }


def _facts(certificate: x509.Certificate) -> dict[str, object]:
    return {
        "subject": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "serial": f"{certificate.serial_number:x}",
        "sha256": fingerprint(certificate).hex(),
        "from": certificate.not_valid_before_utc,
        "until": certificate.not_valid_after_utc,
    }


def _material(files: Iterable[str], password: str) -> Material:
    """What files hold together. Errors: Refusal, Misuse."""
    found = Material()
    for file in files:
        found += read_material(read_one(file).payload, password=password)
    return found


def _moment(text: str | None) -> datetime | None:
    """A day, or a moment, of UTC where it says no other. Errors: Misuse."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Misuse(f"{text!r} is no day, such as 2026-11-24.", da=f"{text!r} er ingen dag som 2026-11-24.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _now() -> datetime:
    return datetime.now(UTC)
