"""The command line: finds the command, runs it, and turns whatever happens into an exit code.

Start reading in `main`. Each command is a module named after it with `add(parser)`, which declares its arguments,
and `run(context)`, which does it and gives an exit code. Only the command that is asked for is imported, so that
`samspil identify` pays for nothing else.

    0   all accepted, or done
    1   rejected, unreadable, unknown, not found, lost, or refused by the receiver
    2   wrong use, or no such file
    3   a database or node does not answer, or a fault of ours
"""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NoReturn, Protocol, cast

from samspil.domain.issues import Failure, Language, Phrase
from samspil.runtime.cli.context import Context, Exit, Stop
from samspil.runtime.cli.output import Output
from samspil.runtime.cli.parser import Parser, Version, common_options

COMMANDS = {
    "up": Phrase("run a site: database, server, workers and pages", da="kør et knudepunkt: database, server og sider"),
    "identify": Phrase("tell what files are, by their content", da="sig hvad filer er, ud fra deres indhold"),
    "validate": Phrase("judge messages against their standard", da="bedøm meddelelser efter deres standard"),
    "convert": Phrase("turn a message into another format", da="omsæt en meddelelse til et andet format"),
    "send": Phrase("hand a message to a node", da="aflevér en meddelelse til et knudepunkt"),
    "trace": Phrase("follow a message on its way", da="følg en meddelelse på dens vej"),
    "route": Phrase("tell where a message would go, and as what", da="sig hvor en meddelelse ville blive sendt hen"),
    "standards": Phrase("list the standards that are known", da="vis de standarder, der kendes"),
    "packages": Phrase("keep official FHIR packages to judge by", da="opbevar officielle FHIR-pakker at bedømme efter"),
    "schemas": Phrase("keep XML schemas to judge OIOXML by", da="opbevar XML-skemaer at bedømme OIOXML efter"),
    "bench": Phrase("measure, beside named peers", da="mål, ved siden af navngivne andre"),
    "db": Phrase("migrate, show, back up or restore the database", da="opgradér, vis, gem eller genskab databasen"),
    "admin": Phrase("organisations, endpoints, people, clients", da="organisationer, endepunkter, personer, klienter"),
    "certs": Phrase("keys, certificates and whom a network trusts", da="nøgler, certifikater og tillid"),
    "completion": Phrase("print completion for bash or zsh or fish", da="skriv fuldførelse til bash, zsh eller fish"),
    "test": Phrase("run the test suite of a checkout", da="kør testene i en arbejdskopi"),
}

DESCRIPTION = Phrase(
    "Cross-sector health communication: MedCom messages received, judged, routed, delivered, acknowledged.",
    da="Tværsektoriel sundhedskommunikation: MedCom-meddelelser modtages, bedømmes, sendes og kvitteres.",
)
VERSION = Phrase("show the version", da="vis versionen")
EPILOG = Phrase(
    "Exit: 0 accepted or done; 1 rejected, unknown or not found; 2 wrong use; 3 no answer from a database or node.",
    da="Slutkode: 0 accepteret eller udført; 1 afvist, ukendt eller ikke fundet; 2 forkert brug; 3 intet svar.",
)


class Command(Protocol):
    """What every command's module offers."""

    def add(self, parser: Parser, language: Language) -> None:
        """Declare the command's arguments."""
        ...

    def run(self, context: Context) -> int:
        """Do it; give the exit code."""
        ...


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and end the process. The entry of the `samspil` script."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run one command; give its exit code. Every exception ends here, as one sentence on stderr."""
    output = Output(language=_language(arguments), json="--json" in arguments)
    try:
        code = _run(arguments, output)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away (`… | head`). Nothing more can be said; not even the interpreter's last flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.REFUSED
    except Stop as stop:
        output.complain(stop.phrase)
        return stop.code
    except KeyboardInterrupt:
        return 128 + signal.SIGINT  # what a shell expects
    except Exception as problem:  # never a traceback, and never the exception's text: it may quote a message
        if os.environ.get("SAMSPIL_LOG_LEVEL") == "debug":
            raise
        output.complain(_failure(problem) if isinstance(problem, Failure) else _fault(problem))
        return Exit.UNREACHABLE
    return code


def _run(arguments: Sequence[str], output: Output) -> int:
    place = _command_place(arguments)
    name = arguments[place] if place is not None else ""
    module = import_module(f"samspil.runtime.cli.{name}") if name in COMMANDS else None
    command = cast("Command | None", module)
    parser = build_parser(output.language, {name: command} if command else {})
    if command is None:
        parser.parse_args(arguments)  # ends the process with what is wrong, or with help or the version
        parser.print_help()
        return Exit.DONE
    if place is not None and getattr(module, "HANDS_ON", False):
        options = parser.parse_args(arguments[: place + 1])
        options.arguments = list(arguments[place + 1 :])
    else:
        options = parser.parse_args(arguments)
    return command.run(Context(options=options, output=output))


def _command_place(arguments: Sequence[str]) -> int | None:
    """Where the command's name stands: the first word that is neither an option nor an option's value."""
    for place, word in enumerate(arguments):
        if not word.startswith("-") and (place == 0 or arguments[place - 1] not in ("--home", "--lang")):
            return place
    return None


def _language(arguments: Sequence[str]) -> Language:
    """The language of this run, before anything is parsed: even a wrong use is answered in it."""
    asked = os.environ.get("SAMSPIL_LANG", "")
    for place, word in enumerate(arguments):
        if word.startswith("--lang"):
            asked = word.partition("=")[2] or "".join(arguments[place + 1 : place + 2])
    if asked in ("da", "en"):
        return asked
    return "en" if "--json" in arguments else "da"


def build_parser(language: Language, commands: Mapping[str, Any]) -> Parser:
    """The parser, with every command's name and the arguments of those given."""
    common = common_options(language)
    parser = Parser(
        language=language,
        prog="samspil",
        description=DESCRIPTION.in_(language),
        epilog=EPILOG.in_(language),
        parents=[common],
    )
    parser.add_argument("--version", action=Version, nargs=0, help=VERSION.in_(language))
    choices = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, phrase in COMMANDS.items():
        text = phrase.in_(language)
        title = f"{text[:1].upper()}{text[1:]}."
        below = choices.add_parser(name, help=text, description=title, parents=[common], language=language)
        if name in commands:
            commands[name].add(below, language)
    return parser


def _failure(problem: Failure) -> Phrase:
    texts = {
        "database.unreachable": Phrase("the database does not answer.", da="databasen svarer ikke."),
        "node.unreachable": Phrase("the node does not answer.", da="knudepunktet svarer ikke."),
    }
    return texts.get(problem.code, Phrase(str(problem)))


def _fault(problem: Exception) -> Phrase:
    """Name our mistake by its kind and place, which hold nobody's data."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "?"
    name = type(problem).__name__
    return Phrase(
        f"a fault of ours: {name} at {place}. SAMSPIL_LOG_LEVEL=debug shows more; please report it.",
        da=f"en fejl hos os: {name} i {place}. SAMSPIL_LOG_LEVEL=debug viser mere; meld den gerne.",
    )
