"""Findings as a person reads them: severity, code and place, the bytes in question with a mark, and the remedy.

Only for the one who sent the message or tests it: an excerpt may show a person's data. Logs never get one.
"""

from samspil.domain.issues import Issue, Language, Location, Phrase, Report, Severity
from samspil.runtime.cli.output import Output

WIDTH = 96
"""Most characters of a line that an excerpt shows."""

SEVERITIES = {
    Severity.FATAL: (Phrase("fatal", da="fatal"), "red"),
    Severity.ERROR: (Phrase("error", da="fejl"), "red"),
    Severity.WARNING: (Phrase("warning", da="advarsel"), "yellow"),
    Severity.NOTE: (Phrase("note", da="note"), "blue"),
}


def count(report: Report, language: Language) -> str:
    """How many findings, in words."""
    number = len(report.issues)
    if number == 0:
        return Phrase("no findings", da="ingen fund").in_(language)
    return Phrase(f"{number} finding{'s'[: number > 1]}", da=f"{number} fund").in_(language)


def finding_text(issue: Issue, payload: bytes, output: Output) -> str:
    """One finding as a few indented lines."""
    word, colour = SEVERITIES[issue.severity]
    head = f"{output.styled(output.say(word), 'bold', colour)} {output.styled(issue.code, 'bold')}"
    lines = [f"  {head}  {_place(issue.where, output.language)}".rstrip(), f"    {output.say(issue.message)}"]
    lines += [f"      {line}" for line in excerpt(payload, issue.where)]
    lines.append(f"    {output.styled('→', 'dim')} {output.say(issue.remedy)}")
    if issue.source:
        lines.append(output.styled(f"      {issue.source}", "dim"))
    return "\n".join(lines)


def excerpt(payload: bytes, where: Location) -> list[str]:
    """The line of the payload that the place begins on, cut to a readable width, and a mark under the place."""
    if where.start is None or where.end is None or where.start >= len(payload):
        return []
    first = max(payload.rfind(b"\n", 0, where.start) + 1, where.start - WIDTH // 2)
    last = payload.find(b"\n", where.start)
    last = min(len(payload) if last < 0 else last, first + WIDTH)
    before = _readable(payload[first : where.start])
    marked = _readable(payload[where.start : min(where.end, last)])
    after = _readable(payload[min(where.end, last) : last])
    return [f"{before}{marked}{after}", f"{' ' * len(before)}{'^' * max(1, len(marked))}"]


def _readable(raw: bytes) -> str:
    """Bytes as text of one column a character."""
    text = raw.decode("utf-8", "replace") if b"\xc3" in raw or raw.isascii() else raw.decode("latin-1")
    return "".join(character if character.isprintable() else "·" for character in text)


def _place(where: Location, language: Language) -> str:
    line = "" if where.line is None else Phrase(f"line {where.line}", da=f"linje {where.line}").in_(language)
    column = "" if where.column is None else Phrase(f"column {where.column}", da=f"tegn {where.column}").in_(language)
    return ", ".join(filter(None, (where.path, line, column)))
