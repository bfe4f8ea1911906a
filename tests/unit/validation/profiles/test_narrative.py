"""Narratives: what may be shown, what must not, and why one is turned away."""

import re
import time

import pytest

from samspil.validation.profiles.narrative import ELEMENTS, judge_narrative

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def spelt(text: str) -> str:
    """The narrative with its namespace, which the tables below leave out."""
    return text if XHTML in text else re.sub("<div(?=[ />])", f"<div {XHTML}", text, count=1)


GOOD = [
    f"<div {XHTML}><p>Hej</p></div>",
    "<div>a<br/>b<hr /></div>",
    '<div><a href="https://example.org/x?a=1&amp;b=2" title="æ">x</a></div>',
    '<div><table style="border: 1px solid"><tbody><tr><td colspan="2">x</td></tr></tbody></table></div>',
    '<div><img src="#pic" alt="x"/></div>',
    '<div><img src="data:image/png;base64,AAAA"/></div>',
    "<div>&nbsp;&aelig; &#230; &lt;tag&gt;</div>",
    "<div>1 > 0</div>",
    "<div><!-- remark -->x</div>",
    '<div xml:lang="da" lang="da">x</div>',
    "\n <div>x</div>\n",
]
UNSAFE = [
    "<div><script>x</script></div>",
    "<div><SCRIPT>x</SCRIPT></div>",
    '<div><p onclick="x()">a</p></div>',
    "<div><p onmouseover='x'>a</p></div>",
    '<div><iframe src="x">a</iframe></div>',
    "<div><form>a</form></div>",
    '<div><link href="x"/>a</div>',
    '<div><svg><a xlink:href="x">a</a></svg></div>',
    '<div><a href="javascript:x">a</a></div>',
    '<div><a href=" JavaScript:x">a</a></div>',
    '<div><a href="data:text/html,x">a</a></div>',
    "<div><style>p{}</style>a</div>",
    "<divx>a</divx>",
]
MALFORMED = [
    "text",
    "<p>x</p>",
    "<div>a<b>c</div>",
    "<div>a</b></div>",
    "<div>a<b><i>x</b></i></div>",
    "<div>a</div><div>b</div>",
    "<div>a & b</div>",
    "<div>&unheard;</div>",
    "<div><p class=x>a</p></div>",
    "<div>a]]>b</div>",
    "<div>a\x01</div>",
    "<div",
    '<!DOCTYPE x [<!ENTITY a "b">]><div>&a;</div>',
    "<div>x</div>y",
]
EMPTY = ["<div></div>", "<div/>", "<div> <p>\n</p> </div>", "<div><br/></div>"]


@pytest.mark.parametrize("text", GOOD)
def test_good_narratives_pass(text: str) -> None:
    """Formatted text, tables, links and pictures of one's own are what a narrative is for."""
    assert judge_narrative(spelt(text)) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, "fhir.narrative.unsafe") for text in UNSAFE),
        *((text, "fhir.narrative.malformed") for text in MALFORMED),
        *((text, "fhir.narrative.empty") for text in EMPTY),
        ('<div><img src="https://example.org/x.png"/></div>', "fhir.narrative.external"),
        ('<div><img src="//example.org/x.png"/></div>', "fhir.narrative.external"),
        ('<div><p style="background: url(http://x)">a</p></div>', "fhir.narrative.external"),
    ],
)
def test_a_bad_narrative_is_told_why(text: str, code: str) -> None:
    """Each fault has its own code."""
    faults = judge_narrative(spelt(text))
    assert faults is not None and [fault.code for fault in faults] == [code]


def test_every_allowed_element_is_allowed() -> None:
    """The list of elements is what the reading goes by, the quick one and the thorough one."""
    for name in sorted(ELEMENTS - {"br", "hr", "img", "col"}):
        assert judge_narrative(spelt(f"<div><{name}>x</{name}></div>")) is None, name
        assert judge_narrative(spelt(f"<div><{name}>x > y</{name}></div>")) is None, name


@pytest.mark.parametrize(
    "text", ["<div>x</div>", '<div xmlns="http://hl7.org/fhir">x</div>', f'<div class="a"><p {XHTML}>x</p></div>']
)
def test_a_narrative_says_that_it_is_xhtml(text: str) -> None:
    """Without its namespace a `div` is no XHTML; the outermost one must name it, in either kind of quotes."""
    faults = judge_narrative(text)
    assert faults is not None and [fault.code for fault in faults] == ["fhir.narrative.namespace"]
    assert judge_narrative(f"<div\n lang='da' {XHTML.replace(chr(34), chr(39))}>x > y</div>") is None


@pytest.mark.parametrize("piece", ["<p", "<p>", "</p>", "<p x='", "&", "&a", "<!--", '<p a="b" ', "> <", "x" * 10])
def test_no_narrative_takes_long(piece: str) -> None:
    """A million characters of any nonsense are judged in a moment."""
    text = f"<div>{piece * (1_000_000 // len(piece))}</div>"
    begun = time.process_time()
    judge_narrative(spelt(text))
    assert time.process_time() - begun < 1


def test_tags_are_not_remembered_without_end() -> None:
    """Senders can make up any number of good tags."""
    from samspil.validation.profiles import narrative

    for number in range(10_000):
        judge_narrative(spelt(f'<div><p id="{number}">x</p></div>'))
    assert len(narrative._memory.tags) <= narrative.MOST_TAGS_KEPT + 200  # pyright: ignore[reportPrivateUsage] - the bound
    assert judge_narrative(spelt("<div><p>x</p></div>")) is None
