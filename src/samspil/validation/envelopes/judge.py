"""The judge of envelopes: an ehmiSBDH, a VANS envelope or an ebBP signal, each by its own rules.

The level is the *open profile*: any kind of message known here may travel. The closed lists of the published schema
are another question, answered in `published`.
"""

from collections.abc import Iterator

from samspil.catalogue.findings import finding
from samspil.domain.issues import Issue
from samspil.formats.envelopes.markup import Markup
from samspil.formats.envelopes.moments import read_moment
from samspil.formats.envelopes.reader import Opened
from samspil.formats.envelopes.sbdh import Sbdh
from samspil.formats.envelopes.signal import Signal
from samspil.formats.envelopes.vans import VansEnvelope
from samspil.formats.part import Part
from samspil.validation.envelopes.contents import judge_contents
from samspil.validation.envelopes.sbdh import judge_header
from samspil.validation.envelopes.vans import judge_vans


def judge(part: Part, rules: object) -> Iterator[Issue]:
    """The findings on an envelope's part."""
    opened = part.tree
    if not isinstance(opened, Opened):
        return
    match opened.envelope:
        case Sbdh():
            yield from judge_header(opened.envelope, opened.markup)
            yield from judge_contents(opened.envelope, opened.markup, opened.parts)
        case VansEnvelope():
            yield from judge_vans(opened.envelope, opened.markup, opened.parts)
        case Signal():
            yield from judge_signal(opened.envelope, opened.markup)


def judge_signal(signal: Signal, markup: Markup) -> Iterator[Issue]:
    """A signal names what it answers, and says when it was made."""
    if not signal.original_id:
        yield finding("envelope.signal.original", markup.where("OriginalMessageIdentifier"))
    if read_moment(signal.made_at) is None:
        yield finding("envelope.signal.moment", markup.where("ThisMessageDateTime"))
