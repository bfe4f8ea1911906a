"""Two strangers who answer FHIRPath too: fhirpathpy (Python) and fhirpathrs (Rust), asked so that answers compare."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from io import StringIO
from typing import Any

import pytest
from fhirpathpy import apply_parsed_path
from fhirpathpy.engine.nodes import FP_Quantity, FP_Type, ResourceNode
from fhirpathpy.models import models
from fhirpathpy.parser import parse as parse_py

from samspil.validation.fhirpath import (
    BundleReferences,
    Environment,
    EvaluationError,
    Node,
    Quantity,
    Temporal,
    compile_path,
)
from samspil.validation.fhirpath.types import CHOICE_KEYS

try:
    from fhirpathrs import evaluate as evaluate_rs  # pyright: ignore[reportAttributeAccessIssue]  (built in Rust)
except ImportError:
    evaluate_rs = None

Json = dict[str, Any]
Answer = list[Any] | str
"""Comparable items, or a sentence that says why there is no answer."""

NOW = datetime(2024, 5, 31, 14, 30, tzinfo=timezone(timedelta(hours=2)))
R4: dict[str, dict[str, Any]] = models["r4"]
_PARENTS = frozenset(path.rpartition(".")[0] for path in R4["path2Type"])

needs_both = pytest.mark.skipif(evaluate_rs is None, reason="fhirpathrs is not installed (group oracle)")


def type_of(parent: str, key: str) -> str | None:
    """R4's types of elements, from the model that fhirpathpy carries."""
    path = f"{parent}.{key}"
    path = R4["pathsDefinedElsewhere"].get(path, path)
    known = R4["path2Type"].get(path)
    if known is None or known in ("BackboneElement", "Element"):
        return path if path in _PARENTS else None
    return "string" if known.endswith("System.String") else known


def surroundings(resource: Json, bundle: Json) -> Environment:
    """What both sides are told: references resolve in the bundle, profiles by their claim, every value set holds."""
    return Environment(
        resource=resource,
        resolve=BundleReferences(bundle),
        conforms_to=_claims,
        member_of=lambda coded, canonical: True,
        html_checks=lambda narrative: True,
        type_of=type_of,
        now=NOW,
    )


def _claims(resource: Json, canonical: str) -> bool:
    profiles = resource.get("meta", {}).get("profile", [])
    return any(str(profile).startswith(canonical) for profile in profiles)


def ask_us(expression: str, focus: Any, environment: Environment) -> Answer:
    """Our answer."""
    try:
        return [comparable(item) for item in compile_path(expression)(focus, environment)]
    except EvaluationError as error:
        return f"refused: {error.message}"


def ask_py(expression: str, focus: Any, environment: Environment, element_type: str = "") -> Answer:
    """fhirpathpy's answer."""
    resource = environment.resource
    node = ResourceNode.create_node(focus, element_type) if element_type else focus
    variables = {"resource": resource, "rootResource": resource, "context": focus}
    options = {"userInvocationTable": _own_functions(environment)}
    try:
        with redirect_stdout(StringIO()):  # it prints what trace() shows
            found = apply_parsed_path(node, _parsed(expression), variables, R4, options)
        return [comparable(item) for item in found]
    except Exception as error:  # whatever a stranger raises is its refusal
        return f"refused: {type(error).__name__}"


def ask_rs(expression: str, focus: Any) -> Answer:
    """fhirpathrs' answer. It unwraps single items; it knows no resolve(), extension() and no callbacks."""
    if evaluate_rs is None:
        return "refused: not installed"
    try:
        found = evaluate_rs(expression, focus)
    except BaseException as error:  # a panic in Rust is no Exception
        return f"refused: {type(error).__name__}"
    return [comparable(item) for item in (found if isinstance(found, list) else [] if found is None else [found])]


@lru_cache(maxsize=4096)
def _parsed(expression: str) -> Any:
    return parse_py(expression)


def _own_functions(environment: Environment) -> dict[str, Any]:
    """What fhirpathpy lacks, told as our environment tells it."""

    def row(function: Callable[..., list[Any]], *arity: str) -> dict[str, Any]:
        return {"fn": function, "arity": {len(arity): list(arity)}}

    def data(item: Any) -> Any:
        return item.data if isinstance(item, ResourceNode) else item

    def resolve(items: list[Any]) -> list[Any]:
        references = [data(item).get("reference") if isinstance(data(item), dict) else data(item) for item in items]
        found = [_resolve(environment, reference) for reference in references]
        return [resource for resource in found if resource is not None]

    def has_value(items: list[Any]) -> list[Any]:
        return [len(items) == 1 and not isinstance(data(items[0]), (dict, list)) and data(items[0]) is not None]

    return {
        "resolve": row(resolve),
        "hasValue": row(has_value),
        "conformsTo": row(lambda items, url: [_claims(data(items[0]), url)] if items else [], "String"),
        "memberOf": row(lambda items, url: [True] if items else [], "String"),
        "htmlChecks": row(lambda items: [True] if items else []),
    }


def _resolve(environment: Environment, reference: object) -> Json | None:
    if not isinstance(reference, str) or environment.resolve is None:
        return None
    if reference.startswith("#") and environment.resource is not None:
        contained = environment.resource.get("contained", [])
        return next((resource for resource in contained if resource["id"] == reference[1:]), None)
    return environment.resolve(reference)


def comparable(item: Any) -> Any:
    """An item as something that compares across implementations: numbers by value, moments and amounts as text."""
    if isinstance(item, bool) or item is None:
        return item
    if isinstance(item, int | float | Decimal):
        return f"number {round(float(item), 6) + 0.0}"
    if isinstance(item, Quantity | FP_Quantity):
        return _amount(item.value, item.unit)
    if isinstance(item, FP_Type):
        item = str(getattr(item, "asStr", item))
    if isinstance(item, str):
        return _ZERO.sub(lambda found: f"{found[1]}Z", item)
    if isinstance(item, dict):
        is_amount = {"unit", "value"} <= item.keys() <= {"unit", "value", "comparator", "system", "code"}
        return _amount(item["value"], item["unit"]) if is_amount else json.dumps(_plain(item), sort_keys=True)
    if isinstance(item, Node):
        return json.dumps(_plain(item.element), sort_keys=True)
    return str(item) if isinstance(item, Temporal) else item


_ZERO = re.compile(r"(T\d\d:\d\d:\d\d)\.000\+00:00$")


def _amount(value: Any, unit: str) -> str:
    return f"amount {round(float(value), 6)} {unit.strip(chr(39)).removesuffix('s')}"


def _plain(value: Any) -> Any:
    """JSON without the two things fhirpathpy changes: decimals become texts, elements with extensions only vanish."""
    if isinstance(value, Decimal | float | int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return [_plain(one) for one in value if not (isinstance(one, dict) and list(one) == ["extension"])]
    return {key: _plain(child) for key, child in value.items()} if isinstance(value, dict) else value


def elements(value: Any, kind: str, path: str) -> Iterator[tuple[Any, str, str]]:
    """A resource and every element in it: value, type, and path from the nearest type; resources inside are left."""
    yield value, kind, path
    if not isinstance(value, dict):
        return
    for key, child in value.items():
        if key == "resourceType" or key.startswith("_"):
            continue
        for one in child if isinstance(child, list) else [child]:
            if not (isinstance(one, dict) and "resourceType" in one):
                yield from elements(one, type_of(kind, key) or CHOICE_KEYS.get(key, ""), f"{kind}.{key}")
