"""What stands where in each kind of letter: one row for a value, read in both directions."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from samspil.domain.clinical.binary import BinaryLetter
from samspil.domain.clinical.form import Form
from samspil.domain.clinical.lab_report import CodedSample, Finding, Interval, LabReport, Result, TitledText
from samspil.domain.clinical.lab_request import LabRequest, Payer, WantedAnalysis
from samspil.domain.clinical.letter import AnsweredReferral, ClinicalLetter, Diagnosis, LetterStatus, Note
from samspil.domain.clinical.mail import Mail
from samspil.domain.clinical.notification import Contact, Notification
from samspil.domain.clinical.prescription import Drug, Prescription
from samspil.domain.clinical.receipt import AnsweredLetter, LetterReceipt
from samspil.domain.clinical.referral import Referral, Sorting
from samspil.domain.codes import Code
from samspil.domain.issues import Phrase
from samspil.domain.text import Text
from samspil.formats.letters.binding import (
    DAY,
    FLAG,
    MOMENT,
    STRING,
    TEXT,
    Converter,
    Row,
    code,
    given,
    many,
    record,
    taken,
    words,
)
from samspil.formats.letters.files import FILES, REFERENCES
from samspil.formats.letters.parties import PARTY, RELATIVE, read_party
from samspil.formats.letters.tree import Tree

# ---------------------------------------------------------------------------------------------------- parts of bodies
_STATUS = words(
    {"nytbrev": LetterStatus.NEW, "rettetbrev": LetterStatus.CORRECTED, "annulleretbrev": LetterStatus.CANCELLED}
)
APPROVAL = (
    Row("Letter/Authorisation", "at", MOMENT),
    Row("Letter/StatusCode", "status", _STATUS),
    Row("Letter/StatisticalCode", "statistics", STRING),
)
_DIAGNOSIS = (
    Row("DiagnoseCode", "code", STRING),
    Row("DiagnoseTypeCode", "system", STRING),
    Row("DiagnoseText", "text", STRING),
    Row("DiagnoseDescriptionCode", "role", code("diagnosis-role")),
    Row("DiagnoseDateTime", "at", MOMENT),
)
DIAGNOSIS = record(Diagnosis, _DIAGNOSIS)


_EPISODE = (
    Row("Letter/EpisodeOfCareIdentifier", "episode", STRING),
    Row("Patient/EpisodeOfCareStatusCode", "episode_status", code("episode-status")),
)
_LETTER = (
    *_EPISODE,
    Row("Admission|OutPatientFirstVisit|CasualtyWardFirstVisit|ExaminationStart|Confirmation", "started_at", MOMENT),
    Row("Discharge|OutPatientLastVisit|CasualtyWardLastVisit|ExaminationEnd", "ended_at", MOMENT),
    Row("Relative", "relatives", many(RELATIVE)),
    Row(
        "Referral",
        "referral",
        record(
            AnsweredReferral,
            (
                Row("Identifier", "identifier", STRING),
                Row("Received", "received_at", MOMENT),
                Row("Refer", "diagnosis", DIAGNOSIS),
                Row("ReferalAdditional", "additional", many(DIAGNOSIS)),
            ),
        ),
    ),
    Row("Diagnose/Main", "main_diagnosis", DIAGNOSIS),
    Row("Diagnose/MainAdditional", "main_additional", many(DIAGNOSIS)),
    Row("Diagnose/Other", "diagnoses", many(DIAGNOSIS)),
    Row(
        "ClinicalInformation",
        "notes",
        many(record(Note, (Row("Text01|Text03", "text", TEXT), Row("Signed", "signed_at", MOMENT)))),
    ),
    Row("Reference", "attachments", REFERENCES),
)
_MAIL = (
    *_EPISODE,
    Row("AdditionalInformation/Priority", "priority", code("priority")),
    Row("AdditionalInformation/Subject", "subject", STRING),
    Row(
        "ClinicalInformation",
        "texts",
        many(
            Converter(lambda value: TEXT.read(value.pop("Text01")), lambda text: {"Text01": text}),
        ),
    ),
    Row("Reference", "attachments", REFERENCES),
)
_NOTIFICATION = (
    Row("Letter/NotificationIdentifier", "identifier", STRING),
    Row("Patient/EpisodeOfCareStatusCode", "status", code("stay-status")),
    Row("Admission", "admitted_at", MOMENT),
    Row("Discharge", "discharged_at", MOMENT),
    Row("Sender/AnswerTo", "answer_to", PARTY),
    Row(
        "Sender/ContactInformation",
        "contacts",
        many(
            record(
                Contact,
                (
                    Row("ContactName", "names", Converter(tuple, lambda names: list(names) or None)),
                    Row("TelephoneSubscriberIdentifier", "phone", STRING),
                    Row("ContactTimeText", "hours", STRING),
                ),
            )
        ),
    ),
)
_CLINICAL = "RelevantClinicalInformation"
_REFERRAL = (
    Row("Letter/EpisodeOfCareIdentifier", "episode", STRING),
    Row("AdditionalInformation/Priority", "priority", code("priority")),
    Row("AdditionalInformation/ReferralStatus", "status", code("referral-status")),
    Row("AdditionalInformation/Transport", "transport", code("transport")),
    Row("AdditionalInformation/Supplementary", "supplementary", TEXT),
    Row("AdditionalInformation/ClinicalReason", "reason", TEXT),
    Row("Referral/Refer", "diagnosis", DIAGNOSIS),
    Row("Referral/ReferralAdditional", "additional", many(DIAGNOSIS)),
    Row(f"{_CLINICAL}/Cave", "warnings", TEXT),
    Row(f"{_CLINICAL}/Anamnesis", "history", TEXT),
    Row(f"{_CLINICAL}/Examination", "examination", TEXT),
    Row(f"{_CLINICAL}/FirstDateOfPeriod", "last_period", TEXT),
    Row(f"{_CLINICAL}/ActualMedicine", "medicine", TEXT),
    Row("AnswerCCReceiver", "copy_of_answer", PARTY),
    Row("Reference", "attachments", REFERENCES),
    Row(
        "HospitalVisitation|MunicipalityVisitation",
        "sorting",
        many(record(Sorting, (Row("InformationCode", "kind", code("sorting")), Row("Information", "text", TEXT)))),
    ),
)


# --------------------------------------------------------------------------------------------------- laboratories
def _read_analysis(tree: Any) -> Code:
    name = "AnalysisCode" if "AnalysisCode" in tree else "MICAnalysisCode"
    system = f"{tree.pop('AnalysisCodeType', '')}:{tree.pop('AnalysisCodeResponsible', '')}"
    return Code(tree.pop(name), system, Phrase(tree.pop("AnalysisShortName", "")))


def _write_analysis(analysis: Code) -> Tree:
    kind, _, responsible = analysis.system.partition(":")
    tree = {
        "AnalysisCode|MICAnalysisCode": analysis.code,
        "AnalysisCodeType": kind,
        "AnalysisCodeResponsible": responsible,
        "AnalysisShortName": str(analysis.name),
    }
    return {name: value for name, value in tree.items() if value}


ANALYSIS = Converter(_read_analysis, _write_analysis)
_REMARKS = {"ResultTextValue": "text", "ResultComments": "comment"}
_REMARK_ELEMENTS = {word: name for name, word in _REMARKS.items()}


def _read_remarks(value: Any) -> tuple[tuple[str, Text], ...]:
    return tuple((_REMARKS[name], text) for name, text in value)


REMARKS = Converter(_read_remarks, lambda value: [(_REMARK_ELEMENTS[kind], text) for kind, text in value] or None)
_FINDING = record(
    Finding, (Row("Code", "code", STRING), Row("Text", "text", STRING), Row("Comment", "comment", STRING))
)
_SAMPLE = record(
    CodedSample,
    (
        Row("LaboratoryInternalSampleIdentifier", "identifier", STRING),
        Row("RequesterSampleIdentifier", "requester_identifier", STRING),
        Row("MaterialDescription", "material", STRING),
        Row("CodedResults/Headline", "headline", STRING),
        Row("CodedResults/Topography", "topography", _FINDING),
        Row("CodedResults/Result", "findings", many(_FINDING)),
    ),
)
_RESULT = record(
    Result,
    (
        Row("ResultStatusCode", "status", code("result-status")),
        Row("Analysis", "analysis", ANALYSIS),
        Row("Analysis/AnalysisCompleteName", "full_name", TEXT),
        Row("Value", "value", STRING),
        Row("Operator", "comparator", words({"mindre_end": "<", "stoerre_end": ">"})),
        Row("Unit", "unit", STRING),
        Row("ResultType", "value_type", code("result-type")),
        Row("ResultValidation", "assessment", code("result-assessment")),
        Row(
            "ReferenceInterval",
            "interval",
            record(
                Interval,
                (
                    Row("TypeOfInterval", "kind", code("interval-kind")),
                    Row("LowerLimit", "lower", STRING),
                    Row("UpperLimit", "upper", STRING),
                    Row("IntervalText", "text", STRING),
                ),
            ),
        ),
        Row("ResultTextValue|ResultComments", "remarks", REMARKS),
        Row("ProducerOfLabResult/Identifier", "producer", STRING),
        Row("ProducerOfLabResult/IdentifierCode", "producer_code", STRING),
        Row("Reference", "attachments", REFERENCES),
    ),
)
_TITLED = (Row("Headline", "headline", STRING), Row("Text", "text", TEXT), Row("Reference", "attachments", REFERENCES))


def _read_titled(tree: Any) -> tuple[TitledText, ...]:
    texts: list[TitledText] = []
    for part in list(tree):
        if isinstance(tree[part], dict) and "Text" in tree[part]:
            texts.append(TitledText(part=part, **taken(tree[part], _TITLED)))
            if not tree[part]:
                del tree[part]
    if not texts:
        raise ValueError("no texts")
    return tuple(texts)


TITLED = Converter(_read_titled, lambda texts: {one.part: given(one, _TITLED) for one in texts} or None)
_GENERAL = "LaboratoryResults/GeneralResultInformation"
_OF_REQUEST = "RequisitionInformation"
_LAB_REPORT = (
    Row(f"{_GENERAL}/LaboratoryInternalProductionIdentifier", "identifier", STRING),
    Row(f"{_GENERAL}/ResultStatusCode", "status", code("result-status")),
    Row(f"{_GENERAL}/ReportStatusCode|ResultStatus", "completeness", code("report-status")),
    Row(f"{_GENERAL}/ResultsDateTime", "answered_at", MOMENT),
    Row(f"{_OF_REQUEST}/ClinicalInformation", "clinical", TEXT),
    Row(f"{_OF_REQUEST}/Comments", "comments", TEXT),
    Row(f"{_OF_REQUEST}/Reference", "attachments", REFERENCES),
    Row("LaboratoryResults/Result", "results", many(_RESULT)),
    Row("LaboratoryResults/TableFormat/ResultHeadline", "table_headline", STRING),
    Row("LaboratoryResults/TableFormat/TableResult", "table_result", STRING),
    Row("LaboratoryResults/CodedFormat/Sample", "samples", many(_SAMPLE)),
    Row("LaboratoryResults/TextualFormat", "texts", TITLED),
)
_SAMPLE_OF_REPORT = (
    Row(f"{_OF_REQUEST}/Sample/SamplingDateTime", "sampled_at", MOMENT),
    Row(f"{_OF_REQUEST}/Sample/SampleReceivedDateTime", "received_at", MOMENT),
    Row(f"{_OF_REQUEST}/Sample/LaboratoryInternalSampleIdentifier", "sample", STRING),
    Row(f"{_OF_REQUEST}/Sample/RequesterSampleIdentifier", "requester_sample", STRING),
)
_SAMPLES_OF_PATHOLOGY = (
    Row(f"{_OF_REQUEST}/SamplingDateTime", "sampled_at", MOMENT),
    Row(f"{_OF_REQUEST}/SampleReceivedDateTime", "received_at", MOMENT),
    Row(f"{_OF_REQUEST}/LaboratoryInternalSampleIdentifier|ReceiversRequisitionIdentifier", "sample", STRING),
    Row(f"{_OF_REQUEST}/RequesterSampleIdentifier|RequestersRequisitionIdentifier", "requester_sample", STRING),
)
_LAB_REQUEST = (
    Row(f"{_OF_REQUEST}/RequisitionDateTime", "requested_at", MOMENT),
    Row(f"{_OF_REQUEST}/SamplingLocationCode", "location", code("sampling-location")),
    Row(f"{_OF_REQUEST}/SamplingDateTimeType", "sampling_time", code("sampling-time")),
    Row(f"{_OF_REQUEST}/SamplingDateTime", "sampled_at", MOMENT),
    Row(f"{_OF_REQUEST}/NumberOfTestTubes", "tubes", STRING),
    Row(f"{_OF_REQUEST}/ClinicalInformation", "clinical", TEXT),
    Row(f"{_OF_REQUEST}/Comments", "comments", TEXT),
    Row(
        "Requests/RequestedAnalysis",
        "analyses",
        many(
            record(
                WantedAnalysis,
                (
                    Row("Analysis", "analysis", ANALYSIS),
                    Row("ResultPriority", "priority", code("result-priority")),
                    Row("SupplementaryAnalysis", "supplement", STRING),
                    Row("SupplementaryLocation|SampleLocation", "location", STRING),
                ),
            )
        ),
    ),
)


def _read_payer(tree: Any) -> Payer:
    kind = tree.pop("PayersTypeCode", "")
    return Payer(kind=Code(kind, "payer") if kind else None, party=read_party(tree))


def _write_payer(payer: Payer | None) -> Tree | None:
    if payer is None:
        return None
    return {**({"PayersTypeCode": payer.kind.code} if payer.kind else {}), ".party": payer.party}


_PAYER = Row("Payer", "payer", Converter(_read_payer, _write_payer))
_ONE_SAMPLE = Row(f"{_OF_REQUEST}/Sample/RequesterSampleIdentifier", "sample", STRING)
_ONE_REQUISITION = Row(f"{_OF_REQUEST}/RequestersRequisitionIdentifier", "sample", STRING)

# ----------------------------------------------------------------------------------- prescriptions, files, receipts
_DRUG = record(
    Drug,
    (
        Row("PackageIdentifier", "package", STRING),
        Row("NameOfDrug", "name", STRING),
        Row("DosageForm", "form", STRING),
        Row("PackageSize", "size", STRING),
        Row("DrugStrength", "strength", STRING),
        Row("NumberOfPackings", "packages", STRING),
        Row("Dosage/DosageCode", "dose_code", STRING),
        Row("Dosage/DosageText", "dose", STRING),
        Row("Indication/Code", "indication_code", STRING),
        Row("Indication/Text", "indication", STRING),
        Row("Iteration/Number", "repeats", STRING),
        Row("Iteration/Interval", "repeat_interval", STRING),
        Row("Iteration/IntervalUnit", "repeat_unit", code("period-unit")),
        Row("SubstitutionCode", "substitution", code("substitution")),
        Row("ReimbursementClause", "reimbursement", code("reimbursement")),
        Row("SupplementaryInformation", "supplement", STRING),
        Row("DoseDispensing/StartDate", "dispensed_from", DAY),
        Row("DoseDispensing/EndDate", "dispensed_until", DAY),
    ),
)
_PRESCRIPTION = (
    Row("PrescriptionInformation/SenderComputerSystem", "system", STRING),
    Row("PrescriptionInformation/DrugDatabaseVersion", "drug_catalogue", STRING),
    Row("PrescriptionInformation/MessageStatusCode", "copy_status", code("copy-status")),
    Row("PrescriptionInformation/DoseDispenseInformation/Status", "dispensing", code("dispensing")),
    Row("PreferredPharmacy", "pharmacy", PARTY),
    Row("Drug", "drugs", many(_DRUG)),
)
_BINARY = (
    Row("BinaryObject", "files", FILES),
    Row("SystemInformation", "about_system", FLAG),
    Row("Contents", "contents", STRING),
)
_ANSWERED = record(
    AnsweredLetter,
    (
        Row("OriginalLetterIdentifier", "identifier", STRING),
        Row("OriginalVersionCode", "version", STRING),
        Row("RefuseCode", "refusal", code("refusal")),
        Row("RefuseText", "text", TEXT),
    ),
)
_RECEIPT = (
    Row("OriginalEmessage/OriginalEnvelopeIdentifier", "envelope", STRING),
    Row("OriginalEmessage/OriginalSender/EANIdentifier", "sender", STRING),
    Row("OriginalEmessage/OriginalReceiver/EANIdentifier", "receiver", STRING),
    Row("OriginalEmessage/RefuseCode", "refusal", code("refusal")),
    Row("OriginalEmessage/RefuseText", "text", TEXT),
    Row("OriginalEmessage/OriginalLetter", "letters", many(_ANSWERED)),
    Row("Letter/StatisticalCode", "statistics", STRING),
)


_BODIES: Mapping[str, tuple[type, Sequence[Row]]] = MappingProxyType(
    {
        **dict.fromkeys(("DIS91", "DIS90"), (Mail, _MAIL)),
        **dict.fromkeys(("DIS14", "DIS17", "DIS20"), (Notification, _NOTIFICATION)),
        **dict.fromkeys(("DIS16", "DIS18", "DIS19", "DIS21", "DIS32"), (Form, ())),
        "DIS": (ClinicalLetter, _LETTER),
        "REF": (Referral, (*_REFERRAL, Row("Relative", "relative", RELATIVE))),
        "REF22": (Referral, _REFERRAL),
        "RPT": (LabReport, (*_LAB_REPORT, *_SAMPLE_OF_REPORT)),
        **dict.fromkeys(("RPT03", "RPT04", "RPT07"), (LabReport, (*_LAB_REPORT, *_SAMPLES_OF_PATHOLOGY))),
        "REQ": (LabRequest, (*_LAB_REQUEST, _PAYER, _ONE_SAMPLE)),
        "REQ03": (LabRequest, (*_LAB_REQUEST, _PAYER, _ONE_REQUISITION)),
        "PRE": (Prescription, _PRESCRIPTION),
        "BIN": (BinaryLetter, _BINARY),
        "CTL": (LetterReceipt, _RECEIPT),
    }
)


def body_of(type: str) -> tuple[type, Sequence[Row]]:
    """A type's body and its table."""
    return _BODIES.get(type) or _BODIES.get(type[:3]) or (Form, ())
