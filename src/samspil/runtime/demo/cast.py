"""Who takes part in the synthetic Denmark: two sites, their organisations, and people who do not exist.

The places are invented. Location numbers and SOR codes have the right form and check digits and belong to nobody. The
citizens are test persons: their numbers have serials that no living person gets, and each is called Test.
"""

from dataclasses import dataclass
from enum import StrEnum

from samspil.access.directory import OrganisationKind
from samspil.access.rights import Role
from samspil.formats.fhir.compose.blocks import Author, Citizen, Office


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
    office: Office
    author: Author

    @property
    def name(self) -> str:
        """What it is called."""
        return self.office.name

    @property
    def gln(self) -> str:
        """Its location number."""
        return self.office.gln


@dataclass(frozen=True, slots=True)
class Login:
    """One person who may look around."""

    login: str
    name: str
    role: Role


SITES = {Place.NORTH: "Knudepunkt Nord", Place.SOUTH: "Knudepunkt Syd"}

_K = OrganisationKind
PARTIES = (
    Party(
        "hospital",
        _K.HOSPITAL,
        Place.NORTH,
        Office(name="Fjordby Sygehus", gln="5790990000108", sor="9990011000016000"),
        Author(given="Karen", family="Test Holst", role="sygeplejerske", phone="70100108"),
    ),
    Party(
        "pharmacy",
        _K.PHARMACY,
        Place.NORTH,
        Office(name="Havneapoteket", gln="5790990000115", sor="9990021000016009"),
        Author(given="Aksel", family="Test Bro", role="farmaceut", phone="70100115"),
    ),
    Party(
        "municipality",
        _K.MUNICIPALITY,
        Place.SOUTH,
        Office(name="Bakkeby Kommune", gln="5790990000122", sor="9990031000016006"),
        Author(given="Mona", family="Test Vang", role="sygeplejerske", phone="70100122"),
    ),
    Party(
        "clinic",
        _K.CLINIC,
        Place.SOUTH,
        Office(name="Lægerne på Torvet", gln="5790990000139", sor="9990041000016004", yder="990001"),
        Author(given="Poul", family="Test Munk", role="laege", phone="70100139"),
    ),
    Party(
        "resting",
        _K.CLINIC,
        Place.CLOSED,
        Office(name="Lægehuset Lindevej", gln="5790990000146", sor="9990051000016001", yder="990002"),
        Author(given="Rikke", family="Test Lind", role="laege", phone="70100146"),
    ),
    Party(
        "silent",
        _K.HOSPITAL,
        Place.SILENT,
        Office(name="Skovens Privathospital", gln="5790990000153", sor="9990061000016003"),
        Author(given="Svend", family="Test Grøn", role="overlaege", phone="70100153"),
    ),
    Party(
        "gone",
        _K.SPECIALIST,
        Place.GONE,
        Office(name="Øens Fysioterapi", gln="5790990000160", sor="9990071000016008"),
        Author(given="Øjvind", family="Test Strand", role="fysioterapeut", phone="70100160"),
    ),
)
BY_KEY = {party.key: party for party in PARTIES}
STRANGER = Office(name="Ukendt Plejecenter", gln="5790990000177", sor="9990081000016005")
"""A party of the right form that no register holds."""

CITIZENS = tuple(
    Citizen(cpr=number, given=(given,), family=f"Test {family}")
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
