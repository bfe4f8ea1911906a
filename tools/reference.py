"""Write the generated parts of docs/reference/ anew, from the tables that the program itself runs by.

Run: `uv run tools/reference.py`. A page is written by hand but for what stands between two marks:

    <!-- generated: settings -->
    …
    <!-- end -->

tests/docs/test_reference.py fails when a part is not what this script would write.
"""

import argparse
import os
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

from samspil.catalogue.findings import entries
from samspil.runtime import cli, settings
from samspil.runtime.cli.completion import parsers_below
from samspil.runtime.metrics import Metrics
from samspil.transports.http.delivery_status import PARAMETERS as STATUS_PARAMETERS
from samspil.transports.http.messages import PARAMETERS
from samspil.transports.http.operations import OPERATIONS
from samspil.transports.http.problems import STATUS
from samspil.validation.fhirpath.functions import CHAPTERS, Function

PAGES = Path(__file__).parents[1] / "docs" / "reference"
EVERYWHERE = {"help", "home", "lang"}
PART = re.compile(r"(<!-- generated: (?P<name>[a-z -]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> None:
    """Write every page whose generated parts have changed; say which."""
    for page in sorted(PAGES.glob("*.md")):
        before = page.read_text(encoding="utf-8")
        after = fill(before)
        if after != before:
            page.write_text(after, encoding="utf-8")
            print(f"written: {page.relative_to(PAGES.parents[1])}")


def fill(page: str) -> str:
    """A page with its generated parts made anew."""
    parts = makers()
    return PART.sub(lambda found: f"{found[1]}{parts[found['name']]()}{found[3]}", page)


def makers() -> Mapping[str, Callable[[], str]]:
    """What can be generated, by the name that a page gives it."""
    commands = {f"samspil {name}": lambda name=name: command_part(name) for name in cli.COMMANDS}
    tables = {"settings": settings_part, "findings": findings_part, "commands": commands_part, "metrics": metrics_part}
    http = {"http routes": routes_part, "http search": search_part, "http statuses": statuses_part}
    http["http delivery status search"] = status_search_part
    return {**tables, **http, "fhirpath functions": fhirpath_part, **commands}


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """A markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def settings_part() -> str:
    """Every setting."""
    rows = (
        (f"`{settings.variable(name)}`", kind, f"`{default}`" if default else "", text)
        for name, kind, default, text in settings.table()
    )
    return table(("variable", "kind", "default", "what it does"), rows)


def metrics_part() -> str:
    """Every metric of ours; what the process tells of itself beside them has the usual names."""
    found = (each for each in Metrics().registry.collect() if each.name.startswith("samspil_"))
    rows = ((f"`{each.name}{'_total' * (each.type == 'counter')}`", each.type, each.documentation) for each in found)
    return table(("metric", "type", "what it tells"), rows)


def findings_part() -> str:
    """Every finding, a heading for each area."""
    areas: dict[str, list[tuple[str, ...]]] = {}
    for code, entry in sorted(entries().items()):
        row = (f"`{code}`", entry.severity, entry.layer, _example(entry.message), _example(entry.remedy))
        areas.setdefault(code.split(".")[0], []).append(row)
    head = ("code", "severity", "layer", "what is wrong", "what puts it right")
    return "\n".join(f"### {area}\n\n{table(head, iter(rows))}" for area, rows in areas.items())


def _example(phrase: str) -> str:
    """A sentence with its open places in italics."""
    return re.sub(r"{(\w+)}", r"*\1*", phrase)


def fhirpath_part() -> str:
    """Every FHIRPath function, a heading for each chapter."""
    head = ("function", "what it gives", "example")
    return "\n".join(f"### {title}\n\n{table(head, map(_function, rows))}" for title, rows in CHAPTERS.items())


def _function(row: Function) -> tuple[str, ...]:
    """A function's row: how it is called, what it gives, an example and its answer."""
    expression, answer = row.example
    return f"`{row.name}({row.signature})`", row.says, f"`{expression}` → `{answer}`"


def routes_part() -> str:
    """Every route of the HTTP edge: what it is for, the right it takes, what it leaves in the audit."""
    rows = (
        (
            f"`{operation.name}`",
            (operation.handler.__doc__ or "").partition("\n")[0],
            " or ".join(f"`{right}`" for right in operation.rights) or f"open: {operation.why_open}",
            f"`{operation.act}`" if operation.act else "",
        )
        for operation in OPERATIONS
    )
    return table(("route", "what for", "right", "act"), rows)


def search_part() -> str:
    """Every parameter of the search."""
    rows = ((f"`{name}`", expected) for name, (_, expected) in PARAMETERS.items())
    return table(("parameter", "value"), rows)


def status_search_part() -> str:
    """Every parameter of the search for delivery statuses."""
    rows = ((f"`{name}`", parameter.expected) for name, parameter in STATUS_PARAMETERS.items())
    return table(("parameter", "value"), rows)


def statuses_part() -> str:
    """Every code of the HTTP edge with its status."""
    rows = sorted((str(status), f"`{code}`", _example(entries()[code].message)) for code, status in STATUS.items())
    return table(("status", "code", "what is wrong"), iter(rows))


def commands_part() -> str:
    """Every command and what it is for."""
    rows = ((f"`samspil {name}`", str(phrase), phrase.in_("da")) for name, phrase in cli.COMMANDS.items())
    return table(("command", "English", "dansk"), rows)


def command_part(name: str) -> str:
    """One command's calls, and its arguments, each once."""
    module = import_module(f"samspil.runtime.cli.{name}")
    parser = parsers_below(cli.build_parser("en", {name: module}))[name]
    rows = dict.fromkeys(row for leaf in leaves(parser) for row in arguments(leaf))
    return f"```\n{usage(parser)}```\n\n" + table(("argument", "what it does"), iter(rows))


def leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parsers that take no further word."""
    below = parsers_below(parser)
    if not below:
        yield parser
    for each in below.values():
        yield from leaves(each)


def usage(parser: argparse.ArgumentParser) -> str:
    """A parser's usage on one line, or one for each action."""
    below = parsers_below(parser)
    if below:
        return "".join(usage(each) for each in below.values())
    words = [_usage_word(action) for action in parser._actions if action.dest not in EVERYWHERE]
    return " ".join([parser.prog, *words]) + "\n"


def _usage_word(action: argparse.Action) -> str:
    value = action.metavar if isinstance(action.metavar, str) else "|".join(map(str, action.choices or ()))
    if action.option_strings:
        word = action.option_strings[-1] if action.nargs == 0 else f"{action.option_strings[-1]} {value}"
        return word if action.required else f"[{word}]"
    return {"*": f"[{value}...]", "+": f"{value}...", "?": f"[{value}]"}.get(str(action.nargs), value)


def arguments(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    """Each argument of a command and its help."""
    for action in parser._actions:
        if action.dest not in EVERYWHERE:
            name = action.option_strings[-1] if action.option_strings else action.metavar or action.dest
            yield f"`{name}`", action.help or ""


if __name__ == "__main__":
    os.environ["SAMSPIL_LANG"] = "en"
    main()
