"""What one row a value cannot say: a name for each irregularity, with its two directions.

A layout names the functions it needs. `read` turns what the rows saw (names that begin with a full stop) into what
OIOXML says; `write` turns it back, in copies. Facts of their own are reported, never mended silently.
Source: MedCom's descriptions of the letters concerned; the public mapping where it is the only witness.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from samspil.catalogue.legacy.codes import COMPONENT, codes, fixed_texts
from samspil.catalogue.legacy.layouts import Layout
from samspil.domain.text import Run, Text
from samspil.formats.edifact.microbiology import read_microbiology, write_microbiology
from samspil.formats.letters.faults import Fault, shown
from samspil.formats.letters.tree import Path, Tree, find, forked, put


@dataclass(slots=True)
class Work:
    """What travels along: raw objects in or out, the faults met, and what was written otherwise than it was said."""

    objects: list[bytes] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    losses: list[tuple[Path, str]] = field(default_factory=list)

    def fault(self, code: str, path: str, **facts: str) -> None:
        """Note a fault at a path of the tree."""
        self.faults.append(Fault(code, tuple(path.split("/")), tuple(facts.items())))


Direction = Callable[[Tree, str, Work], None]


Lacks = Callable[[Tree, str], Iterator[tuple[str, str]]]


class Irregularity(NamedTuple):
    """Both directions of one, what it carries beyond the rows, and what it may lose on the way to EDIFACT.

    `carries` are paths in which `*` stands for those a layout names; None: only reading back tells. `loses` yields
    paths with what happens to them.
    """

    read: Direction
    write: Direction
    carries: tuple[str, ...] | None = ()
    loses: Lacks | None = None


def after_reading(layout: Layout, tree: Tree, work: Work) -> None:
    """Make the letter of what the rows saw."""
    for function, words in functions_of(layout):
        function.read(tree, words, work)


def before_writing(layout: Layout, tree: Tree, work: Work) -> Tree:
    """What the rows need to see of a letter; the letter itself is left as it is."""
    if not layout.functions:
        return tree
    tree = dict(tree)
    for function, words in reversed(functions_of(layout)):
        function.write(tree, words, work)
    return tree


def _copied(tree: Tree, path: str) -> list[Any]:
    """A list of dicts at a path that may be changed, or an empty one that is put nowhere."""
    *before, last = path.split("/")
    if not find(tree, path.split("/")):
        return []
    parent = forked(tree, before) if before else tree
    parent[last] = [dict(item) for item in parent[last]]
    return parent[last]


def _nothing(tree: Tree, words: str, work: Work) -> None:
    """One direction needs nothing."""


# ---------------------------------------------------------------------------------------------------- MEDDIS, MEDREF
def _read_subject(tree: Tree, _: str, __: Work) -> None:
    """The subject stands in the first text group, which may hold nothing else."""
    texts = tree.get("ClinicalInformation", [])
    for text in texts:
        if subject := text.pop(".subject", ""):
            put(tree, ("AdditionalInformation", "Subject"), subject)
    if texts := [text for text in texts if text]:
        tree["ClinicalInformation"] = texts
    else:
        tree.pop("ClinicalInformation", None)


def _write_subject(tree: Tree, _: str, __: Work) -> None:
    if subject := find(tree, ("AdditionalInformation", "Subject")):
        first, *rest = tree.get("ClinicalInformation") or [{}]
        tree["ClinicalInformation"] = [{**first, ".subject": subject}, *rest]


def _read_additional_information(tree: Tree, _: str, __: Work) -> None:
    """REF01 and REF02 always have the element, if only empty."""
    tree.setdefault("AdditionalInformation", {})


def _fixed(table: str) -> Irregularity:
    """Diagnoses whose code says all: their text is not sent when it is the table's."""
    word = {"physiotherapy_texts": "Fysioterapihenvisningsdiagnose"}.get(table, "Psykologhenvisningsdiagnose")

    def concerned(items: Sequence[Any]) -> Iterator[tuple[Tree, str]]:
        for item in items:
            if item.get("DiagnoseTypeCode") == word:
                yield item, fixed_texts(table).get(item.get("DiagnoseCode", ""), "")

    def read(tree: Tree, _: str, __: Work) -> None:
        refer = find(tree, ("Referral", "Refer"))
        for item, text in concerned([*([refer] if refer else ()), *(find(tree, _ADDITIONAL) or ())]):
            if text:
                item.setdefault("DiagnoseText", text)

    def write(tree: Tree, _: str, __: Work) -> None:
        refer = [forked(tree, ("Referral", "Refer"))] if find(tree, ("Referral", "Refer")) else []
        for item, text in concerned([*refer, *_copied(tree, "Referral/ReferralAdditional")]):
            if item.get("DiagnoseText") == text:
                del item["DiagnoseText"]

    return Irregularity(read, write)


