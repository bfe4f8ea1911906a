"""`samspil admin endpoint`: where a location number is reached, on which wire, for which standards."""

from samspil.access.directory import Capability, Endpoint, Wire
from samspil.access.endpoints import add_endpoint, list_endpoints, remove_endpoint
from samspil.catalogue.standards import find_standard
from samspil.domain.issues import Language, Phrase
from samspil.runtime.cli.admin.desk import Desk
from samspil.runtime.cli.context import Misuse
from samspil.runtime.cli.parser import Parser
from samspil.transports.folder.places import places_of, prepare

COLUMNS = ("id", "gln", "wire", "url", "standards")
TEXTS = {
    "url": Phrase(
        "where messages are posted, or `file:///FOLDER`; without it they stay here",
        da="hvor der sendes til, eller `file:///MAPPE`; ellers postkasse her",
    ),
    "token": Phrase("file with the token to show there; - is standard input", da="fil med nøglen, der vises dér"),
    "ca": Phrase("file with the receiver's own authority (PEM)", da="fil med modtagerens egen udsteder (PEM)"),
    "certificate": Phrase("file with our certificate there (PEM)", da="fil med vores certifikat dér (PEM)"),
    "key": Phrase("file with that certificate's key (PEM)", da="fil med certifikatets nøgle (PEM)"),
    "standard": Phrase(
        "takes this standard, or `ID|VERSION`; may be repeated", da="tager denne standard; kan gentages"
    ),
    "button": Phrase("resend only by an operator's hand", da="gensend kun ved en operatørs hånd"),
    "open": Phrase("permit http without TLS to another machine", da="tillad http uden TLS til en anden maskine"),
}


def declare_add(parser: Parser, language: Language) -> None:
    """Arguments of `add`."""
    texts = {name: phrase.in_(language) for name, phrase in TEXTS.items()}
    parser.add_argument("gln", metavar="GLN", help=Phrase("the location number", da="lokationsnummeret").in_(language))
    parser.add_argument("--url", metavar="URL", default="", help=texts["url"])
    parser.add_argument("--token-from", metavar="FILE", help=texts["token"])
    parser.add_argument("--tls-ca", metavar="FILE", default="", help=texts["ca"])
    parser.add_argument("--tls-certificate", metavar="FILE", default="", help=texts["certificate"])
    parser.add_argument("--tls-key", metavar="FILE", default="", help=texts["key"])
    parser.add_argument("--standard", action="append", default=[], metavar="ID", help=texts["standard"])
    parser.add_argument("--resend-by-hand", action="store_true", help=texts["button"])
    parser.add_argument("--allow-open", action="store_true", help=texts["open"])


def declare_list(parser: Parser, language: Language) -> None:
    """`list` takes nothing."""


def declare_remove(parser: Parser, language: Language) -> None:
    """Arguments of `remove`."""
    parser.add_argument("id", metavar="ID", help=Phrase("the endpoint's id", da="endepunktets id").in_(language))


async def add(desk: Desk) -> None:
    """Add one, and show it."""
    asked = desk.options
    bearer = None if asked.token_from is None else desk.secret(asked.token_from, Phrase(""))
    made = await add_endpoint(
        desk.database,
        desk.key,
        by=desk.by,
        gln=asked.gln,
        wire=_wire(asked.url),
        url=asked.url,
        bearer=bearer,
        tls_ca=asked.tls_ca,
        tls_certificate=asked.tls_certificate,
        tls_key=asked.tls_key,
        resend="button" if asked.resend_by_hand else "auto",
        capabilities=[_capability(named) for named in asked.standard],
        allow_open=asked.allow_open,
    )
    if made.wire == "folder":
        _prepare_folder(desk, made)
    desk.tell([row(made)], COLUMNS)


async def list(desk: Desk) -> None:
    """Show all."""
    desk.tell([row(found) for found in await list_endpoints(desk.database, desk.key, by=desk.by)], COLUMNS)


async def remove(desk: Desk) -> None:
    """Remove one; what waits for it is set aside when its turn comes."""
    await remove_endpoint(desk.database, desk.key, by=desk.by, endpoint=desk.identifier())


def row(endpoint: Endpoint) -> dict[str, object]:
    """One endpoint as it is listed; its token is not among it."""
    return {
        "id": endpoint.id,
        "organisation": endpoint.organisation,
        "gln": endpoint.gln,
        "wire": endpoint.wire,
        "url": endpoint.url or None,
        "has_token": endpoint.bearer is not None,
        "resend": endpoint.resend,
        "active": endpoint.active,
        "standards": ["|".join(filter(None, (each.standard, each.version))) for each in endpoint.capabilities],
    }


def _wire(url: str) -> Wire:
    """What the address says."""
    if not url:
        return "mailbox"
    return "folder" if url.lower().startswith("file:") else "http"


def _prepare_folder(desk: Desk, made: Endpoint) -> None:
    """Make what the system uses; where we may not, or the folder is another machine's, say that somebody must."""
    try:
        prepare(places_of(made.url))
    except OSError:
        said = Phrase(
            "make `send` and `receive` in that folder, writable for the exchange's user",
            da="opret `send` og `receive` i den mappe, skrivbare for udvekslingens bruger",
        )
        desk.context.output.note(desk.context.output.say(said))


def _capability(named: str) -> Capability:
    name, _, version = named.partition("|")
    standard = find_standard(name)
    if standard is None:
        raise Misuse(f"no standard is called {name!r}; see `samspil standards`.", da=f"ingen standard hedder {name!r}.")
    return Capability(standard.id, version)
