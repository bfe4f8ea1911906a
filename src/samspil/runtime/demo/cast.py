"""Who takes part in the synthetic Denmark: two sites, their organisations, and people who do not exist.

The places are invented. Location numbers and SOR codes have the right form and check digits and belong to nobody. The
citizens are test persons: their numbers have serials that no living person gets, and each is called Test.
"""

from dataclasses import dataclass
from enum import StrEnum

from samspil.access.directory import OrganisationKind
from samspil.access.rights import Role


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
    name: str
    kind: OrganisationKind
    gln: str
    sor: str
    place: Place


@dataclass(frozen=True, slots=True)
class Citizen:
    """One test person."""

    number: str
    given: str
    family: str
    gender: str


@dataclass(frozen=True, slots=True)
class Login:
    """One person who may look around."""

    login: str
    name: str
    role: Role


SITES = {Place.NORTH: "Knudepunkt Nord", Place.SOUTH: "Knudepunkt Syd"}

_K = OrganisationKind
PARTIES = (
    Party("hospital", "Fjordby Sygehus", _K.HOSPITAL, "5790990000108", "9990011000016000", Place.NORTH),
    Party("pharmacy", "Havneapoteket", _K.PHARMACY, "5790990000115", "9990021000016009", Place.NORTH),
    Party("municipality", "Bakkeby Kommune", _K.MUNICIPALITY, "5790990000122", "9990031000016006", Place.SOUTH),
    Party("clinic", "Lægerne på Torvet", _K.CLINIC, "5790990000139", "9990041000016004", Place.SOUTH),
    Party("resting", "Lægehuset Lindevej", _K.CLINIC, "5790990000146", "9990051000016001", Place.CLOSED),
    Party("silent", "Skovens Privathospital", _K.HOSPITAL, "5790990000153", "9990061000016003", Place.SILENT),
    Party("gone", "Øens Fysioterapi", _K.SPECIALIST, "5790990000160", "9990071000016008", Place.GONE),
)
BY_KEY = {party.key: party for party in PARTIES}
STRANGER = "5790990000177"
"""A location number of the right form that no organisation holds."""

CITIZENS = (
    Citizen("2509479989", "Bruno", "Test Elmer", "male"),
    Citizen("1502829995", "Karla", "Test Lund", "female"),
    Citizen("0201919990", "Jens", "Test Holm", "male"),
    Citizen("2103009996", "Ida", "Test Skov", "female"),
    Citizen("2704129991", "Alma", "Test Dahl", "female"),
    Citizen("1106689994", "Ejner", "Test Krogh", "male"),
)

LOGINS = (
    Login("drift", "Dorte Drift", Role.OPERATOR),
    Login("udvikler", "Ulrik Udvikler", Role.ENGINEER),
    Login("laeser", "Lis Læser", Role.VIEWER),
)