_ADDITIONAL = ("Referral", "ReferralAdditional")


def _read_services(tree: Tree, _: str, __: Work) -> None:
    """DIS16: a service's first line is its headline."""
    services = tree.get("Services", {})
    if listed := services.pop(".service", None):
        services["Service"] = [_service(item.get(".text") or Text()) for item in listed]


def _service(text: Text) -> Tree:
    runs = list(text.runs)
    headline, _, rest = runs[0].text.partition("\n") if runs else ("", "", "")
    if runs:
        runs[:1] = [Run(rest, runs[0].style, runs[0].fixed)] if rest else []
    service: Tree = {} if headline in {"", "_"} else {"ServiceHeadline": headline}
    return {**service, "ServiceText": Text(tuple(runs))} if runs else service


def _write_services(tree: Tree, _: str, __: Work) -> None:
    if not find(tree, ("Services", "Service")):
        return
    services = forked(tree, ("Services",))
    services[".service"] = [
        {
            ".kind": f"{number:03}",
            ".text": Text((Run(f"{item.get('ServiceHeadline', '_')}\n"), *item.get("ServiceText", Text()).runs)),
        }
        for number, item in enumerate(services["Service"], start=1)
    ]


# ---------------------------------------------------------------------------------------------------------- MEDRPT
def _read_local_identifier(tree: Tree, words: str, work: Work) -> None:
    """Code 91 is a register of the laboratory's own, named in the agency's place."""
    for name in words.split("|"):
        party = tree.get(name, {})
        code = party.pop(".code", None)
        if code is None:
            continue
        if code.startswith(f"91{COMPONENT}"):
            party["IdentifierLocal"] = code[3:]
        elif word := codes("identifier").read.get(code) or codes("identifier").read.get(code.partition(COMPONENT)[0]):
            party["IdentifierCode"] = word
        else:
            work.fault(
                "edifact.code.unknown",
                f"{name}/IdentifierCode",
                found=shown(code.replace(COMPONENT, ":")),
                allowed="…",
                element="IdentifierCode",
            )


def _write_local_identifier(tree: Tree, words: str, work: Work) -> None:
    for name in words.split("|"):
        if name not in tree:
            continue
        party = forked(tree, (name,))
        if local := party.get("IdentifierLocal"):
            party[".code"] = f"91{COMPONENT}{local}"
        else:
            table, word = codes("identifier"), party.get("IdentifierCode", "")
            party[".code"] = table.write.get(word, table.absent or "")
            if word and word not in table.write:
                work.fault("edifact.write.code", f"{name}/IdentifierCode", table="identifier")


_RESULT_STATUS = {
    ("N", "FR"): "svar_endeligt",
    ("M", "FR"): "svar_rettet",
    ("M", "MR"): "svar_rettet",
    ("N", "PR"): "svar_midlertidigt",
}
_STATUS_CODES = {
    "svar_endeligt": ("N", "FR"),
    "svar_rettet": ("M", "FR"),
    "svar_midlertidigt": ("N", "PR"),
    "proeve_modtaget": ("N", "PR"),
}
_RECEIVED_ONLY = "*****"


