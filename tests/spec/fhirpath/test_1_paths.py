"""FHIRPath, chapter 1: from element to element."""

from samspil.validation.fhirpath import Node, compile_path
from tests.spec.fhirpath.conftest import Finds, Refuses

title = "Paths"


def test_a_name_leads_to_all_children_of_that_name(finds: Finds) -> None:
    """A path gives every element it leads to, in the order of the message; lists are laid end to end."""
    finds("name.given", "Ida", "Marie", "Idamus")


def test_what_is_not_there_is_empty(finds: Finds) -> None:
    """An element that is missing gives nothing, and so does everything behind it."""
    finds("maritalStatus.coding.code")


def test_a_path_may_begin_with_the_type_of_its_focus(finds: Finds) -> None:
    """The focus's own type, or one it is a kind of, may stand in front; another type gives nothing."""
    finds("Patient.gender", "female")
    finds("DomainResource.id", "ida")
    finds("Observation.id")


def test_a_choice_is_named_without_its_type(finds: Finds) -> None:
    """JSON writes `deceasedBoolean`; the element is called `deceased`."""
    finds("deceased", False)
    finds("extension.value.unit", "kg")


def test_json_s_own_name_of_a_choice_works_too(finds: Finds) -> None:
    """Rules of dk-core write `valueQuantity`; it means what it says."""
    finds("extension.valueQuantity.code", "kg")


def test_a_choice_with_only_an_extension_is_there(finds: Finds) -> None:
    """A choice whose value is missing but explained counts as one element without a value."""
    unknown = {"_valueString": {"extension": [{"url": "http://example.org/why", "valueCode": "unknown"}]}}
    finds("value.exists()", True, of=unknown)
    finds("value.hasValue()", False, of=unknown)
    finds("value.extension('http://example.org/why').value", "unknown", of=unknown)


def test_elements_of_similar_names_are_no_choices(finds: Finds) -> None:
    """`valueSet` is no kind of `value`: only types of FHIR make a choice."""
    finds("value", of={"valueSet": ["http://example.org/codes"]})


def test_primitives_have_extensions(finds: Finds) -> None:
    """What JSON puts beside a primitive (`_birthDate`) belongs to it."""
    finds("birthDate", "1984-02-29")
    finds("birthDate.extension('http://example.org/time').value", "1984-02-29T14:35:45+01:00")


def test_lists_of_primitives_and_their_extensions_run_in_step(finds: Finds) -> None:
    """A null in either list stands for nothing at that place."""
    name = {"given": ["Ida", None, "Marie"], "_given": [None, {"id": "hidden"}, {"id": "second"}]}
    finds("given.count()", 3, of=name)
    finds("given.where(hasValue().not()).id", "hidden", of=name)
    finds("given.where($this = 'Marie').id", "second", of=name)


def test_the_value_of_a_primitive_is_itself(finds: Finds) -> None:
    """Rules of dk-core ask `value.matches(…)` where the focus is the value already."""
    finds("value.matches('^[0-9]{13}$')", True, of="5790000120000")


def test_square_brackets_count_from_nought(finds: Finds) -> None:
    """An index gives one item; outside the collection there is none."""
    finds("name[1].use", "usual")
    finds("name[7].use")
    finds("name[-1].use")


def test_after_a_dot_every_word_is_a_name(finds: Finds) -> None:
    """`div` is an operator and an element; back quotes are welcome but not needed behind a dot."""
    finds("text.div", "<div>Ida Prøve</div>")
    finds("text.`div`", "<div>Ida Prøve</div>")


def test_at_the_front_a_keyword_needs_back_quotes(finds: Finds, refuses: Refuses) -> None:
    """Only `as`, `contains`, `in` and `is` are names there too."""
    finds("contains", of={"resourceType": "ValueSet"})
    refuses("div.exists()", "div")


def test_comments_and_line_breaks_are_white_space(finds: Finds) -> None:
    """An expression may be written over several lines, with `//` and `/* */`."""
    finds("name // all names\n  .given /* and\n of them */ .first()", "Ida")


def test_an_expression_may_be_asked_about_several_nodes() -> None:
    """A list of nodes is one collection; `$this` is all of it."""
    path = compile_path("given.count() + $this.count()")
    assert path([{"given": ["Ida"]}, {"given": ["Marie", "Ida"]}]) == [5]


def test_a_focus_may_come_with_its_type() -> None:
    """Whoever knows the type of a focus that is no resource hands it over as a Node."""
    assert compile_path("$this is dateTime").test(Node("2024-05-31", None, "dateTime")) is True
    assert compile_path("$this is dateTime").test(Node("2024-05-31", None, "date")) is False


def test_damaged_lists_do_no_harm(finds: Finds) -> None:
    """Nulls without an extension are no items, and lists within lists lead nowhere."""
    finds("given", "Ida", of={"given": [None, "Ida", None]})
    finds("name.given", of={"name": [[{"given": ["Ida"]}], "Ida", 7]})
