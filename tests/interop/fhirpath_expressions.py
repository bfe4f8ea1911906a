"""Expressions to ask everybody: a list that walks through the language, and endless others from a small grammar."""

import random
from typing import Any

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "ida",
    "active": True,
    "text": {"status": "generated", "div": "<div>Ida Prøve</div>"},
    "contained": [{"resourceType": "Organization", "id": "clinic", "name": "Lægehuset"}],
    "extension": [
        {
            "url": "http://example.org/weight",
            "valueQuantity": {"value": 4.0, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
        }
    ],
    "name": [
        {"use": "official", "family": "Prøve", "given": ["Ida", "Marie"]},
        {"use": "usual", "given": ["Idamus"]},
    ],
    "telecom": [
        {"system": "phone", "value": "12345678", "use": "work", "rank": 1},
        {"system": "phone", "value": "87654321", "use": "home", "rank": 2},
    ],
    "gender": "female",
    "birthDate": "1984-02-29",
    "_birthDate": {"extension": [{"url": "http://example.org/time", "valueDateTime": "1984-02-29T14:35:45+01:00"}]},
    "deceasedBoolean": False,
    "address": [{"line": ["Prøvevej 1", "2. th."]}],
    "contact": [
        {
            "relationship": [{"coding": [{"system": "http://example.org/kin", "code": "N"}]}],
            "name": {"family": "Prøve"},
            "telecom": [{"system": "phone", "value": "11223344"}],
        },
        {"extension": [{"url": "http://example.org/unknown", "valueCode": "unknown"}]},
    ],
    "managingOrganization": {"reference": "#clinic"},
    "generalPractitioner": [{"reference": "Practitioner/9"}],
}