def _statuses(tree: Tree, words: str) -> Iterator[tuple[Tree, Tree, str]]:
    """The dicts that hold the codes and the word, and the path of the word."""
    base, _, inside = words.partition(">")
    found = find(tree, base.split("/"))
    for number, item in enumerate(found if isinstance(found, list) else [found] if found else [], start=1):
        if inside:
            yield item, item.setdefault(inside, {}), f"{base}/{inside}/ResultStatusCode"
        else:
            yield item, item, f"{base}/{number}/ResultStatusCode"


def _read_result_status(tree: Tree, words: str, work: Work) -> None:
    """GIS, STS and the value together say how final a result is."""
    for item, target, path in _statuses(tree, words):
        pair = (item.pop(".gis", ""), item.pop(".sts", ""))
        word = _RESULT_STATUS.get(pair)
        value = item.get("Value") or find(item, ("TableFormat", "TableResult"))
        if word is None:
            work.fault("edifact.code.combination", path, found=shown("+".join(pair)))
        else:
            target["ResultStatusCode"] = "proeve_modtaget" if pair[1] == "PR" and value == _RECEIVED_ONLY else word


def _lost_result_status(tree: Tree, words: str) -> Iterator[tuple[str, str]]:
    """That only the sample came is said by the value."""
    base, _, inside = words.partition(">")
    found = find(tree, base.split("/"))
    for number, item in enumerate(found if isinstance(found, list) else [found or {}], start=1):
        word = find(item, (*([inside] if inside else []), "ResultStatusCode"))
        received = (item.get("Value") or find(item, ("TableFormat", "TableResult"))) == _RECEIVED_ONLY
        if word and (word == "proeve_modtaget") != (received and word in {"proeve_modtaget", "svar_midlertidigt"}):
            yield f"{base}/{inside}/ResultStatusCode" if inside else f"{base}[{number}]/ResultStatusCode", "changed"


def _write_result_status(tree: Tree, words: str, __: Work) -> None:
    base, _, inside = words.partition(">")
    if inside:
        forked(tree, (*base.split("/"), inside))
    else:
        _copied(tree, base)
    for item, target, _ in _statuses(tree, words):
        item[".gis"], item[".sts"] = _STATUS_CODES.get(target.get("ResultStatusCode", ""), ("N", "FR"))


_SAMPLES = ("LaboratoryResults", "CodedFormat", "Sample")


def _samples(tree: Tree) -> list[Tree]:
    """The samples of a report: histology has many, cytology one."""
    found = find(tree, _SAMPLES) or []
    return found if isinstance(found, list) else [found]


def _read_coded_samples(tree: Tree, words: str, work: Work) -> None:
    """Codes of a sample: the first is the topography, then results; a comment follows its code."""
    samples = _samples(tree)
    for number, block in enumerate(tree.pop(".codes", ()), start=1):
        linked = block.get(".sample", str(number))
        if not (linked.isdecimal() and 0 < int(linked) <= len(samples)):
            work.fault("edifact.link.broken", "LaboratoryResults/CodedFormat/Sample", found=shown(linked))
            continue
        first, second = block.get(".diagnosis_headline"), block.get(".headline")
        if first and words == "linked" and not second:
            first, second = None, first
        if first:
            put(tree, ("LaboratoryResults", "CodedFormat", "DiagnosisHeadline"), first)
        results: Tree = {"Headline": second} if second else {}
        coded = _coded(block.get(".code", ()))
        if coded:
            results["Topography"], *rest = coded
            if rest:
                results["Result"] = rest
        samples[int(linked) - 1]["CodedResults"] = results


def _coded(rows: Sequence[Tree]) -> list[Tree]:
    coded: list[Tree] = []
    for row in rows:
        if row.get(".role") == "SPC":
            if coded:
                coded[-1]["Comment"] = row.get(".text", "")
        else:
            coded.append({"Code": row.get(".code", ""), "Text": row.get(".text", "")})
    return coded


