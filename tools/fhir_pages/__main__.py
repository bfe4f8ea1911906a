"""Write `docs/reference/fhir/`: a page for every profile and every rule, and the way to them.

python -m tools.fhir_pages [--check]
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from samspil.catalogue.findings import entries
from samspil.catalogue.standards import by_profile
from tools.fhir_pages.markdown import WRITTEN, example, link, table
from tools.fhir_pages.profile_page import ProfilePages
from tools.fhir_pages.reach import Reach
from tools.fhir_pages.rule_page import RulePages, written_rules

FOLDER: Final = Path(__file__).parents[2] / "docs" / "reference" / "fhir"
ABOUT: Final = """# FHIR profiles and rules

What samspil judges a FHIR message or document by: R4 itself, and beside it these profiles and rules. The pages are
written from the tables that the judge reads.

An element is listed if a profile says more of it than R4 does; "stated by" names the profile that says so, if it is
another. `S` marks what a receiver must support, which no message can show; `T` what must also stand in the resource's
own text: words that are missing there are warned of (`samspil#fhir.narrative.incomplete`).
A finding names its rule as `<profile>#<element or rule>`, a rule of our own as `samspil#<finding>`.

"""


def pages() -> Mapping[str, str]:
    """Every page by its file name below the folder."""
    reach = Reach()
    profiles, rules = ProfilePages(reach).write(), RulePages(reach).write()
    return {"README.md": _index(reach, rules), **profiles, **rules}


def _index(reach: Reach, rules: Mapping[str, str]) -> str:
    standards = (
        (standard.id, reach.versions[standard.id], link(root.id, f"profiles/{root.id}.md"), str(standard.flow))
        for standard in by_profile().values()
        for root in [reach.roots[standard.id]]
    )
    profiles = (
        (link(name, f"profiles/{name}.md"), rows[0].type, ", ".join(row.version for row in rows))
        for name, rows in reach.pages().items()
    )
    written = ((link(name, f"rules/{name}.md"), example(str(entries()[name].message))) for name in written_rules())
    known = {code.removeprefix("fhir.invariant."): entry for code, entry in entries().items()}
    own = {f"rules/{name}.md" for name in written_rules()}
    stems = sorted(file.removeprefix("rules/").removesuffix(".md") for file in rules if file not in own)
    named = (
        (link(stem, f"rules/{stem}.md"), example(str(known[stem].message)) if stem in known else "") for stem in stems
    )
    return (
        "".join(
            (
                WRITTEN,
                ABOUT,
                "## Standards\n\n",
                table(("standard", "version", "profile", "what for"), standards),
                "## Profiles\n\n",
                table(("profile", "of", "versions"), profiles),
                "## Written rules\n\nRules that the standards state in words and no profile computes.\n\n",
                table(("rule", "what is wrong when it is broken"), written),
                "## Invariants\n\nRules that the profiles name themselves.\n\n",
                table(("rule", "what is wrong when it is broken"), named),
            )
        ).rstrip("\n")
        + "\n"
    )


def main() -> None:
    """Write the pages, or tell which are not current."""
    parser = argparse.ArgumentParser(prog="python -m tools.fhir_pages")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    stale = sorted(stale_pages())
    if check:
        sys.exit(f"not current: {', '.join(stale)}" if stale else 0)
    wanted = pages()
    for name in stale:
        file = FOLDER / name
        if name not in wanted:
            file.unlink()
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(wanted[name], encoding="utf-8")
    print(f"{len(stale)} of {len(wanted)} pages written anew")


def stale_pages() -> set[str]:
    """Pages that are not what the tables say, those too many and those not written yet among them."""
    wanted = pages()
    there = {str(file.relative_to(FOLDER)): file.read_text(encoding="utf-8") for file in FOLDER.rglob("*.md")}
    return {name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name)}


if __name__ == "__main__":
    main()
