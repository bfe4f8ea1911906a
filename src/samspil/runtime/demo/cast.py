"""Who takes part in the synthetic Denmark: two sites, their organisations, and people who do not exist.

The places are invented; the first are those of the folder `examples`, whose letters can therefore be sent here.
Location numbers have the right form and check digit. The citizens are test persons: their numbers have serials that no
living person gets, and each is called Test.
"""

from dataclasses import dataclass
from enum import StrEnum

from samspil.access.directory import OrganisationKind
from samspil.access.rights import Role
from samspil.catalogue.codes import names
from samspil.domain import message
from samspil.domain.identifiers import Cpr
from samspil.domain.message import PersonName, Professional
from samspil.formats.fhir.compose import party


class Place(StrEnum):
    """Where an organisation's messages are kept."""

    NORTH = "nord"  # the first site
    SOUTH = "syd"  # the second
    SILENT = "silent"  # a system that takes everything and never answers
    CLOSED = "closed"  # the second site, behind a door that is shut for a while
    GONE = "gone"  # an address that nobody serves any more


@dataclass(frozen=True, slots=True)
class Party:
    """One organisation of the demonstration."""

    key: str
    kind: OrganisationKind
    place: Place
    name: str
    gln: str
    sor: str
    author: Professional
    yder: str = ""
    units: tuple[str, ...] = ()

    @property
    def glns(self) -> tuple[str, ...]:
        """Its location number, and those of its units."""
        return (self.gln, *self.units)

    @property
    def as_party(self) -> message.Party:
        """The organisation as its letters name it."""
        return party(
            self.name,
            gln=self.gln,
            sor=self.sor,
            yder=self.yder,
            producer=PRODUCERS.get(self.key, ""),
            contact=self.author if self.yder else None,
        )

    @property
    def phone(self) -> str:
        """Where its author is reached."""
        return self.author.phones[0]


@dataclass(frozen=True, slots=True)
class Login:
    """One person who may look around."""

    login: str
    name: str
    role: Role


SITES = {Place.NORTH: "Knudepunkt Nord", Place.SOUTH: "Knudepunkt Syd"}

PRODUCERS = {"municipality": "KAF"}
"""Producer codes of those that measure at home."""


def _author(given: str, family: str, role: str, phone: str) -> Professional:
    """Somebody who writes letters."""
    name = PersonName(family=family, given=(given,))
    return Professional(name=name, role=names("role")[role].in_("da"), role_code=role, phones=(phone,))


_K = OrganisationKind
PARTIES = (
    Party(
        "hospital",
        _K.HOSPITAL,
        Place.NORTH,
        "Sundby Sygehus",
        "5790000000012",
        "100000000016001",
        _author("Karen", "Test Holst", "sygeplejerske", "70100108"),
    ),
    Party(
        "pharmacy",
        _K.PHARMACY,
        Place.NORTH,
        "Havneapoteket",
        "5790990000115",
        "9990021000016009",
        _author("Aksel", "Test Bro", "farmaceut", "70100115"),
    ),
    Party(
        "municipality",
        _K.MUNICIPALITY,
        Place.SOUTH,
        "Åby Kommune",
        "5790000000029",
        "200000000016002",
        _author("Mona", "Test Vang", "sygeplejerske", "70100122"),
        units=("5790000000043",),
    ),
    Party(
        "clinic",
        _K.CLINIC,
        Place.SOUTH,
        "Lægerne på Torvet",
        "5790000000036",
        "300000000016003",
        _author("Poul", "Test Munk", "laege", "70100139"),
        yder="012345",
    ),
    Party(
        "resting",
        _K.CLINIC,
        Place.CLOSED,
        "Lægehuset Lindevej",
        "5790990000146",
        "9990051000016001",
        _author("Rikke", "Test Lind", "laege", "70100146"),
        yder="990002",
    ),
    Party(
        "silent",
        _K.HOSPITAL,
        Place.SILENT,
        "Skovens Privathospital",
        "5790990000153",
        "9990061000016003",
        _author("Svend", "Test Grøn", "overlaege", "70100153"),
    ),
    Party(
        "gone",
        _K.SPECIALIST,
        Place.GONE,
        "Øens Fysioterapi",
        "5790990000160",
        "9990071000016008",
        _author("Øjvind", "Test Strand", "fysioterapeut", "70100160"),
    ),
)
BY_KEY = {party.key: party for party in PARTIES}
STRANGER = party("Ukendt Plejecenter", gln="5790990000177", sor="9990081000016005")
"""A party of the right form that no register holds."""

CITIZENS = tuple(
    message.Person(number=Cpr(number), name=message.PersonName(family=f"Test {family}", given=(given,)))
    for number, given, family in (
        ("2509479989", "Bruno", "Elmer"),
        ("1502829995", "Karla", "Lund"),
        ("0201919990", "Jens", "Holm"),
        ("2103009996", "Ida", "Skov"),
        ("2704129991", "Alma", "Dahl"),
        ("1106689994", "Ejner", "Krogh"),
    )
)

LOGINS = (
    Login("drift", "Dorte Drift", Role.OPERATOR),
    Login("udvikler", "Ulrik Udvikler", Role.ENGINEER),
    Login("laeser", "Lis Læser", Role.VIEWER),
)