def _lost_coded_samples(tree: Tree, _: str) -> Iterator[tuple[str, str]]:
    headline = find(tree, ("LaboratoryResults", "CodedFormat", "DiagnosisHeadline"))
    if headline and not any(sample.get("CodedResults") for sample in _samples(tree)):
        yield f"{_CODED}/DiagnosisHeadline", "absent"


def _write_coded_samples(tree: Tree, words: str, _: Work) -> None:
    headline = find(tree, ("LaboratoryResults", "CodedFormat", "DiagnosisHeadline"))
    blocks: list[Tree] = []
    for number, sample in enumerate(_samples(tree), start=1):
        if not (results := sample.get("CodedResults")):
            continue
        block: Tree = {".code": list(_coded_rows(results))}
        if not blocks and headline:
            block[".diagnosis_headline"] = headline
        if results.get("Headline"):
            block[".headline"] = results["Headline"]
        if len(block) > 1:
            block[".opening"] = "N"
        if words == "linked":
            block[".sample"] = str(number)
        blocks.append(block)
    tree[".codes"] = blocks


def _coded_rows(results: Tree) -> Iterator[Tree]:
    for item in (results.get("Topography"), *results.get("Result", ())):
        if item:
            yield {".role": "CCI", ".code": item["Code"], ".list": f"SNO{COMPONENT}SST", ".text": item.get("Text", "")}
            if comment := item.get("Comment"):
                yield {".role": "SPC", ".code": "", ".list": COMPONENT, ".text": comment}


_COLUMNS = (("CellType", 0, 40), ("Marrow", 40, 52), ("Peripheral", 52, None))
_LABELS = {"CellType": "CellTypes"}
_HAEMATOLOGY = ("LaboratoryResults", "TextualFormat", "Hematology")


def _read_haematology(tree: Tree, _: str, __: Work) -> None:
    """A table in fixed columns; its first line holds the labels."""
    block = find(tree, _HAEMATOLOGY)
    if not block or ".lines" not in block:
        return
    lines = [line for line in str(block.pop(".lines")).split("\n") if line]
    rows = [{name: line[start:end].strip() for name, start, end in _COLUMNS} for line in lines]
    if rows:
        block["Labels"] = {_LABELS.get(name, name): value for name, value in rows[0].items()}
        block["Result"] = rows[1:]


def _write_haematology(tree: Tree, _: str, __: Work) -> None:
    block = find(tree, _HAEMATOLOGY)
    if not block:
        return
    labels = {name: block.get("Labels", {}).get(_LABELS.get(name, name), "") for name, _, _ in _COLUMNS}
    lines = "".join(
        f"{row.get('CellType', ''):40}{row.get('Marrow', ''):12}{row.get('Peripheral', '')}\n"
        for row in (labels, *block.get("Result", ()))
    )
    forked(tree, _HAEMATOLOGY)[".lines"] = Text((Run(lines, fixed=True),))


# ---------------------------------------------------------------------------------------------------------- MEDREQ
def _read_sampling_time(tree: Tree, _: str, __: Work) -> None:
    """Whether a sampling time is the real or the wanted one follows from who takes the sample."""
    requisition = tree.get("RequisitionInformation", {})
    requisition.pop(".kind", None)
    if location := requisition.get("SamplingLocationCode"):
        requisition["SamplingDateTimeType"] = "faktisk" if location == "rekvirenten" else "oensket"


def _write_sampling_time(tree: Tree, _: str, __: Work) -> None:
    if "RequisitionInformation" in tree:
        requisition = forked(tree, ("RequisitionInformation",))
        if "SamplingDateTime" in requisition:
            requisition[".kind"] = "SCO" if requisition.get("SamplingLocationCode") == "rekvirenten" else "RCS"


def _lost_sampling_time(tree: Tree, _: str) -> Iterator[tuple[str, str]]:
    requisition = tree.get("RequisitionInformation", {})
    derived = "faktisk" if requisition.get("SamplingLocationCode") == "rekvirenten" else "oensket"
    if requisition.get("SamplingDateTimeType", derived) != derived:
        yield "RequisitionInformation/SamplingDateTimeType", "changed"


