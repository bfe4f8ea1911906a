"""Every function an expression may call: its arguments, its meaning in a sentence, an example, and what compiles it.

The reference page is written from this table. A signature names each argument and its kind; `?` marks one that may
be left out. Kinds: `text`, `integer`, `number`, `items` (a collection, asked about the focus around the call),
`each` (an expression asked about each item), `whole` (one asked about all items together), `type`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from samspil.validation.fhirpath.library import collections, conversions, fhir, kinds, numbers, texts
from samspil.validation.fhirpath.library.calls import Builder, about_text
from samspil.validation.fhirpath.patterns.matching import compile_pattern, compile_whole_pattern

EXAMPLE: Mapping[str, object] = MappingProxyType(
    {
        "resourceType": "Patient",
        "text": {"status": "generated", "div": "<div>Ida Prøve</div>"},
        "extension": [{"url": "http://example.org/donor", "valueBoolean": True}],
        "name": [{"family": "Prøve", "given": ["Ida", "Marie"]}],
        "telecom": [{"system": "phone", "value": "12345678"}, {"system": "email", "value": "ida@example.org"}],
        "gender": "female",
        "birthDate": "1984-02-29",
        "contact": [{"name": {"family": "Prøve"}}],
        "generalPractitioner": [{"reference": "#clinic"}],
        "contained": [{"resourceType": "Organization", "id": "clinic", "name": "Lægehuset"}],
    }
)
"""The patient that the examples are asked about."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a function."""

    name: str
    kind: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Function:
    """A function's row in the table. `example` is an expression and what it gives, as an expression."""

    name: str
    signature: str
    build: Builder
    says: str
    example: tuple[str, str]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The arguments the signature names."""
        parts = (part.partition(": ") for part in self.signature.split(", ") if part)
        return tuple(Parameter(name, kind.rstrip("?"), kind.endswith("?")) for name, _, kind in parts)


_EXISTENCE = (
    Function("empty", "", collections.empty, "Is there nothing?", ("name.prefix.empty()", "true")),
    Function(
        "exists",
        "condition: each?",
        collections.exists,
        "Is there anything, or anything that keeps the condition?",
        ("telecom.exists(system = 'phone')", "true"),
    ),
    Function(
        "not", "", collections.denial, "The opposite of a truth value; nothing stays nothing.", ("true.not()", "false")
    ),
    Function(
        "all",
        "condition: each",
        collections.every,
        "Do all items keep the condition? True where there are none.",
        ("telecom.all(value.exists())", "true"),
    ),
    Function(
        "allTrue",
        "",
        collections.truths(all, True),
        "Are all of these truth values true?",
        ("(true | false).allTrue()", "false"),
    ),
    Function(
        "anyTrue", "", collections.truths(any, True), "Is any of them true?", ("(true | false).anyTrue()", "true")
    ),
    Function(
        "allFalse", "", collections.truths(all, False), "Are all of them false?", ("(true | false).allFalse()", "false")
    ),
    Function(
        "anyFalse", "", collections.truths(any, False), "Is any of them false?", ("(true | false).anyFalse()", "true")
    ),
    Function("count", "", collections.count, "How many items there are.", ("name.given.count()", "2")),
    Function(
        "distinct", "", collections.without_repeats, "Each item once.", ("(1 | 2).combine(2).distinct()", "1 | 2")
    ),
    Function(
        "isDistinct", "", collections.is_distinct, "Does no item stand twice?", ("name.given.isDistinct()", "true")
    ),
    Function(
        "subsetOf",
        "others: items",
        collections.subset_of,
        "Are all items among the others?",
        ("(1).subsetOf(1 | 2)", "true"),
    ),
    Function(
        "supersetOf",
        "others: items",
        collections.superset_of,
        "Are all others among the items?",
        ("(1).supersetOf(1 | 2)", "false"),
    ),
    Function(
        "hasValue", "", conversions.has_value, "Is this one primitive, with a value?", ("birthDate.hasValue()", "true")
    ),
    Function("getValue", "", conversions.get_value, "The value of one primitive.", ("gender.getValue()", "'female'")),
)

_CHOOSING = (
    Function(
        "where",
        "condition: each",
        collections.where,
        "The items that keep the condition.",
        ("telecom.where(system = 'phone').value", "'12345678'"),
    ),
    Function(
        "select",
        "projection: each",
        collections.select,
        "What the projection gives for each item, put together.",
        ("name.select(given.first() & ' ' & family)", "'Ida Prøve'"),
    ),
    Function(
        "repeat",
        "projection: each",
        collections.repeat,
        "What the projection gives for each item, then for those, and so on; each item once.",
        ("contact.repeat(children()).count() > 0", "true"),
    ),
    Function(
        "ofType", "type: type", kinds.of_type, "The items of a type.", ("extension.value.ofType(boolean)", "true")
    ),
    Function("is", "type: type", kinds.is_type, "Is the item of the type?", ("Patient.is(DomainResource)", "true")),
    Function("as", "type: type", kinds.of_type, "The items of a type; like ofType().", ("(1).as(Integer)", "1")),
    Function(
        "type", "", kinds.type_of, "The namespace and name of each item's type.", ("(1).type().name", "'Integer'")
    ),
    Function(
        "iif",
        "condition: whole, then: whole, otherwise: whole?",
        collections.iif,
        "One expression where the condition is true, else the other.",
        ("iif(gender = 'female', 'fru', 'hr.')", "'fru'"),
    ),
    Function(
        "aggregate",
        "gather: each, start: items?",
        collections.aggregate,
        "One result over all items: `$total` is the result so far, `$this` the item.",
        ("(1 | 2 | 3).aggregate($total + $this, 0)", "6"),
    ),
    Function(
        "trace",
        "name: text, projection: each?",
        collections.trace,
        "The same items, shown to the environment's trace under a name.",
        ("gender.trace('gender')", "'female'"),
    ),
)

_PARTS = (
    Function(
        "single", "", collections.single, "The only item; several are an error.", ("birthDate.single().count()", "1")
    ),
    Function(
        "first", "", collections.part(lambda items: items[:1]), "The first item.", ("name.given.first()", "'Ida'")
    ),
    Function(
        "last", "", collections.part(lambda items: items[-1:]), "The last item.", ("name.given.last()", "'Marie'")
    ),
    Function(
        "tail", "", collections.part(lambda items: items[1:]), "All but the first.", ("name.given.tail()", "'Marie'")
    ),
    Function(
        "skip",
        "number: integer",
        collections.part_by_number(lambda items, number: items[number:]),
        "All but the first so many.",
        ("name.given.skip(1)", "'Marie'"),
    ),
    Function(
        "take",
        "number: integer",
        collections.part_by_number(lambda items, number: items[:number]),
        "The first so many.",
        ("name.given.take(1)", "'Ida'"),
    ),
    Function(
        "union", "others: items", collections.union, "Both, each item once; like `|`.", ("(1).union(1 | 2)", "1 | 2")
    ),
    Function("combine", "others: items", collections.combine, "Both, repeats kept.", ("(1).combine(1).count()", "2")),
    Function(
        "intersect",
        "others: items",
        collections.intersect,
        "The items that are in both.",
        ("(1 | 2).intersect(2 | 3)", "2"),
    ),
    Function(
        "exclude",
        "others: items",
        collections.exclude,
        "The items that are not in the other.",
        ("(1 | 2).exclude(2)", "1"),
    ),
    Function("children", "", collections.children, "All children of the items.", ("contact.children().count()", "1")),
    Function(
        "descendants",
        "",
        collections.descendants,
        "All children, their children, and so on.",
        ("contact.descendants().count()", "2"),
    ),
)

_TEXTS = (
    Function("length", "", about_text(len), "How many characters.", ("'Prøve'.length()", "5")),
    Function(
        "startsWith",
        "beginning: text",
        about_text(str.startswith, "text", truth=True),
        "Does the text begin so?",
        ("'Prøve'.startsWith('Pr')", "true"),
    ),
    Function(
        "endsWith",
        "ending: text",
        about_text(str.endswith, "text", truth=True),
        "Does it end so?",
        ("'Prøve'.endsWith('Pr')", "false"),
    ),
    Function(
        "contains",
        "part: text",
        about_text(texts.holds, "text", truth=True),
        "Does it hold this?",
        ("'Prøve'.contains('øv')", "true"),
    ),
    Function(
        "indexOf",
        "part: text",
        about_text(texts.index_of, "text"),
        "Where a part begins, counted from 0; -1 where it is not there.",
        ("'Prøve'.indexOf('øv')", "2"),
    ),
    Function(
        "substring",
        "start: integer, length: integer?",
        about_text(texts.substring, "integer integer", text=True),
        "The text from a place on, at most so many characters.",
        ("'Prøve'.substring(1, 3)", "'røv'"),
    ),
    Function("upper", "", about_text(str.upper, text=True), "In capitals.", ("'Prøve'.upper()", "'PRØVE'")),
    Function("lower", "", about_text(str.lower, text=True), "In small letters.", ("'Prøve'.lower()", "'prøve'")),
    Function(
        "trim",
        "",
        about_text(str.strip, text=True),
        "Without white space at the ends.",
        ("' Prøve '.trim()", "'Prøve'"),
    ),
    Function(
        "replace",
        "part: text, substitution: text",
        about_text(texts.replace, "text text", text=True),
        "Every part replaced.",
        ("'1-2-3'.replace('-', '/')", "'1/2/3'"),
    ),
    Function(
        "matches",
        "pattern: text",
        texts.matching(compile_pattern),
        "Does any part of the text match the regular expression? `^` and `$` tie it to the ends.",
        ("'250947-9989'.matches('^[0-9]{6}-')", "true"),
    ),
    Function(
        "matchesFull",
        "pattern: text",
        texts.matching(compile_whole_pattern),
        "Does the whole text match?",
        ("'250947-9989'.matchesFull('[0-9]{6}')", "false"),
    ),
    Function(
        "replaceMatches",
        "pattern: text, substitution: text",
        about_text(texts.replace_matches, "text text", text=True),
        "Every match replaced; `$1` and `${name}` stand for groups.",
        ("'a1b2'.replaceMatches('[0-9]', '.')", "'a.b.'"),
    ),
    Function("toChars", "", texts.to_chars, "Each character.", ("'øl'.toChars()", "'ø' | 'l'")),
    Function(
        "split", "separator: text", texts.split, "The pieces between separators.", ("'a,b'.split(',')", "'a' | 'b'")
    ),
    Function("join", "separator: text?", texts.join, "All texts in one.", ("name.given.join(' ')", "'Ida Marie'")),
)

_NUMBERS = (
    Function("abs", "", numbers.ABS, "Without its sign.", ("(-5).abs()", "5")),
    Function("ceiling", "", numbers.CEILING, "The next integer above.", ("1.1.ceiling()", "2")),
    Function("floor", "", numbers.FLOOR, "The next integer below.", ("(-1.1).floor()", "-2")),
    Function("truncate", "", numbers.TRUNCATE, "Without its decimals.", ("(-1.9).truncate()", "-1")),
    Function(
        "round",
        "places: integer?",
        numbers.ROUND,
        "To so many decimals, halves away from zero.",
        ("2.345.round(2)", "2.35"),
    ),
    Function("sqrt", "", numbers.SQRT, "The square root.", ("81.sqrt()", "9.0")),
    Function("power", "exponent: number", numbers.POWER, "Raised to a power.", ("2.power(3)", "8")),
    Function("exp", "", numbers.EXP, "*e* raised to it.", ("0.exp()", "1.0")),
    Function("ln", "", numbers.LN, "The natural logarithm.", ("1.ln()", "0.0")),
    Function("log", "base: number", numbers.LOG, "The logarithm to a base.", ("16.log(2).round(3)", "4.0")),
)

_CONVERSIONS = (
    Function("toBoolean", "", conversions.TO_BOOLEAN, "As a truth value.", ("'yes'.toBoolean()", "true")),
    Function("toInteger", "", conversions.TO_INTEGER, "As an integer.", ("'42'.toInteger()", "42")),
    Function("toDecimal", "", conversions.TO_DECIMAL, "As a decimal.", ("'4.2'.toDecimal()", "4.2")),
    Function("toString", "", conversions.TO_STRING, "As text.", ("(1.50).toString()", "'1.50'")),
    Function("toDate", "", conversions.TO_DATE, "As a date.", ("'2024-05-31'.toDate()", "@2024-05-31")),
    Function("toDateTime", "", conversions.TO_DATETIME, "As a dateTime.", ("@2024-05-31.toDateTime()", "@2024-05-31T")),
    Function("toTime", "", conversions.TO_TIME, "As a time of day.", ("'14:30'.toTime()", "@T14:30")),
    Function(
        "toQuantity",
        "unit: text?",
        conversions.TO_QUANTITY,
        "As a quantity, in a unit if one is asked for.",
        ("'2 days'.toQuantity('h')", "48 'h'"),
    ),
    Function(
        "convertsToBoolean",
        "",
        conversions.IS_BOOLEAN,
        "Could it be a truth value?",
        ("'maybe'.convertsToBoolean()", "false"),
    ),
    Function(
        "convertsToInteger",
        "",
        conversions.IS_INTEGER,
        "Could it be an integer?",
        ("'4.2'.convertsToInteger()", "false"),
    ),
    Function(
        "convertsToDecimal", "", conversions.IS_DECIMAL, "Could it be a decimal?", ("'4.2'.convertsToDecimal()", "true")
    ),
    Function("convertsToString", "", conversions.IS_STRING, "Could it be text?", ("@2024.convertsToString()", "true")),
    Function(
        "convertsToDate", "", conversions.IS_DATE, "Could it be a date?", ("'2024-02-30'.convertsToDate()", "false")
    ),
    Function(
        "convertsToDateTime",
        "",
        conversions.IS_DATETIME,
        "Could it be a dateTime?",
        ("'2024'.convertsToDateTime()", "true"),
    ),
    Function(
        "convertsToTime", "", conversions.IS_TIME, "Could it be a time of day?", ("'25:00'.convertsToTime()", "false")
    ),
    Function(
        "convertsToQuantity",
        "unit: text?",
        conversions.IS_QUANTITY,
        "Could it be a quantity?",
        ("'4 days'.convertsToQuantity()", "true"),
    ),
)

_FHIR = (
    Function(
        "extension",
        "url: text",
        fhir.extension,
        "The extensions of one URL; primitives have them too.",
        ("extension('http://example.org/donor').value", "true"),
    ),
    Function(
        "resolve",
        "",
        fhir.resolve,
        "The resources that references, or their texts, lead to; what leads nowhere is left out.",
        ("generalPractitioner.resolve().name", "'Lægehuset'"),
    ),
    Function(
        "conformsTo",
        "profile: text",
        fhir.conforms_to,
        "Does a resource keep a profile? Nothing where the profile is unknown.",
        ("conformsTo('http://example.org/unknown').empty()", "true"),
    ),
    Function(
        "memberOf",
        "valueSet: text",
        fhir.member_of,
        "Does a value set hold this code, Coding or CodeableConcept? Nothing where it is unknown.",
        ("gender.memberOf('http://example.org/unknown').empty()", "true"),
    ),
    Function(
        "subsumes",
        "code: items",
        fhir.subsumes,
        "Does this code include the other?",
        ("gender.subsumes('x').empty()", "true"),
    ),
    Function(
        "subsumedBy",
        "code: items",
        fhir.subsumed_by,
        "Is this code included in the other?",
        ("gender.subsumedBy('x').empty()", "true"),
    ),
    Function(
        "htmlChecks",
        "",
        fhir.html_checks,
        "Is this narrative safe, and does it say something?",
        ("text.div.htmlChecks()", "{}"),
    ),
    Function("now", "", conversions.NOW, "The environment's time.", ("now()", "@2024-05-31T14:30:00.000+02:00")),
    Function("today", "", conversions.TODAY, "The environment's day.", ("today()", "@2024-05-31")),
    Function(
        "timeOfDay", "", conversions.TIME_OF_DAY, "The environment's time of day.", ("timeOfDay()", "@T14:30:00.000")
    ),
)

CHAPTERS: Mapping[str, tuple[Function, ...]] = MappingProxyType(
    {
        "Existence": _EXISTENCE,
        "Choosing and making": _CHOOSING,
        "Parts and several collections": _PARTS,
        "Texts": _TEXTS,
        "Numbers": _NUMBERS,
        "Conversions": _CONVERSIONS,
        "FHIR and the surroundings": _FHIR,
    }
)
"""The table by chapters of the reference page."""

FUNCTIONS: Mapping[str, Function] = MappingProxyType({row.name: row for rows in CHAPTERS.values() for row in rows})
"""Every function by name."""
