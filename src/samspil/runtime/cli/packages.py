"""`samspil packages add|list|remove`: the FHIR packages that a site has taken in, with their checksums.

They stand ready for whoever asks for them with `validate --packages installed` or SAMSPIL_PACKAGES; taking one in
changes no verdict. A network is used for `NAME@VERSION` only.
"""

import asyncio
import hashlib
from pathlib import Path

from samspil.catalogue.fhir.package_files import PackageError
from samspil.catalogue.fhir.package_store import Kept, OtherContent, PackageStore, is_reference
from samspil.domain.issues import Language, Phrase, Unreachable
from samspil.runtime.cli.context import Context, Exit, Refused, Stop, Unanswered
from samspil.runtime.cli.files import read_one
from samspil.runtime.cli.parser import Parser, add_words
from samspil.runtime.cli.words import JSON

ACTIONS = {
    "add": Phrase("take packages in", da="tag pakker ind"),
    "list": Phrase("show the packages that are kept", da="vis de pakker, der er taget ind"),
    "remove": Phrase("take packages out again", da="fjern pakker igen"),
}
WHAT = Phrase(
    "an archive (.tgz), or NAME@VERSION to fetch from a registry",
    da="et arkiv (.tgz), eller NAVN@VERSION fra et register",
)
WHICH = Phrase("NAME@VERSION of a package that is kept", da="NAVN@VERSION på en pakke, der er taget ind")
REGISTRY = Phrase(
    "the registry to fetch from (else SAMSPIL_PACKAGE_REGISTRY)", da="registret (ellers SAMSPIL_PACKAGE_REGISTRY)"
)
SHA256 = Phrase(
    "refuse any archive but the one with this checksum", da="afvis ethvert andet arkiv end det med denne kontrolsum"
)
BUILT_IN = "hl7.fhir.r4.core"
"""Nobody misses it: where it is not among the packages, our own tables stand in for it."""
PROGRESS = Phrase("fetching", da="henter")


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    below = add_words(parser, "action", ACTIONS, language)
    for each in below.values():
        each.add_argument("--json", action="store_true", help=JSON.in_(language))
    below["add"].add_argument("what", nargs="+", metavar="FILE|NAME@VERSION", help=WHAT.in_(language))
    below["add"].add_argument("--registry", dest="package_registry", metavar="URL", help=REGISTRY.in_(language))
    below["add"].add_argument("--sha256", metavar="HEX", help=SHA256.in_(language))
    below["remove"].add_argument("which", nargs="+", metavar="NAME@VERSION", help=WHICH.in_(language))


def run(context: Context) -> int:
    """Do it in the site's home."""
    actions = {"add": _add, "list": _list, "remove": _remove}
    return actions[context.options.action](context, PackageStore(context.settings().packages_folder))


def _add(context: Context, store: PackageStore) -> int:
    """Take each in; one that cannot be taken does not keep the others out."""
    worst = Exit.DONE
    for word in context.output.progress(context.options.what, PROGRESS):
        try:
            archive = _archive(context, word)
            _check(archive, word, context.options.sha256)
            kept, is_new = store.add(archive, origin=word)
        except Stop as stop:
            context.output.complain(stop.phrase)
            worst = max(worst, stop.code)
        except PackageError as problem:
            context.output.complain(_refusal(word, problem))
            worst = max(worst, Exit.REFUSED)
        else:
            _tell_added(context, store, kept, is_new=is_new)
    return worst


def _archive(context: Context, word: str) -> bytes:
    """A package's bytes, from a file or else from the registry. Errors: Stop."""
    name, at, version = word.partition("@")
    if not at or not is_reference(name, version) or Path(word).exists():
        return read_one(word).payload
    return _fetched(context.settings().package_registry, name, version)


def _fetched(registry: str, name: str, version: str) -> bytes:
    from samspil.transports import packages  # noqa: PLC0415 - only who fetches waits for the network's library

    try:
        return asyncio.run(packages.fetch_package(registry, name, version))
    except packages.NoSuchPackage:
        raise Refused(
            f"the registry {registry} has no {name}@{version}", da=f"registret {registry} har ingen {name}@{version}"
        ) from None
    except packages.BadDelivery:
        raise Refused(
            f"what {registry} sent is not the {name}@{version} that it told of",
            da=f"det, {registry} sendte, er ikke den {name}@{version}, som det oplyste",
        ) from None
    except Unreachable:
        raise Unanswered(
            f"the registry {registry} does not answer as one", da=f"registret {registry} svarer ikke som et register"
        ) from None


def _check(archive: bytes, word: str, expected: str | None) -> None:
    """Is this the archive that was meant?"""
    if expected and hashlib.sha256(archive).hexdigest() != expected.lower():
        raise Refused(
            f"{word} has another checksum; nothing added", da=f"{word} har en anden kontrolsum; intet tilføjet"
        )


def _refusal(word: str, problem: PackageError) -> Phrase:
    if isinstance(problem, OtherContent):
        return Phrase(
            f"{problem}; remove it first if this one is right",
            da=f"{word} findes allerede med andet indhold; fjern den først, hvis denne er rigtig",
        )
    reason = problem.__cause__ or problem
    return Phrase(f"{problem}", da=f"{word} er ikke en FHIR-pakke, der kan læses: {reason}")


def _tell_added(context: Context, store: PackageStore, kept: Kept, *, is_new: bool) -> None:
    """Say what was added, and what it needs that is not here."""
    output = context.output
    here = store.names() | {BUILT_IN}
    missing = [f"{name}@{version}" for name, version in kept.needs if name not in here]
    if output.json:
        output.line(_row(kept) | {"added": is_new, "missing": missing})
        return
    said = Phrase("added", da="tilføjet") if is_new else Phrase("was here already", da="var her allerede")
    output.text(f"{kept}: {output.say(said)} (sha256 {kept.sha256})")
    if missing:
        names = ", ".join(missing)
        output.note(
            output.say(Phrase(f"  it needs, and is not here: {names}", da=f"  den bygger på, og her mangler: {names}"))
        )


def _list(context: Context, store: PackageStore) -> int:
    """What is kept. Errors: Refused where an archive is not what was added."""
    output = context.output
    try:
        rows = store.list()
    except PackageError as problem:
        raise Refused(f"{problem}", da=f"en pakke er ikke, hvad den var, da den blev tilføjet: {problem}") from None
    if output.json:
        for kept in rows:
            output.line(_row(kept))
    elif rows:
        output.table([[kept.name, kept.version, f"{kept.size_bytes:,} B", kept.sha256] for kept in rows])
    else:
        output.text(output.say(Phrase("no packages", da="ingen pakker")))
    return Exit.DONE


def _remove(context: Context, store: PackageStore) -> int:
    """Take each out; exit 1 if one was not there."""
    output, worst = context.output, Exit.DONE
    for word in context.options.which:
        name, _, version = word.partition("@")
        if not store.remove(name, version):
            output.complain(Phrase(f"no package {word} is kept", da=f"der er ingen pakke {word}"))
            worst = Exit.REFUSED
        elif output.json:
            output.line({"name": name, "version": version, "removed": True})
        else:
            output.text(f"{word}: {output.say(Phrase('removed', da='fjernet'))}")
    return worst


def _row(kept: Kept) -> dict[str, object]:
    return {"name": kept.name, "version": kept.version, "sha256": kept.sha256, "size_bytes": kept.size_bytes}