def _read_same_moment(tree: Tree, words: str, _: Work) -> None:
    """One time that OIOXML asks for twice."""
    said, wanted = words.split(">")
    requisition = tree.get("RequisitionInformation", {})
    if said in requisition:
        requisition.setdefault(wanted, dict(requisition[said]))


def _lost_same_moment(tree: Tree, words: str) -> Iterator[tuple[str, str]]:
    said, wanted = words.split(">")
    requisition = tree.get("RequisitionInformation", {})
    if wanted in requisition and requisition.get(said) != requisition[wanted]:
        yield f"RequisitionInformation/{wanted}", "changed"


_FIXATION = {"T998": "fikseret", "T100": "frysesnit"}
_FIXATION_ROWS = {"fikseret": ("T998", "Fikseret"), "frysesnit": ("T100", "Frysesnit")}


def _read_pretreatment(tree: Tree, _: str, __: Work) -> None:
    """How the material was treated: any code that is not fixed or frozen means not fixed."""
    for sample in find(tree, ("RequisitionInformation", "Sample")) or ():
        if rows := sample.pop(".pretreatment", None):
            sample["MaterialPreTreatment"] = [_FIXATION.get(row.get(".code", ""), "ikke_fikseret") for row in rows]


def _write_pretreatment(tree: Tree, _: str, __: Work) -> None:
    for sample in _copied(tree, "RequisitionInformation/Sample"):
        pairs = [_FIXATION_ROWS[word] for word in sample.get("MaterialPreTreatment", ()) if word in _FIXATION_ROWS]
        if pairs:
            sample[".pretreatment"] = [{".code": code, ".text": text} for code, text in pairs]


def _lost_pretreatment(tree: Tree, _: str) -> Iterator[tuple[str, str]]:
    samples: Sequence[Tree] = find(tree, ("RequisitionInformation", "Sample")) or ()
    for number, sample in enumerate(samples, start=1):
        if any(word not in _FIXATION_ROWS for word in sample.get("MaterialPreTreatment", ())):
            yield f"RequisitionInformation/Sample[{number}]/MaterialPreTreatment", "absent"


class _Question(NamedTuple):
    """A fixed question of the cytology request."""

    code: str
    text: str
    element: str
    answer: str  # flag, text, or the qualifier of a date


_QUESTIONS = (
    _Question("ADP101", "Kondylomer", "Condyloma", "flag"),
    _Question("ADP102", "Spiral", "IUD", "flag"),
    _Question("ADP103", "Patienten er gravid", "Pregnant", "flag"),
    _Question("ADP201", "Menstruation", "DateOfPeriod", "LMC"),
    _Question("ADP202", "Hormonbehandling", "HormonTherapy", "text"),
    _Question("ADP203", "Kryobehandling", "DateOfCryoTherapy", "AIC"),
    _Question("ADP204", "Laser", "DateOfLaser", "AIC"),
    _Question("ADP205", "Konisation", "DateOfConisation", "AIC"),
    _Question("ADP206", "Hysterektomi", "DateOfHysterectomi", "AIC"),
    _Question("ADP213", "Stråleterapi", "DateOfIrradiation", "AIC"),
    _Question("ADP214", "Kemoterapi", "DateOfChemoTherapy", "AIC"),
)
_BY_CODE = {question.code: question for question in _QUESTIONS}
_CERVIX = ("Requests", "SupplementaryCervixInformations")
_UNKNOWN_DAY = "0001-01-01"


