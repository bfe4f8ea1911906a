"""Our notation: what each word of a line says, and that the tool which writes it says the same."""

import pytest

from samspil.catalogue.fhir.tables import read_tables
from samspil.validation.profiles.builtin import builtin_library
from samspil.validation.profiles.ir import UNBOUNDED, Discriminator, Slicing, TypeRule, Value
from samspil.validation.profiles.shorthand import Table, TablePackage, full_address, read_path, read_rule
from samspil.validation.profiles.snapshot import Condition
from tools.fhir_tables.__main__ import PREFIXES
from tools.fhir_tables.notation import Names, write_profile_block

T = {"t": "http://example.org/fhir"}
NUMBER = "http://example.org/fhir/StructureDefinition/number"
BY_TYPE_AND_CODE = Slicing((Discriminator("type", "$this"), Discriminator("value", "code")), "closed")
PATIENT = "http://hl7.org/fhir/StructureDefinition/Patient"


@pytest.mark.parametrize(
    ("line", "facets"),
    [
        ("* name 1..*", {"minimum": 1, "maximum": UNBOUNDED}),
        ("* name 1..", {"minimum": 1}),
        ("* name ..0", {"maximum": 0}),
        ("* name MS SHOWN", {"must_support": True, "shown": True}),
        ("* value[x] string or Quantity", {"types": (TypeRule("string"), TypeRule("Quantity"))}),
        ("* x Identifier(t:number)", {"types": (TypeRule("Identifier", (NUMBER,)),)}),
        ("* x Reference(Patient) bundled", {"types": (TypeRule("Reference", (), (PATIENT,), ("bundled",)),)}),
        ("* x from t:colours|2.0", {"binding": "http://example.org/fhir/ValueSet/colours|2.0"}),
        ('* x = "final"', {"value": Value("final", exact=False)}),
        ('* x exactly {"code": "a b"} max 12', {"value": Value({"code": "a b"}, exact=True), "max_length": 12}),
        ("* x by value url; open", {"slicing": Slicing((Discriminator("value", "url"),))}),
        ("* x by type $this and value code; closed", {"slicing": BY_TYPE_AND_CODE}),
        ("* x as Bundle.link", {"content_of": "Bundle.link"}),
    ],
)  # fmt: skip
def test_a_line_says_facets(line: str, facets: dict[str, object]) -> None:
    """Every word of the notation states the facet it stands for, and nothing else."""
    assert dict(read_rule(line, T).facets) == facets


def test_invariants_come_last_and_may_warn() -> None:
    """`obeys` lists them; a warning is marked."""
    assert read_rule("* x 0..1 obeys a-1, b-2 (warning)", T).conditions == (
        Condition("a-1"),
        Condition("b-2", rejects=False),
    )


def test_a_type_of_r4_says_whether_json_writes_an_array() -> None:
    """Only where a type is defined does cardinality tell the shape."""
    assert read_rule("* x 0..* string", T, specializes=True).facets["repeats"] is True
    assert "repeats" not in read_rule("* x 0..1 string", T).facets


def test_a_line_that_is_not_understood_is_refused() -> None:
    """A slip of the pen in a table is no rule that is left out."""
    with pytest.raises(ValueError, match="not a type"):
        read_rule("* name 1..1 %%", T)


def test_paths_name_slices_in_brackets() -> None:
    """A choice keeps its own brackets."""
    assert read_path("payload[string].extension[date].value[x]") == (
        ("payload", "string"),
        ("extension", "date"),
        ("value[x]", ""),
    )


def test_a_name_without_prefix_is_r4s() -> None:
    """What no prefix stands for is an address already."""
    assert full_address("Patient", "StructureDefinition", T) == PATIENT
    assert full_address("urn:oid:1.2.3", "ValueSet", T) == "urn:oid:1.2.3"


def test_versions_stand_side_by_side() -> None:
    """A block holds for the versions it names, under its own version where it has one."""
    text = """Package: test.rules
Prefix: t = http://example.org/fhir
Version: 1.0.0 needs other.rules 2.0.0
Version: 1.1.0

ValueSet: t:colours
In: 1.0.0 1.1.0=7.0
* t:colour red
"""
    old, new = (TablePackage(Table(text), version) for version in ("1.0.0", "1.1.0"))
    assert old.needs == (("other.rules", "2.0.0"),)
    assert old.versions("ValueSet", "http://example.org/fhir/ValueSet/colours") == ("1.0.0",)
    assert new.versions("ValueSet", "http://example.org/fhir/ValueSet/colours") == ("7.0",)


def test_codes_have_displays_and_narrower_codes() -> None:
    """Indentation is hierarchy."""
    text = """Package: test.rules
Prefix: t = http://example.org/fhir
Version: 1.0.0

CodeSystem: t:colour
In: 1.0.0
* red "Red" da "Rød"
  * scarlet
* blue
"""
    package = TablePackage(Table(text), "1.0.0")
    system = package.terminology("CodeSystem", "http://example.org/fhir/CodeSystem/colour", "1.0.0")
    red, blue = system["concept"]
    assert (red["display"], red["designation"][0]["value"]) == ("Red", "Rød")
    assert ([inner["code"] for inner in red["concept"]], blue["code"]) == (["scarlet"], "blue")


def test_the_tool_writes_what_the_judge_reads() -> None:
    """Each profile block, read and written again, is the same lines."""
    compared = 0
    for package in builtin_library():
        assert isinstance(package, TablePackage)
        text = read_tables()[package.name]
        for address in package.addresses("StructureDefinition"):
            for version in package.versions("StructureDefinition", address):
                heading, statements = package.profile(address, version)
                lines = write_profile_block(heading, statements, Names(PREFIXES))
                assert "\n".join(lines[1:]) in text, address
                compared += 1
    assert compared > 300