LANGUAGE = r"""
'abc'.indexOf('') ;; 'abc'.indexOf('c') ;; ''.length() ;; 'abc'.substring(-1) ;; 'abc'.substring(0, -1)
'abc'.substring(3) ;; 'abc'.substring(1, 10) ;; {}.substring(1) ;; 'abc'.startsWith('') ;; 'abc'.contains('')
'abc'.contains({}) ;; 'abc'.replace('', 'x') ;; 'abc'.toChars() ;; ''.toChars() ;; 'abc'.matches('')
'abc'.matches({}) ;; 'a\nb'.matches('a.b') ;; 'abc'.matches('b') ;; 'abc'.matches('^b') ;; 'abc'.endsWith('c')
'abc'.replaceMatches('(b)', '[$1]') ;; 'abc'.replaceMatches('b', '') ;; 'abc'.upper() ;; 'ÆØÅ'.lower()
'a,b'.split(',') ;; ('a' | 'b').join(',') ;; ' a '.trim() ;; '\u00e6' ;; 'a\'b' ;; 'a\\b'
'1'.toInteger() ;; '+1'.toInteger() ;; '-1'.toInteger() ;; '1.0'.toInteger() ;; ' 1'.toInteger()
1.0.toInteger() ;; 1.9.toInteger() ;; true.toInteger() ;; 'true'.toBoolean() ;; 'T'.toBoolean() ;; 'Y'.toBoolean()
'on'.toBoolean() ;; 1.toBoolean() ;; 2.toBoolean() ;; 1.0.toBoolean() ;; '1.0'.toBoolean() ;; 0.toBoolean()
'1.10'.toDecimal() ;; '1'.toDecimal() ;; '1.'.toDecimal() ;; '.1'.toDecimal() ;; true.toDecimal()
1.toString() ;; true.toString() ;; @2020-01.toString() ;; @T10:30.toString() ;; (4 days).toString()
'2020-01-01'.toDate() ;; '2020-01-01T10:00:00Z'.toDate() ;; @2020-01-01T10:00:00Z.toDate()
'2020-01-01T10:00:00Z'.toDateTime() ;; '2020'.toDateTime() ;; '10:30'.toTime() ;; 'T10:30'.toTime()
'25:00'.toTime() ;; '1 day'.toQuantity() ;; '1 days'.toQuantity() ;; '1 \'mg\''.toQuantity() ;; 1.toQuantity()
1.5.toQuantity() ;; '1'.toQuantity() ;; 'mg'.toQuantity() ;; true.toQuantity() ;; '1'.convertsToInteger()
'a'.convertsToInteger() ;; {}.convertsToInteger() ;; 1.convertsToString() ;; '2020-13'.convertsToDate()
'1 day'.convertsToQuantity() ;; 1 = 1.0 ;; 1 ~ 1.0 ;; 1.1 ~ 1 ;; 0.1 + 0.2 = 0.3 ;; 1/3 ;; 10/2 ;; 10 div 3
-10 div 3 ;; 10 mod 3 ;; -10 mod 3 ;; 5.5 div 0.7 ;; 5.5 mod 0.7 ;; 1/0 ;; 1 div 0 ;; 1 mod 0 ;; 2147483647 + 1
2.power(10) ;; 2.power(-1) ;; 2.power(0.5) ;; (-1).power(0.5) ;; (-1).sqrt() ;; 81.sqrt() ;; 2.5.round()
2.345.round(2) ;; (-2.5).round(0) ;; 1.round(0) ;; 10.log(10) ;; 16.log(2) ;; 1.ln() ;; 0.ln() ;; 0.exp()
(-5).abs() ;; (-5.5).abs() ;; (-5 'mg').abs() ;; 1.5.ceiling() ;; (-1.5).ceiling() ;; (-1.5).floor()
(-1.5).truncate() ;; -5.abs() ;; 1 + 2 * 3 ;; (1 + 2) * 3 ;; 'a' + 'b' ;; 'a' + {} ;; 'a' & {} ;; {} & {} ;; 1 + {}
@2020-01-31 + 1 month ;; @2020-02-29 + 1 year ;; @2020-01-01 - 1 day ;; @2020-01-01T00:00:00Z + 1 hour
@2020-01-01T00:00:00Z - 1 second ;; @2020 + 13 months ;; @2020 + 1 year ;; @2020-01 + 1 month ;; @2020-01-01 + 1 week
@T10:00:00 + 1 hour ;; @T23:30:00 + 1 hour ;; @T10:00 + 90 minutes ;; @2020-01-01 + 1 'd' ;; @2020-01-01 + 1 'mo'
@2020-01-01 < @2020-01-02 ;; @2020-01-01 < @2020-01 ;; @2020-01 < @2020-02-01
@2020-01-01T10:00:00+01:00 = @2020-01-01T09:00:00Z ;; @2020-01-01T10:00:00.000Z = @2020-01-01T10:00:00Z
@2020-01-01T10:00:00Z ~ @2020-01-01T10:00:00.0Z ;; @2020 = @2020 ;; @2020 = @2020-01 ;; @2020 ~ @2020-01
@T10:30 < @T10:31 ;; @T10:30 = @T10:30:00 ;; @T10:30:00.5 > @T10:30:00 ;; @2020-01-01 = '2020-01-01'
@2020-01-01T10 < @2020-01-01T11 ;; 1 'g' = 1000 'mg' ;; 1 'g' ~ 1000 'mg' ;; 1 'g' < 1001 'mg' ;; 1 'g' = 1 'm'
1 'g' < 1 'm' ;; 1 day = 1 'd' ;; 7 days = 1 week ;; 1 year = 1 'a' ;; 1 year ~ 1 'a' ;; 1 month = 30 days
1 'mg' + 1 'g' ;; 1 'g' + 1 'mg' ;; 1 'mg' - 1 'mg' ;; 2 * 3 'mg' ;; 6 'mg' / 2 ;; 6 'mg' / 2 'mg'
1 'mm[Hg]' = 1 'mm[Hg]' ;; 1 'mmol/L' = 1000 'umol/L' ;; 1 = '1' ;; true = 'true' ;; true = 1 ;; 'a' = 'A' ;; 'a' ~ 'A'
'a b' ~ 'A  B' ;; (1|2) = (1|2) ;; (1|2) = (2|1) ;; (1|2) ~ (2|1) ;; (1|2) = 1 ;; {} = {} ;; {} ~ {} ;; 1 ~ {}
1 != {} ;; 1 !~ {} ;; (1|2|3) contains 2 ;; 2 in (1|2|3) ;; {} in (1|2) ;; 1 in {} ;; (1|2) contains {}
true and {} ;; false and {} ;; true or {} ;; false or {} ;; true xor {} ;; true implies {} ;; false implies {}
{} implies true ;; {} implies false ;; {} implies {} ;; {}.not() ;; 1.not() ;; 1 and true ;; 'x' or false
(1|1|2).count() ;; (1|2).combine(1).count() ;; (1|2).combine(2).distinct() ;; (1|2).combine(2).isDistinct()
(1|2|3).intersect(2|3|4) ;; (1|2|3).exclude(2) ;; (1|2).combine(2).exclude(1) ;; (1|2).subsetOf(1|2|3)
(1|2|3).supersetOf(1|2) ;; {}.subsetOf(1) ;; {}.supersetOf({}) ;; (1|2|3).first() ;; (1|2|3).last() ;; (1|2|3).tail()
(1|2|3).skip(1) ;; (1|2|3).skip(-1) ;; (1|2|3).take(2) ;; (1|2|3).take(0) ;; (1|2|3).take(-1)
(1|2|3)[1] ;; (1|2|3)[5]
(1|2|3).single() ;; 1.single() ;; {}.single() ;; (1|2|3).where($this > 1) ;; (1|2|3).where($index > 0)
(1|2|3).select($this * 2) ;; (1|2|3).select($index) ;; (1|2|3).all($this > 0) ;; {}.all(false)
(1|2|3).exists($this > 2) ;; (1|2|3).aggregate($total + $this, 0) ;; (1|2|3).aggregate($this + $total, 0)
(1|2|3).aggregate(iif($total.empty(), $this, iif($this > $total, $this, $total))) ;; iif(true, 1) ;; iif(false, 1)
iif({}, 1, 2) ;; iif(true, 1, 2) ;; (true|false).allTrue() ;; (true|false).anyTrue() ;; {}.allTrue() ;; {}.anyTrue()
{}.anyFalse() ;; (false|true).allFalse() ;; (1|2).repeat(iif($this < 5, $this + 1)) ;; 1 is Integer
1 is System.Integer ;; 1 is Decimal ;; 1.0 is Decimal ;; 'a' is String ;; true is Boolean ;; @2020 is Date
@2020T is DateTime ;; @T10 is Time ;; 1 'mg' is Quantity ;; 1 as Integer ;; 1 as String
1.is(Integer) ;; 'a'.as(String)
(1|'a').ofType(Integer) ;; 1.type().name ;; 'a'.type().namespace ;; 1 > 2 = false ;; 1 | 2 | 1 ;; 1 < 2 and 2 < 3
'a' < 'b' ;; 'a' < 1 ;; 1 < 1.5 ;; today() = today() ;; now() = now() ;; (1|2) > 1 ;; -1 + 2 ;; +1 ;; 1 - -1 ;; %ucum
%context.id ;; %resource.id ;; Patient.name.given ;; name.given.first() = 'Ida' ;; name.given | name.family
Patient.name.where(use='official').given.first() ;; name.select(given | family) ;; name.select(use.union(given))
name.use.union(given) ;; active ;; active.not() ;; active is boolean ;; active is Boolean ;; active.is(FHIR.boolean)
active.is(System.Boolean) ;; birthDate is date ;; birthDate is dateTime ;; birthDate < @2020 ;; birthDate = @1984-02-29
birthDate.extension('http://example.org/time').value ;; birthDate.extension.exists() ;; birthDate.hasValue()
birthDate.value ;; deceased ;; deceased.exists() ;; deceased is boolean ;; deceased as boolean
deceased.ofType(boolean) ;; deceased.ofType(dateTime) ;; multipleBirth ;; extension('http://example.org/weight').value
extension('http://example.org/weight').value.ofType(Quantity).value ;; extension('http://example.org/weight').value.unit
extension('http://example.org/weight').value > 3 'kg' ;; extension('http://example.org/weight').value = 4 'kg'
extension.value.is(Quantity) ;; extension.value is Quantity ;; (extension.value as Quantity).value
name[0] is HumanName ;; name[0].is(Element) ;; name is HumanName ;; Patient.contact.name is HumanName
is(Patient) ;; is(DomainResource) ;; is(Resource) ;; is(Observation) ;; ofType(Patient).id ;; Patient is Patient
Patient.is(FHIR.Patient) ;; Resource.id ;; DomainResource.id ;; Observation.id ;; contact.name.family
contact.relationship.coding.code ;; contact.telecom.where(system='phone').value ;; contained.id ;; link.other
telecom.where(system='phone' and use='work').value ;; managingOrganization.resolve().name
managingOrganization.reference.resolve().name ;; generalPractitioner.resolve().id
generalPractitioner.resolve() is Practitioner ;; generalPractitioner.resolve().is(Practitioner)
gender.type().name ;; name[0].type().name ;; id.type().name ;; descendants().count() > 10 ;; children().exists()
name.given.count() + telecom.count() ;; name.exists(given.exists(startsWith('I'))) ;; name.given.isDistinct()
name.all(family.exists() or use = 'usual') ;; name.given.toChars().count() ;; text.status ;; text.div.exists()
text.`div`.exists() ;; `name`.given ;; name.given.where($this = 'Ida') ;; telecom.rank ;; telecom.where(rank > 1).value
telecom.rank.first() + 1 ;; address.line ;; maritalStatus.coding.where(system = 'x').exists() ;; nothing.count()
nothing.not() ;; nothing = 1 ;; name.nothing.exists() ;; name.trace('x', given).count() ;; name.given.trace('a').count()
birthDate + 1 day ;; birthDate.toString().length() ;; name.given.select($this & 'x') ;; name.given.join(' ')
name.first().given.last().length() ;; name.given.aggregate($total & $this, '') ;; name.given.indexOf('e')
name.where(given.count() > 1).family.first() ;; iif(name.exists(), name.given, 'x') ;; name.iif(empty(), 1, count())
(name | contact.name).given.count() ;; name.select(family).combine(telecom).count() ;; contact
name.family contains name.family ;; 7 mod (1 / 24) ;; (1|2) ~ (1|3)
"""