def _read_cytology(tree: Tree, _: str, work: Work) -> None:
    """The fixed questions of a cytology request, by their codes."""
    for number, row in enumerate(tree.pop(".question", ()), start=1):
        question = _BY_CODE.get(row.get(".code", ""))
        if question is None:
            work.fault(
                "edifact.code.unknown",
                f"Requests/Prompt/{number}",
                found=shown(row.get(".code", "")),
                allowed="ADP101 … ADP214",
                element="Code",
            )
        elif question.answer == "flag":
            put(tree, (*_CERVIX, question.element), "true")
        elif question.answer == "text":
            put(tree, (*_CERVIX, question.element), row.get(".answer", ""))
        else:
            put(tree, (*_CERVIX, question.element), row.get(".date", _UNKNOWN_DAY))


def _write_cytology(tree: Tree, _: str, __: Work) -> None:
    said = find(tree, _CERVIX) or {}
    rows: list[Tree] = []
    for question in _QUESTIONS:
        value = said.get(question.element, "")
        if not value or (question.answer == "flag" and value not in {"true", "1"}):
            continue
        row = {".code": question.code, ".text": question.text}
        if question.answer == "text":
            row[".answer"] = value
        elif question.answer != "flag":
            if question.answer == "AIC":
                row[".done"] = "1"
            if value != _UNKNOWN_DAY:
                row |= {".kind": question.answer, ".date": value}
        rows.append(row)
    tree[".question"] = rows


def _lost_cytology(tree: Tree, _: str) -> Iterator[tuple[str, str]]:
    known = {question.element for question in _QUESTIONS}
    for name, value in (find(tree, _CERVIX) or {}).items():
        if name not in known or value in {"false", "0"}:
            yield f"{'/'.join(_CERVIX)}/{name}", "absent"


# ---------------------------------------------------------------------------------------------------------- MEDPRE
def _read_comma_name(tree: Tree, _: str, __: Work) -> None:
    """Surname and given name in one component; what follows the first comma is kept with its blank."""
    person = tree.get("PatientOrRelative", {})
    surname, comma, given = person.pop(".name", "").partition(",")
    if surname:
        person["PersonSurnameName"] = surname
    if comma:
        person["PersonGivenName"] = given


def _write_comma_name(tree: Tree, _: str, __: Work) -> None:
    if "PatientOrRelative" in tree:
        person = forked(tree, ("PatientOrRelative",))
        given = person.get("PersonGivenName")
        person[".name"] = person.get("PersonSurnameName", "") + (f",{given}" if given is not None else "")


def _lost_comma_name(tree: Tree, _: str) -> Iterator[tuple[str, str]]:
    if "," in (find(tree, ("PatientOrRelative", "PersonSurnameName")) or ""):
        yield "PatientOrRelative/PersonSurnameName", "changed"
        yield "PatientOrRelative/PersonGivenName", "changed"


_DOSE = ("PrescriptionInformation", "DoseDispenseInformation")


def _read_dose_dispensing(tree: Tree, _: str, work: Work) -> None:
    """SAFETY: stopped only where SEP says so; a copy mark alone says nothing of dispensing and is reported."""
    dose, stopped, copy = (tree.pop(key, None) for key in (".dose", ".stopped", ".copy"))
    if dose or stopped:
        put(tree, (*_DOSE, "Status"), "dosisdispensering" if dose else "seponeres")
    if dose or stopped or copy:
        put(tree, (*_DOSE, "CopyRequired"), "true" if copy else "false")
    if (dose and stopped) or (copy and not dose and not stopped):
        work.fault("edifact.dispensing.unclear", "/".join(_DOSE))


def _write_dose_dispensing(tree: Tree, _: str, __: Work) -> None:
    said = find(tree, _DOSE) or {}
    tree[".dose"] = "true" if said.get("Status") == "dosisdispensering" else ""
    tree[".stopped"] = "true" if said.get("Status") == "seponeres" else ""
    tree[".copy"] = "true" if said.get("CopyRequired") in {"true", "1"} else ""


# ------------------------------------------------------------------------------------------------- MEDBIN and CONTRL
_SYSTEM_MAIL = "SYSTEMPOST"


