"""`samspil admin organisation|endpoint|person|client add|list|remove`: who takes part in a site. Some take more words.

Whoever may run this on the home's own machine may do everything; each act is audited under their user name. A site
that runs learns of a change within a second. A secret is never an argument, where `ps` would show it.
"""

import asyncio
from collections.abc import Awaitable, Callable

from samspil.access.refusals import Refusal
from samspil.domain.issues import Language, Phrase
from samspil.runtime.cli.admin import client, endpoint, organisation, person
from samspil.runtime.cli.admin.desk import Desk
from samspil.runtime.cli.context import Context, Exit, Refused
from samspil.runtime.cli.parser import Parser, add_words
from samspil.runtime.cli.words import JSON
from samspil.runtime.database import site_database

NOUNS = {
    "organisation": (organisation, Phrase("parties with their location numbers", da="parter med lokationsnumre")),
    "endpoint": (endpoint, Phrase("where a location number is reached", da="hvor et lokationsnummer nås")),
    "person": (person, Phrase("people who log in", da="personer, der logger ind")),
    "client": (client, Phrase("programs with a token or certificate", da="programmer med nøgle eller certifikat")),
}
ACTIONS = {
    "add": Phrase("add one", da="tilføj"),
    "list": Phrase("list all", da="vis alle"),
    "remove": Phrase("remove one; what it did stays on record", da="fjern; hvad der er gjort, står fast"),
}


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    phrases = {name: phrase for name, (_, phrase) in NOUNS.items()}
    for name, noun in add_words(parser, "noun", phrases, language, metavar="WHAT").items():
        actions = ACTIONS | getattr(NOUNS[name][0], "MORE_ACTIONS", {})
        for action, below in add_words(noun, "action", actions, language).items():
            below.add_argument("--json", action="store_true", help=JSON.in_(language))
            getattr(NOUNS[name][0], f"declare_{action}")(below, language)


def run(context: Context) -> int:
    """Do it on the site's database."""
    settings = context.settings()
    module, _ = NOUNS[context.options.noun]
    act = getattr(module, context.options.action)
    with site_database(settings) as place:
        try:
            asyncio.run(_act(context, act, place.dsn))
        except Refusal as refusal:
            issue = refusal.issue
            raise Refused(
                f"{issue.message} {issue.remedy}", da=f"{issue.message.in_('da')} {issue.remedy.in_('da')}"
            ) from None
    return Exit.DONE


async def _act(context: Context, act: Callable[[Desk], Awaitable[None]], dsn: str) -> None:
    async with Desk.open(context, dsn) as desk:
        await act(desk)
