"""FHIRPath, chapter 4: choosing, parting and putting together."""

from tests.spec.fhirpath.conftest import Finds, Refuses

title = "Collections"


def test_where_keeps_items_and_select_makes_new_ones(finds: Finds) -> None:
    """Both ask their expression about each item in turn."""
    finds("telecom.where(rank > 1).value", "87654321")
    finds("telecom.select(use & ':' & value)", "work:12345678", "home:87654321")


def test_this_is_the_item_and_index_its_number(finds: Finds) -> None:
    """`$index` counts from 0, in each loop for itself."""
    finds("name.given.where($this = 'Marie')", "Marie")
    finds("name.given.where($index = 1)", "Marie")
    finds("name.select(given.where($index = 0))", "Ida", "Idamus")
    finds("name.where(given.select($index).count() > 1 and $index = 0).family", "Prøve")


def test_arguments_are_asked_about_the_focus_around_the_call(finds: Finds) -> None:
    """Except for conditions and projections: `union(given)` means the given names of `$this`."""
    finds("name.select(use.union(given))", "official", "Ida", "Marie", "usual", "Idamus")
    finds("name.given.combine(gender).count()", 4)


def test_a_union_holds_each_item_once(finds: Finds) -> None:
    """`|` and union() drop repeats; combine() keeps them."""
    finds("(1 | 2 | 2 | 1.0)", 1, 2)
    finds("(1 | 2).combine(2 | 3).count()", 4)
    finds("name.family | contact.name.family", "Prøve")


def test_equal_elements_count_once(finds: Finds) -> None:
    """Whole elements are compared by their content, in whatever order JSON wrote it."""
    two = [{"code": "a", "system": "urn:x"}, {"system": "urn:x", "code": "a"}]
    finds("coding.distinct().count()", 1, of={"coding": two})
    finds("coding.isDistinct()", False, of={"coding": two})


def test_intersection_and_exclusion(finds: Finds) -> None:
    """intersect() drops repeats, exclude() keeps them and the order."""
    finds("(1 | 2).combine(2).intersect(2 | 3)", 2)
    finds("(3 | 1).combine(3).exclude(1)", 3, 3)


def test_parts_of_a_collection(finds: Finds) -> None:
    """first, last, tail, skip and take cut; beyond the end there is nothing."""
    finds("(1 | 2 | 3).first() | (1 | 2 | 3).last()", 1, 3)
    finds("(1 | 2 | 3).tail()", 2, 3)
    finds("(1 | 2 | 3).skip(2)", 3)
    finds("(1 | 2 | 3).take(2)", 1, 2)
    finds("(1 | 2 | 3).skip(9)")
    finds("(1 | 2 | 3).take(-1)")


def test_single_insists(finds: Finds, refuses: Refuses) -> None:
    """single() is for what must be alone; nothing is fine."""
    finds("gender.single()", "female")
    finds("nothing.single()")
    refuses("name.single()", "single")


def test_iif_evaluates_one_side_only(finds: Finds) -> None:
    """The other side may be wrong for this data; an unknown condition counts as false."""
    finds("iif(true, 1, 'a' < 1)", 1)
    finds("iif(nothing, 1, 2)", 2)
    finds("iif(false, 1)")


def test_iif_behind_a_dot_is_asked_about_the_whole_collection(finds: Finds) -> None:
    """R4's care team rule (ctm-1) asks `member.resolve().iif(empty(), true, …)`."""
    finds("nothing.iif(empty(), 'none', 'some')", "none")
    finds("name.iif(count() > 1, given, family)", "Ida", "Marie", "Idamus")


def test_repeat_goes_on_until_nothing_new_comes(finds: Finds) -> None:
    """Each item is taken once, so that circles end."""
    tree = {"item": [{"id": "1", "item": [{"id": "1.1"}, {"id": "1.2", "item": [{"id": "1.2.1"}]}]}]}
    finds("repeat(item).id", "1", "1.1", "1.2", "1.2.1", of=tree)
    finds("(1).repeat(iif($this < 4, $this + 1))", 2, 3, 4)
    finds("('a' | 'b').repeat('a')", "a")


def test_aggregate_gathers(finds: Finds) -> None:
    """`$total` is what the last step gave, the start at first, or nothing."""
    finds("(1 | 2 | 3).aggregate($total + $this, 10)", 16)
    finds("(3 | 9 | 4).aggregate(iif($total.empty() or $this > $total, $this, $total))", 9)
    finds("(1 | 2).aggregate($total + (3 | 4).aggregate($total + $this, 0) * $this, 0)", 21)


def test_children_and_descendants(finds: Finds) -> None:
    """All elements below, the name of the resource's type not among them; repeats stay."""
    finds("children().count()", 2, of={"resourceType": "Basic", "id": "x", "code": {"text": "y"}})
    finds("descendants()", "x", {"text": "y"}, "y", of={"resourceType": "Basic", "id": "x", "code": {"text": "y"}})
    finds("children().count()", 2, of={"item": [{"a": 1}, {"a": 1}]})
    finds("descendants().extension.value", "y", of={"id": "x", "_id": {"extension": [{"valueString": "y"}]}})


def test_trace_shows_and_changes_nothing(finds: Finds) -> None:
    """A projection is for the viewer only."""
    finds("name.given.trace('given', $this & '!').first()", "Ida")