def _read_system_mail(tree: Tree, _: str, __: Work) -> None:
    """A letter about nobody: the surname `Data` says so."""
    patient = tree.get("Patient", {})
    if patient.get("PersonSurnameName") == "Data" and "CivilRegistrationNumber" not in patient:
        del tree["Patient"]
        tree["SystemInformation"] = "true"
        if patient.get("PersonGivenName", "_") != "_":
            tree["Contents"] = patient["PersonGivenName"]


def _write_system_mail(tree: Tree, _: str, __: Work) -> None:
    if tree.get("SystemInformation") in {"true", "1"}:
        contents = tree.get("Contents", "_")
        tree["Patient"] = {
            "AlternativeIdentifier": _SYSTEM_MAIL,
            "PersonSurnameName": "Data",
            "PersonGivenName": contents,
        }


_HEX = re.compile(r"([0-9A-Fa-f]{8})([0-9A-Fa-f]{4})([0-9A-Fa-f]{4})([0-9A-Fa-f]{4})([0-9A-Fa-f]{12})")


def _read_objects(tree: Tree, _: str, work: Work) -> None:
    """Raw bytes go into base64; their identifier gets its hyphens."""
    for number, item in enumerate(tree.get("BinaryObject", ()), start=1):
        raw = work.objects[number - 1] if number <= len(work.objects) else b""
        identifier, size = item.pop(".aid", ""), item.pop(".size", "")
        item.pop(".number", None)
        item["ObjectIdentifier"] = _HEX.sub(r"\1-\2-\3-\4-\5", identifier)
        item["Object_Base64Encoded"] = b64encode(raw).decode("ascii")
        if {size, item.get("OriginalObjectSize", "")} != {str(len(raw))}:
            work.fault("edifact.object.size", f"BinaryObject/{number}/OriginalObjectSize")


def _lost_objects(tree: Tree, _: str) -> Iterator[tuple[str, str]]:
    for number, item in enumerate(tree.get("BinaryObject", ()), start=1):
        identifier = item.get("ObjectIdentifier", "")
        if identifier != _HEX.sub(r"\1-\2-\3-\4-\5", identifier.replace("-", "")):
            yield f"BinaryObject[{number}]/ObjectIdentifier", "changed"


def _write_objects(tree: Tree, _: str, work: Work) -> None:
    for number, item in enumerate(_copied(tree, "BinaryObject"), start=1):
        try:
            raw = b64decode("".join(item.get("Object_Base64Encoded", "").split()), validate=True)
        except (binascii.Error, ValueError):
            raw = b""
            work.fault("oioxml.object.base64", f"BinaryObject/{number}/Object_Base64Encoded")
        work.objects.append(raw)
        size = str(len(raw))
        if item.get("OriginalObjectSize") != size:
            work.fault("oioxml.object.size", f"BinaryObject/{number}/OriginalObjectSize")
        item |= {
            ".aid": item.get("ObjectIdentifier", "").replace("-", ""),
            ".size": size,
            "OriginalObjectSize": size,
            ".number": str(number),
        }


_MESSAGES = {
    "D": "MEDDIS",
    "H": "MEDREF",
    "R": "MEDRPT",
    "Q": "MEDREQ",
    "B": "MEDBIN",
    "L": "MEDPRE",
    "A": "PRODAT",
    "U": "MEDRUC",
    "C": "CONTRL",
    "I": "MEDPID",
}


def message_of(version: str) -> str:
    """The EDIFACT message that a version code belongs to."""
    version = version.removeprefix("X")
    return "MEDPRE" if version.startswith("R60") else _MESSAGES.get(version[:1], "MEDDIS")


def _read_answered_messages(tree: Tree, _: str, __: Work) -> None:
    """UCM repeats the message's name, which the version code tells."""
    for letter in find(tree, ("OriginalEmessage", "OriginalLetter")) or ():
        letter.pop(".message", None)


def _write_answered_messages(tree: Tree, _: str, __: Work) -> None:
    for letter in _copied(tree, "OriginalEmessage/OriginalLetter"):
        letter[".message"] = message_of(letter.get("OriginalVersionCode", ""))


