"""`samspil schemas add|list|remove`: the XML schemas that a site has taken in, with their checksums.

They stand ready for whoever asks for them with `validate --schemas installed`; taking them in changes no verdict.
"""

from pathlib import Path

from samspil.catalogue.schema_store import KeptSet, OtherContent, SchemaSetError, SchemaStore
from samspil.domain.issues import Language, Phrase
from samspil.runtime.cli.context import Context, Exit, Misuse, Refused
from samspil.runtime.cli.parser import Parser, add_words
from samspil.runtime.cli.words import JSON

ACTIONS = {
    "add": Phrase("take schemas in", da="tag skemaer ind"),
    "list": Phrase("show and check the schemas that are kept", da="vis og kontrollér de skemaer, der er taget ind"),
    "remove": Phrase("take schemas out again", da="fjern skemaer igen"),
}
WHAT = Phrase("a folder or a zip file with XML schemas", da="en mappe eller zip-fil med XML-skemaer")
NAME = Phrase("what to call them (else as the file or folder)", da="hvad de skal hedde (ellers som filen eller mappen)")
WHICH = Phrase("the name of schemas that are kept", da="navnet på skemaer, der er taget ind")


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    below = add_words(parser, "action", ACTIONS, language)
    for each in below.values():
        each.add_argument("--json", action="store_true", help=JSON.in_(language))
    below["add"].add_argument("what", metavar="FILE|FOLDER", help=WHAT.in_(language))
    below["add"].add_argument("--name", metavar="NAME", default="", help=NAME.in_(language))
    below["remove"].add_argument("which", nargs="+", metavar="NAME", help=WHICH.in_(language))


def run(context: Context) -> int:
    """Do it in the site's home."""
    actions = {"add": _add, "list": _list, "remove": _remove}
    return actions[context.options.action](context, SchemaStore(context.settings().schemas_folder))


def _add(context: Context, store: SchemaStore) -> int:
    """Take them in. Errors: Misuse, Refused."""
    output, source = context.output, Path(context.options.what)
    if not source.exists():
        raise Misuse(f"no such file or folder: {source}", da=f"filen eller mappen findes ikke: {source}")
    try:
        kept, is_new = store.add(source, name=context.options.name)
    except OtherContent as problem:
        raise Refused(
            f"{problem}; remove it first, or give these another name",
            da="navnet er brugt til andre skemaer; fjern dem først, eller giv disse et andet navn",
        ) from None
    except SchemaSetError as problem:
        raise Refused(f"nothing added: {problem}", da=f"intet tilføjet: {problem}") from None
    except OSError as problem:
        raise Misuse(f"{source}: {problem.strerror}", da=f"{source}: {problem.strerror}") from None
    if output.json:
        output.line(_row(kept) | {"added": is_new})
        return Exit.DONE
    said = Phrase("added", da="tilføjet") if is_new else Phrase("was here already", da="var her allerede")
    count = Phrase(f"{len(kept.namespaces)} namespaces", da=f"{len(kept.namespaces)} navnerum")
    output.text(f"{kept.name}: {output.say(said)}, {output.say(count)} (sha256 {kept.sha256})")
    return Exit.DONE


def _list(context: Context, store: SchemaStore) -> int:
    """What is kept. Errors: Refused where a file is not what was added."""
    output = context.output
    try:
        rows = store.list()
    except SchemaSetError as problem:
        raise Refused(f"{problem}", da=f"skemaerne er ikke, hvad de var, da de blev tilføjet: {problem}") from None
    if output.json:
        for kept in rows:
            output.line(_row(kept))
    elif rows:
        output.table([[kept.name, str(len(kept.namespaces)), str(kept.files), kept.sha256] for kept in rows])
    else:
        output.text(output.say(Phrase("no schemas", da="ingen skemaer")))
    return Exit.DONE


def _remove(context: Context, store: SchemaStore) -> int:
    """Take each out; exit 1 if one was not there."""
    output, worst = context.output, Exit.DONE
    for name in context.options.which:
        if not store.remove(name):
            output.complain(Phrase(f"no schemas called {name} are kept", da=f"der er ingen skemaer, der hedder {name}"))
            worst = Exit.REFUSED
        elif output.json:
            output.line({"name": name, "removed": True})
        else:
            output.text(f"{name}: {output.say(Phrase('removed', da='fjernet'))}")
    return worst


def _row(kept: KeptSet) -> dict[str, object]:
    return {"name": kept.name, "sha256": kept.sha256, "files": kept.files, "namespaces": list(kept.namespaces)}
