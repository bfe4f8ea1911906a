"""How FHIR names the registers that identify people and organisations, old spellings included.

The first name of a kind is the one to write. Sources: dk-core identifier profiles 2.0-3.5, MedCom core 2.0-4.0,
FHIR OID registry entries used by older MedCom maps.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from samspil.domain.message import IdentifierKind


class PersonNumber(StrEnum):
    """Kinds of number that tell who a citizen is."""

    CPR = "cpr"
    ECPR = "ecpr"


CPR = "urn:oid:1.2.208.176.1.2"
GLN = "https://www.gs1.org/gln"
SOR = "urn:oid:1.2.208.176.1.1"
YDER = "urn:oid:1.2.208.176.1.4"
AUTHORISATION = "https://autregweb.sst.dk"
PRODUCER = "http://medcomfhir.dk/ig/terminology/CodeSystem/MedComProducentID"

ORGANISATIONS: Mapping[str, IdentifierKind] = MappingProxyType(
    {
        GLN: IdentifierKind.GLN,
        "http://www.gs1.org/gln": IdentifierKind.GLN,
        "urn:oid:1.3.88": IdentifierKind.GLN,
        SOR: IdentifierKind.SOR,
        YDER: IdentifierKind.YDER,
        "http://cvr.dk": IdentifierKind.CVR,
        "urn:oid:2.16.840.1.113883.2.24.1.1": IdentifierKind.CVR,
        "http://hl7.dk/fhir/core/CodeSystem/dk-core-municipality-codes": IdentifierKind.MUNICIPALITY,
    }
)

PERSONS: Mapping[str, PersonNumber] = MappingProxyType(
    {
        CPR: PersonNumber.CPR,
        "urn:oid:1.2.208.176.1.6.1.1": PersonNumber.ECPR,  # national
        "urn:oid:1.2.208.176.1.6.1.3": PersonNumber.ECPR,  # regional
        "urn:oid:1.2.208.176.1.6.1.3.177": PersonNumber.ECPR,  # Sjælland
        "urn:oid:1.2.208.176.1.6.1.3.179": PersonNumber.ECPR,  # Nordjylland
        "urn:oid:1.2.208.176.1.6.1.3.181": PersonNumber.ECPR,  # Midtjylland
        "urn:oid:1.2.208.176.1.6.1.3.183": PersonNumber.ECPR,  # Syddanmark
        "urn:oid:1.2.208.176.1.6.1.3.187": PersonNumber.ECPR,  # Hovedstaden
    }
)