def _write_second_physician(tree: Tree, words: str, _: Work) -> None:
    """The copy receiver's physician is known by coming second."""
    if any(_lost_second_physician(tree, words)):
        del forked(tree, ("CCReceiver",))["Physician"]


def _lost_second_physician(tree: Tree, _: str) -> Iterator[tuple[str, str]]:
    if find(tree, ("CCReceiver", "Physician")) and not find(tree, ("Receiver", "Physician")):
        yield "CCReceiver/Physician", "absent"


_CODED = "LaboratoryResults/CodedFormat"
_IRREGULAR = {
    "subject": Irregularity(_read_subject, _write_subject, ("AdditionalInformation/Subject",)),
    "additional_information": Irregularity(_read_additional_information, _nothing),
    "physiotherapy_texts": _fixed("physiotherapy_texts"),
    "psychology_texts": _fixed("psychology_texts"),
    "services": Irregularity(
        _read_services, _write_services, ("Services/Service/ServiceHeadline", "Services/Service/ServiceText")
    ),
    "local_identifier": Irregularity(
        _read_local_identifier, _write_local_identifier, ("*/IdentifierCode", "*/IdentifierLocal")
    ),
    "result_status": Irregularity(
        _read_result_status, _write_result_status, ("*/ResultStatusCode",), _lost_result_status
    ),
    "second_physician": Irregularity(
        _nothing, _write_second_physician, ("CCReceiver/Physician/PersonInitials",), _lost_second_physician
    ),
    "coded_samples": Irregularity(
        _read_coded_samples,
        _write_coded_samples,
        (f"{_CODED}/DiagnosisHeadline", f"{_CODED}/Sample/CodedResults"),
        _lost_coded_samples,
    ),
    "haematology": Irregularity(
        _read_haematology,
        _write_haematology,
        ("LaboratoryResults/TextualFormat/Hematology/Labels", "LaboratoryResults/TextualFormat/Hematology/Result"),
    ),
    "sampling_time": Irregularity(
        _read_sampling_time,
        _write_sampling_time,
        ("RequisitionInformation/SamplingDateTimeType",),
        _lost_sampling_time,
    ),
    "same_moment": Irregularity(
        _read_same_moment,
        _nothing,
        ("RequisitionInformation/SamplingDateTime", "RequisitionInformation/RequisitionDateTime"),
        _lost_same_moment,
    ),
    "pretreatment": Irregularity(
        _read_pretreatment,
        _write_pretreatment,
        ("RequisitionInformation/Sample/MaterialPreTreatment",),
        _lost_pretreatment,
    ),
    "cytology": Irregularity(_read_cytology, _write_cytology, ("/".join(_CERVIX),), _lost_cytology),
    "comma_name": Irregularity(
        _read_comma_name,
        _write_comma_name,
        ("PatientOrRelative/PersonSurnameName", "PatientOrRelative/PersonGivenName"),
        _lost_comma_name,
    ),
    "dose_dispensing": Irregularity(_read_dose_dispensing, _write_dose_dispensing, ("/".join(_DOSE),)),
    "system_mail": Irregularity(_read_system_mail, _write_system_mail, ("SystemInformation", "Contents")),
    "objects": Irregularity(
        _read_objects,
        _write_objects,
        ("BinaryObject/ObjectIdentifier", "BinaryObject/Object_Base64Encoded"),
        _lost_objects,
    ),
    "answered_messages": Irregularity(_read_answered_messages, _write_answered_messages),
    "microbiology": Irregularity(read_microbiology, write_microbiology, None),
}


@cache
def _functions(names: tuple[str, ...]) -> tuple[tuple[Irregularity, str], ...]:
    parts = (name.partition(":") for name in names)
    return tuple((_IRREGULAR[function], words) for function, _, words in parts)


def functions_of(layout: Layout) -> tuple[tuple[Irregularity, str], ...]:
    """A layout's functions, each with the words it is given."""
    return _functions(layout.functions)
