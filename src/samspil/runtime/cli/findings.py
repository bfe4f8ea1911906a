"""Findings as a person reads them: severity, code and place, the bytes in question with a mark, and the remedy.

Only for the one who sent the message or tests it: an excerpt may show a person's data. Logs never get one.
"""

from samspil.domain.issues import Issue, Language, Location, Phrase, Report, Severity
from samspil.runtime.cli.output import Output
from samspil.ui.source import excerpt

OURS = "samspil#"
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
    shown = excerpt(payload, issue.where)
    if shown is not None:
        lines += [f"      {shown.before}{shown.marked}{shown.after}", f"      {output.styled(shown.caret, colour)}"]
    lines.append(f"    {output.styled('→', 'dim')} {output.say(issue.remedy)}")
    published = "" if issue.rule.startswith(OURS) else issue.rule
    if published or issue.source:
        lines.append(output.styled(f"      {', '.join(filter(None, (published, issue.source)))}", "dim"))
    return "\n".join(lines)


def _place(where: Location, language: Language) -> str:
    line = "" if where.line is None else Phrase(f"line {where.line}", da=f"linje {where.line}").in_(language)
    column = "" if where.column is None else Phrase(f"column {where.column}", da=f"tegn {where.column}").in_(language)
    return ", ".join(filter(None, (where.path, line, column)))
