"""A laboratory report's results as Observations: every value, comparator, unit and limit digit for digit as sent.

A value that is no plain number stays a text. A limit that is none makes the interval a text. A coded finding of
pathology is an Observation with its topography as the site.
"""

import re

import orjson

from samspil.catalogue.bridge import interpretation_of, observation_status
from samspil.conversion.bridge.documents.binder import Binder
from samspil.conversion.bridge.documents.told import told
from samspil.domain.clinical.lab_report import CodedSample, Finding, Interval, LabReport, Result
from samspil.domain.codes import Code
from samspil.formats.fhir.writer.sheet import Reference, Resource, written_time

NPU = "urn:oid:1.2.208.176.2.1"
MEDCOM = "http://medcomfhir.dk/ig/terminology/CodeSystem/medcom-observation-codes"
_ANALYSES = {"iupac:SST": NPU, "lokal:MCS": MEDCOM}
_INTERPRETATIONS = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")
_LEADING = re.compile(r"^(-?)0+(?=[0-9])")


def put_report(binder: Binder, report: LabReport, patient: Reference, performer: Reference) -> None:
    """The report with its Observations, as a section; then what else the report says."""
    results = [_result(binder, report, row, patient) for row in report.results]
    findings = [_finding(binder, report, row, found, patient) for row in report.samples for found in row.findings]
    if results or findings:
        members: Resource = {
            "status": observation_status().get(report.status.code, "final") if report.status else "final",
            "code": {"text": report.kind.in_("da")},
            "subject": patient,
            "performer": [performer],
            "result": [*results, *findings],
        }
        if members["status"] == "registered" and not (report.results or report.samples):
            members.pop("result")
        if report.answered_at:
            members["issued"] = written_time(report.answered_at)
        if report.sampled_at:
            members["effectiveDateTime"] = written_time(report.sampled_at)
        if report.identifier:
            members["identifier"] = [{"value": report.identifier}]
        whole = binder.put("DiagnosticReport", members, shown=[("Svar", report.kind.in_("da"))])
        rows = [row for one in (*report.results, *report.samples) for row in told(one)]
        binder.section("Resultater", rows, [whole, *results, *findings])
    for text in report.texts:
        binder.section(text.headline or text.part, told(text))


def _result(binder: Binder, report: LabReport, result: Result, patient: Reference) -> Reference:
    members: Resource = {
        "status": observation_status().get(result.status.code, "unknown") if result.status else "unknown",
        "code": _analysis(result),
        "subject": patient,
        **_value(result),
    }
    if report.sampled_at:
        members["effectiveDateTime"] = written_time(report.sampled_at)
    if report.answered_at:
        members["issued"] = written_time(report.answered_at)
    if result.producer or result.producer_code:
        members["performer"] = [_producer(binder, result)]
    if result.assessment:
        members["interpretation"] = [_interpretation(result.assessment)]
    if result.remarks:
        members["note"] = [{"text": str(text).strip()} for _, text in result.remarks if str(text).strip()]
    if result.interval and (interval := _interval(result.interval, result.unit)):
        members["referenceRange"] = [interval]
    return binder.put("Observation", {name: one for name, one in members.items() if one != []}, shown=told(result))


def _analysis(result: Result) -> Resource:
    analysis = result.analysis
    coding: Resource = {"code": analysis.code}
    if system := _ANALYSES.get(analysis.system):
        coding["system"] = system
    if analysis.name:
        coding["display"] = str(analysis.name)
    text = str(result.full_name or "").strip() or str(analysis.name)
    return {"coding": [coding], **({"text": text} if text else {})}


def _value(result: Result) -> Resource:
    """A number with the digits it was sent with, or the text as it stands."""
    if not result.value:
        return {}
    number = decimal(result.value)
    numeric = result.value_type is None or result.value_type.code == "numerisk"
    if number is None or not numeric:
        return {"valueString": f"{result.comparator}{result.value}{' ' if result.unit else ''}{result.unit}"}
    return {"valueQuantity": _quantity(number, result.unit, result.comparator)}


def decimal(text: str) -> str | None:
    """A number as FHIR spells it, every digit kept; None for what is no plain number.

    >>> decimal("04,10"), decimal("128"), decimal("<3")
    ('4.10', '128', None)
    """
    plain = text.strip()
    return _LEADING.sub(r"\1", plain).replace(",", ".") if _NUMBER.fullmatch(plain) else None


def _quantity(number: str, unit: str, comparator: str = "") -> Resource:
    quantity: Resource = {"value": orjson.Fragment(number)}
    if comparator:
        quantity["comparator"] = comparator
    return {**quantity, "unit": unit} if unit else quantity


def _interval(interval: Interval, unit: str) -> Resource:
    """The usual values: limits as numbers if both are, and always as the laboratory wrote them."""
    lower, upper = decimal(interval.lower), decimal(interval.upper)
    said: Resource = {}
    if interval.lower and lower is not None:
        said["low"] = _quantity(lower, unit)
    if interval.upper and upper is not None:
        said["high"] = _quantity(upper, unit)
    if interval.kind:
        said["type"] = {"text": interval.kind.code}
    unread = (interval.lower and lower is None) or (interval.upper and upper is None)
    limits = f"{interval.lower} - {interval.upper}" if unread else ""
    if text := "; ".join(filter(None, (interval.text, limits))):
        said["text"] = text
    return said if {"low", "high", "text"} & set(said) else {}


def _interpretation(assessment: Code) -> Resource:
    code = interpretation_of().get(assessment.code)
    coded: Resource = {"coding": [{"system": _INTERPRETATIONS, "code": code}]} if code else {}
    return {**coded, "text": assessment.code}


def _producer(binder: Binder, result: Result) -> Reference:
    members: Resource = {"name": result.producer or result.producer_code}
    if result.producer_code:
        members["identifier"] = [{"value": result.producer_code}]
    shown = [("Producent", result.producer), ("Kode", result.producer_code)]
    return binder.put("Organization", members, shown=shown)


def _finding(binder: Binder, report: LabReport, sample: CodedSample, found: Finding, patient: Reference) -> Reference:
    members: Resource = {
        "status": observation_status().get(report.status.code, "final") if report.status else "final",
        "code": {"text": sample.headline or sample.material or report.kind.in_("da")},
        "subject": patient,
        "valueCodeableConcept": _concept(found),
    }
    if report.sampled_at:
        members["effectiveDateTime"] = written_time(report.sampled_at)
    if sample.topography:
        members["bodySite"] = _concept(sample.topography)
    if found.comment:
        members["note"] = [{"text": found.comment}]
    return binder.put("Observation", members, shown=told(found))


def _concept(found: Finding) -> Resource:
    coding: Resource = {"code": found.code} if found.code else {}
    if found.text and coding:
        coding["display"] = found.text.strip()
    return {**({"coding": [coding]} if coding else {}), **({"text": found.text.strip()} if found.text.strip() else {})}
