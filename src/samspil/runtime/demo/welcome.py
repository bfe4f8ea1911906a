"""What whoever starts the demonstration reads: where to look, how to log in, and that nobody in it exists."""

from samspil.access.rights import Role
from samspil.domain.issues import Language, Phrase
from samspil.runtime.demo.cast import LOGINS, SITES
from samspil.runtime.demo.secrets_file import DemoSecrets
from samspil.runtime.demo.stage import Doors

ROLES = {
    Role.OPERATOR: Phrase("operator", da="driftsansvarlig"),
    Role.ENGINEER: Phrase("engineer", da="integrationsudvikler"),
    Role.VIEWER: Phrase("viewer", da="læser"),
}


def write(doors: Doors, kept: DemoSecrets) -> Phrase:
    """The welcome, in both languages."""
    return Phrase(_write(doors, kept, "en"), da=_write(doors, kept, "da"))


def _write(doors: Doors, kept: DemoSecrets, language: Language) -> str:
    title = Phrase(
        "A synthetic Denmark is up. Nobody and nothing in it exists.",
        da="Et syntetisk Danmark kører. Ingen og intet i det findes.",
    )
    log_in = Phrase("log in as", da="log ind som")
    stop = Phrase("Ctrl-C stops everything; what happened is kept.", da="Ctrl-C stopper alt; det skete bliver gemt.")
    sites = [f"  {name:18} {doors.address(place)}" for place, name in SITES.items()]
    people = [
        f"  {log_in.in_(language):18} {each.login:10} {kept.passwords[each.login]:24} {ROLES[each.role].in_(language)}"
        for each in LOGINS
    ]
    return "\n".join(["", title.in_(language), "", *sites, "", *people, "", stop.in_(language)])