def language() -> list[str]:
    """Every expression of the list above."""
    return [part.strip() for part in LANGUAGE.replace("\n", ";;").split(";;") if part.strip()]


_COLLECTIONS = """
entry|entry.resource|entry.fullUrl|entry.resource.id|entry.resource.ofType(Patient).name|timestamp|id|meta|nothing
entry.resource.ofType(Patient).name.given|entry.resource.ofType(Provenance)|entry.resource.extension|type|{}
entry.resource.ofType(Provenance).target.reference|entry.resource.ofType(Organization).identifier|entry.children()
entry.resource.ofType(Organization).identifier.value|entry.resource.ofType(Organization).identifier.system
entry.resource.meta.profile|entry.resource.ofType(Communication).payload|entry.resource.ofType(Patient).birthDate
entry.resource.ofType(Communication).payload.extension.url|entry.resource.ofType(Encounter).episodeOfCare
entry.resource.ofType(Patient).gender|entry.resource.contact|entry.resource.ofType(Provenance).recorded
entry.resource.ofType(Patient).telecom|entry.resource.ofType(Observation).value|entry.resource.ofType(Encounter).class
"""
_CONDITIONS = """
id.exists()|$this.id.exists()|system.exists()|reference.exists()|url.exists()|true|false|{}|meta.profile.exists()
$index = 0|$index < 2|name.exists()|use = 'official'|resource is Patient|resource.is(Provenance)|extension.exists()
children().count() > 3
"""
_TEXTS = """
type|id|timestamp|entry.resource.ofType(Patient).gender|entry.fullUrl.first()|entry.resource.id.last()|'abc'
'Ærø 12'|entry[0].resource.eventCoding.code|meta.profile.first()
"""
_NUMBERS = "0|1|2|3|-1|7|entry.count()|entry.resource.ofType(Patient).count()|type.length()|1.5|0.25|-3.25"
_MOMENTS = "@2024-05-31|@2024-05|@2024|@2024-05-31T14:30:00+02:00|@2024-05-31T12:30:00Z|@2026-12-31T23:59:59Z"
_PROJECTIONS = "id|$this|resource|name.family|extension|1|$this.id"
_EXTENSION = "http://medcomfhir.dk/ig/core/StructureDefinition/medcom-core-datetime-extension"


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.replace("\n", "|").split("|") if word.strip()]


