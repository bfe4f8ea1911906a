"""The command line: finds the command, runs it, and turns whatever happens into an exit code.

Start reading in `main`. Each command is a module named after it with `add(parser)`, which declares its arguments,
and `run(context)`, which does it and gives an exit code. Only the command that is asked for is imported, so that
`samspil identify` pays for nothing else.

    0   all accepted, or done
    1   rejected, unreadable, unknown, not found, lost, or refused by the receiver
    2   wrong use, or no such file
    3   a database or node does not answer, or a fault of ours
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn, Protocol, cast

from samspil.domain.issues import Failure, Language, Phrase
from samspil.runtime.cli.context import Context, Exit, Misuse, Refused
from samspil.runtime.cli.output import Output

COMMANDS = {
    "up": Phrase("run a site: database, server, workers and pages", da="kør et knudepunkt: database, server og sider"),
    "identify": Phrase("tell what files are, by their content", da="sig hvad filer er, ud fra deres indhold"),
    "validate": Phrase("judge messages against their standard", da="bedøm meddelelser efter deres standard"),
    "convert": Phrase("turn a message into another format", da="omsæt en meddelelse til et andet format"),
    "send": Phrase("hand a message to a node", da="aflevér en meddelelse til et knudepunkt"),
    "trace": Phrase("follow a message on its way", da="følg en meddelelse på dens vej"),
    "route": Phrase("tell where a message would go, and as what", da="sig hvor en meddelelse ville blive sendt hen"),
    "standards": Phrase("list the standards that are known", da="vis de standarder, der kendes"),
    "bench": Phrase("measure, beside named peers", da="mål, ved siden af navngivne andre"),
    "db": Phrase("migrate, show, back up or restore the database", da="opgradér, vis, gem eller genskab databasen"),
    "admin": Phrase("organisations, endpoints, people, clients", da="organisationer, endepunkter, personer, klienter"),
    "completion": Phrase("print completion for bash or zsh or fish", da="skriv fuldførelse til bash, zsh eller fish"),
    "test": Phrase("run the test suite of a checkout", da="kør testene i en arbejdskopi"),
}

EPILOG = Phrase(
    "Exit: 0 accepted or done; 1 rejected, unknown or not found; 2 wrong use; 3 no answer from a database or node.",
    da="Slutkode: 0 accepteret eller udført; 1 afvist, ukendt eller ikke fundet; 2 forkert brug; 3 intet svar.",
)


class Command(Protocol):
    """What every command's module offers."""

    def add(self, parser: argparse.ArgumentParser, language: Language) -> None:
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
    except SystemExit as stop:  # argparse has spoken
        return stop.code if isinstance(stop.code, int) else Exit.MISUSE
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT, what a shell expects
    except BrokenPipeError:
        # The reader went away (`… | head`). Nothing more can be said; not even the interpreter's last flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.REFUSED
    except Misuse as problem:
        output.complain(problem.phrase)
        return Exit.MISUSE
    except Refused as problem:
        output.complain(problem.phrase)
        return Exit.REFUSED
    except Failure as problem:
        output.complain(_failure(problem))
        return Exit.UNREACHABLE
    except Exception as problem:  # a fault of ours: named, never a traceback; its text may hold a person's data
        if os.environ.get("SAMSPIL_LOG_LEVEL") == "debug":
            raise
        output.complain(_fault(problem))
        return Exit.UNREACHABLE
    return code


def _run(arguments: Sequence[str], output: Output) -> int:
    name = next((word for word in arguments if word in COMMANDS), None)
    command = cast("Command", import_module(f"samspil.runtime.cli.{name}")) if name else None
    parser = build_parser(output.language, {name: command} if name and command else {})
    options = parser.parse_args(arguments)
    if command is None:
        parser.print_help()
        return Exit.DONE
    return command.run(Context(options=options, output=output))


def build_parser(language: Language, commands: dict[str, Command]) -> argparse.ArgumentParser:
    """The parser, with every command's name and the arguments of those given."""
    common = common_options(language)
    parser = argparse.ArgumentParser(
        prog="samspil",
        description=Phrase(
            "Cross-sector health communication: MedCom messages received, judged, routed, delivered, acknowledged.",
            da="Tværsektoriel sundhedskommunikation: MedCom-meddelelser modtages, bedømmes, sendes og kvitteres.",
        ).in_(language),
        epilog=EPILOG.in_(language),
        parents=[common],
    )
    parser.add_argument("--version", action="store_true", help=argparse.SUPPRESS)
    choices = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, phrase in COMMANDS.items():
        text = phrase.in_(language)
        below = choices.add_parser(name, help=text, description=f"{text[:1].upper()}{text[1:]}.", parents=[common])
        if name in commands:
            commands[name].add(below, language)
    return parser


def common_options(language: Language) -> argparse.ArgumentParser:
    """Options that every command takes, before or after its name."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    home = Phrase("the site's folder (else SAMSPIL_HOME)", da="knudepunktets mappe (ellers SAMSPIL_HOME)")
    texts = Phrase("language of texts (else SAMSPIL_LANG)", da="tekstens sprog (ellers SAMSPIL_LANG)")
    common.add_argument("--home", metavar="DIR", help=home.in_(language))
    common.add_argument("--lang", choices=("da", "en"), help=texts.in_(language))
    return common


def _language(arguments: Sequence[str]) -> Language:
    """The language of this run, before anything is parsed: even a wrong use is answered in it."""
    asked = os.environ.get("SAMSPIL_LANG", "")
    for place, word in enumerate(arguments):
        if word.startswith("--lang"):
            asked = word.partition("=")[2] or "".join(arguments[place + 1 : place + 2])
    if asked in ("da", "en"):
        return cast("Language", asked)
    return "en" if "--json" in arguments else "da"


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