_LEAVES = {
    "c": _words(_COLLECTIONS),
    "w": _words(_CONDITIONS),
    "t": _words(_TEXTS),
    "n": _words(_NUMBERS),
    "m": _words(_MOMENTS),
    "p": _words(_PROJECTIONS),
    "b": ["true", "false", "{}", "type = 'message'", "id.exists()", "nothing.exists()", "entry.exists()"],
    "d": list("0123"),
    "o": ["=", "!=", "<", ">", "<=", ">="],
}
_COLLECTION_RULES = """
{c}.where({w})|{c}.first()|{c}.last()|{c}.tail()|{c}.skip({d})|{c}.take({d})|{c}.distinct()|{c}[{d}]|{c}.select({p})
{c}.combine({c})|{c}.intersect({c})|{c}.exclude({c})|iif({b}, {c}, {c})|{c}.ofType(Patient)|{c}.union({c})
"""
_TEXT_RULES = """
{t}.upper()|{t}.lower()|{t}.substring({d})|{t}.substring({d}, {d})|({t} + {t})|({t} & {t})|{t}.toString()
{t}.replace('a', 'b')|{t}.replaceMatches('[0-9]+', '#')
"""
_NUMBER_RULES = """
({n} + {n})|({n} - {n})|({n} * {n})|({n} / {n})|({n} div {n})|({n} mod {n})|{c}.count()|{t}.length()|-({n})
{t}.indexOf('a')|({n}).abs()|({n}).floor()|({n}).ceiling()|({n}).truncate()
"""
_TRUTH_RULES = """
({b} and {b})|({b} or {b})|({b} xor {b})|({b} implies {b})|{b}.not()|({n} {o} {n})|({t} {o} {t})|({c} = {c})
{c}.exists()|{c}.empty()|{c}.exists({w})|{c}.all({w})|{c}.isDistinct()|{c}.subsetOf({c})|{c}.supersetOf({c})
({t} in {c})|({c} contains {t})|{t}.startsWith({t})|{t}.endsWith({t})|{t}.contains({t})|({m} {o} {m})|({c} != {c})
{t}.matches('^[a-z0-9-]+$')|(timestamp {o} {m})|({t} ~ {t})|({n} ~ {n})|({c} ~ {c})
"""
_RULES = {
    "c": [*_words(_COLLECTION_RULES), f"{{c}}.extension('{_EXTENSION}')"],
    "t": _words(_TEXT_RULES),
    "n": _words(_NUMBER_RULES),
    "b": _words(_TRUTH_RULES),
}


class Grammar:
    """Random expressions about a message bundle. `{c}` stands for a collection, `{b}` a truth value, `{t}` a text,
    `{n}` a number, `{m}` a moment, `{w}` a condition, `{p}` a projection, `{d}` a digit, `{o}` a comparison."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def expression(self) -> str:
        """The next expression."""
        return self._make(self._random.choice("ctnbbb"), self._random.choice([1, 2, 2, 3]))

    def choose(self, things: list[Any]) -> Any:
        """One of several things, from the same seed."""
        return self._random.choice(things)

    def _make(self, kind: str, depth: int) -> str:
        rules = _RULES.get(kind)
        if depth <= 0 or rules is None or self._random.random() < 0.1:
            return self._random.choice(_LEAVES[kind])
        made = ""
        rest = self._random.choice(rules)
        while "{" in rest:
            before, _, rest = rest.partition("{")
            made += before + self._make(rest[0], depth - 1)
            rest = rest[2:]
        return made + rest
