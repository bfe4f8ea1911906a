"""Legacy letters of our own, one of each kind: what `python -m tools.examples` writes below `examples/letters`.

Each is told once, as OIOXML says it, and written in both spellings; EDIFACT is what the conversion makes of it.
"""

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from samspil.catalogue.legacy.layouts import find_layout
from samspil.conversion.api import convert

Said = Mapping[str, Any]

HOSPITAL, CLINIC, MUNICIPALITY, LABORATORY = "5790000000012", "5790000000036", "5790000000029", "5790000000050"
DAY = "2026-03-02"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIAQAAAADsdIMmAAAAEklEQVR4nGNgYPjPwMDAwAAABQIBAKRwLs0AAAAASUVORK5CYII="


def moment(time: str, day: str = DAY) -> Said:
    """A date with its time."""
    return {"Date": day, "Time": time}


def head(version: str, number: str, *, status: bool = True, **more: Any) -> Said:
    """What a letter says of itself."""
    layout = find_layout(version)
    assert layout
    return {
        "Identifier": f"EKS{number}",
        "VersionCode": f"X{version}",
        "StatisticalCode": f"X{layout.type}",
        "Authorisation": more.pop("at", moment("09:12")),
        "TypeCode": f"X{layout.type}",
        **({"StatusCode": "nytbrev"} if status else {}),
        **more,
    }


HOSPITAL_WARD = {
    "EANIdentifier": HOSPITAL,
    "Identifier": "990010",
    "IdentifierCode": "sygehusafdelingsnummer",
    "OrganisationName": "Sundby Sygehus",
    "DepartmentName": "Medicinsk afdeling",
}
FROM_WARD = {**HOSPITAL_WARD, "MedicalSpecialityCode": "intern_medicin_sygehus"}
PRACTICE = {
    "EANIdentifier": CLINIC,
    "Identifier": "012345",
    "IdentifierCode": "ydernummer",
    "OrganisationName": "Lægerne på Torvet",
    "DepartmentName": "Læge",
    "StreetName": "Torvet 1",
    "DistrictName": "Åby",
    "PostCodeIdentifier": "9990",
}
FROM_PRACTICE = {**PRACTICE, "TelephoneSubscriberIdentifier": "70102030", "MedicalSpecialityCode": "almen_medicin"}
HOME_CARE = {
    "EANIdentifier": MUNICIPALITY,
    "Identifier": "999",
    "IdentifierCode": "kommunenummer",
    "OrganisationName": "Åby Kommune",
    "DepartmentName": "Hjemmeplejen",
}
FROM_LABORATORY = {
    "EANIdentifier": LABORATORY,
    "Identifier": "990050",
    "IdentifierCode": "sygehusafdelingsnummer",
    "OrganisationName": "Sundby Sygehus",
    "DepartmentName": "Klinisk biokemisk afdeling",
    "MedicalSpecialityCode": "klin_biokemi",
}
BRUNO = {"CivilRegistrationNumber": "2509479989", "PersonSurnameName": "Elmer", "PersonGivenName": "Bruno Test"}
AT_HOME = {**BRUNO, "StreetName": "Prøvevej 7", "DistrictName": "Åby", "PostCodeIdentifier": "9990"}


def result(code: str, name: str, value: str, unit: str, between: tuple[str, str], **more: str) -> Said:
    """One result of a laboratory."""
    return {
        "ResultStatusCode": "svar_endeligt",
        "Analysis": {
            "AnalysisCode": code,
            "AnalysisCodeType": "iupac",
            "AnalysisCodeResponsible": "SST",
            "AnalysisShortName": name,
            "AnalysisCompleteName": f"{name}, voksne<Break/>",
        },
        "ProducerOfLabResult": {"Identifier": "Sundby KBA", "IdentifierCode": "SUN"},
        "ReferenceInterval": {"TypeOfInterval": "uspecificeret", "LowerLimit": between[0], "UpperLimit": between[1]},
        "ResultType": "numerisk",
        **({"Operator": more["operator"]} if "operator" in more else {}),
        "Value": value,
        "Unit": unit,
        **({"ResultValidation": more["validation"]} if "validation" in more else {}),
    }


def sensitivity(organism: int, antibiotic: int, letter: str) -> Said:
    """One cell of a resistance table."""
    return {"RefMicroorganism": str(organism), "RefAntibiotic": str(antibiotic), "Sensitivity": letter}


LETTERS: Mapping[str, tuple[str, Said]] = {
    "DIS01": (
        "D0133L",
        {
            "Letter": head("D0133L", "0001"),
            "Sender": FROM_WARD,
            "Receiver": PRACTICE,
            "Patient": {**AT_HOME, "EpisodeOfCareStatusCode": "indlagt"},
            "Relative": {"RelationCode": "barn", "PersonSurnameName": "Elmer", "PersonGivenName": "Berta Test"},
            "Admission": moment("21:40", "2026-02-26"),
            "Discharge": moment("11:00"),
            "Diagnose": {
                "Main": {"DiagnoseCode": "DJ189", "DiagnoseText": "Pneumoni UNS"},
                "Other": [
                    {
                        "DiagnoseDescriptionCode": "bidiagnose",
                        "DiagnoseCode": "DI109",
                        "DiagnoseTypeCode": "SKSdiagnosekode",
                        "DiagnoseText": "Essentiel hypertension",
                    }
                ],
            },
            "ClinicalInformation": {
                "Text01": "Indlagt med feber og hoste gennem fire dage.<Break/>"
                "<Bold>Behandling:</Bold> penicillin i syv dage, de sidste tre i tabletform.<Break/>"
                "<Bold>Plan:</Bold> kontrol af blodtryk hos egen læge om to uger.<Break/>"
            },
        },
    ),
    "DIS91": (
        "D9134L",
        {
            "Letter": head("D9134L", "0002"),
            "Sender": FROM_PRACTICE,
            "Receiver": HOSPITAL_WARD,
            "Patient": {**AT_HOME, "EpisodeOfCareStatusCode": "inaktiv"},
            "AdditionalInformation": {"Priority": "høj_prioritet", "Subject": "Spørgsmål om medicin"},
            "ClinicalInformation": {
                "Text01": "Er det meningen, at penicillin skal fortsætte efter den 5.?<Break/>Svar gerne i dag.<Break/>"
            },
        },
    ),
    "DIS20": (
        "D2030C",
        {
            "Letter": head(
                "D2030C", "0003", at={"Date": "2026-03-01", "TimeWithSec": "21:45:00"}, NotificationIdentifier="EKS0003"
            ),
            "Sender": {
                **HOSPITAL_WARD,
                "UnitName": "Afsnit B2",
                "TelephoneSubscriberIdentifier": "70203040",
                "AnswerTo": {"EANIdentifier": HOSPITAL},
            },
            "Receiver": {key: HOME_CARE[key] for key in list(HOME_CARE)[:4]},
            "Patient": {"CivilRegistrationNumber": "2509479989", "EpisodeOfCareStatusCode": "indlagt"},
            "Admission": moment("21:40", "2026-03-01"),
        },
    ),
    "REF01": (
        "H0130R",
        {
            "Letter": head("H0130R", "0004"),
            "Sender": {**FROM_PRACTICE, "Referrer": {"PersonName": "Test Torvald", "PersonTitle": "Læge"}},
            "Receiver": {**HOSPITAL_WARD, "StreetName": "Sygehusvej 10", "DistrictName": "Sundby"},
            "Patient": AT_HOME,
            "AdditionalInformation": {"Priority": "akut", "ReferralStatus": "indlaeggelse", "Transport": "liggende"},
            "Referral": {
                "Refer": {
                    "DiagnoseCode": "DR074",
                    "DiagnoseTypeCode": "SKSdiagnosekode",
                    "DiagnoseText": "Brystsmerter UNS",
                }
            },
            "RelevantClinicalInformation": {
                "Cave": "Tåler ikke jod.<Break/>",
                "Anamnesis": "Trykken for brystet siden i morges, værst ved gang.<Break/>",
                "Examination": "Blodtryk 150/90, puls 88. EKG uden forandringer.<Break/>",
                "ActualMedicine": "Amlodipin 5 mg x 1.<Break/>",
            },
        },
    ),
    "RPT01": (
        "R0130K",
        {
            "Letter": head("R0130K", "0005", status=False),
            "Sender": FROM_LABORATORY,
            "Receiver": PRACTICE,
            "Patient": BRUNO,
            "RequisitionInformation": {
                "Comments": "Prøven var let hæmolytisk.<Break/>",
                "Sample": {
                    "LaboratoryInternalSampleIdentifier": "SUN1001",
                    "RequesterSampleIdentifier": "012345678",
                    "SamplingDateTime": moment("07:50"),
                },
            },
            "LaboratoryResults": {
                "GeneralResultInformation": {
                    "LaboratoryInternalProductionIdentifier": "SUN1001",
                    "ResultsDateTime": moment("09:05"),
                },
                "Result": [
                    result("NPU02319", "Hæmoglobin;B", "7,1", "mmol/L", ("8,3", "10,5"), validation="for_lav"),
                    result("NPU19748", "C-reaktivt protein;P", "8", "mg/L", ("0", "8"), operator="mindre_end"),
                    result("NPU03429", "Natrium;P", "139", "mmol/L", ("137", "145")),
                ],
            },
        },
    ),
    "RPT02": (
        "R0231M",
        {
            "Letter": head("R0231M", "0006", status=False),
            "Sender": {
                **FROM_LABORATORY,
                "DepartmentName": "Klinisk mikrobiologisk afdeling",
                "MedicalSpecialityCode": "klin_mikrobiologi",
                "FromLabIdentifier": "SUN",
            },
            "Receiver": PRACTICE,
            "Patient": BRUNO,
            "RequisitionInformation": {
                "Sample": {
                    "LaboratoryInternalSampleIdentifier": "MIK2002",
                    "SamplingDateTime": moment("08:10", "2026-02-27"),
                    "SampleReceivedDateTime": moment("12:00", "2026-02-27"),
                }
            },
            "LaboratoryResults": {
                "GeneralResultInformation": {
                    "ReportStatusCode": "komplet_svar",
                    "LaboratoryInternalProductionIdentifier": "MIK2002",
                    "ResultsDateTime": moment("08:55"),
                },
                "Result": [
                    {
                        "ResultStatusCode": "svar_endeligt",
                        "Analysis": {
                            "ExaminationTypeCode": "maalbar_kvantitet",
                            "MICAnalysisCode": "NPU08730",
                            "AnalysisCodeType": "iupac",
                            "AnalysisCodeResponsible": "SST",
                            "AnalysisMDSName": {"Examination": "Dyrkning", "Material": "Urin"},
                        },
                        "ProducerOfLabResult": {"Identifier": "Sundby KMA", "IdentifierCode": "SUN"},
                        "ResultType": "alfanumerisk",
                        "Value": "Påvist",
                    }
                ],
                "CultureWithFindings": {
                    "Headline": "Dyrkning",
                    "Microorganism": [
                        {"Name": "Escherichia coli", "GrowthValue": "10E5 CFU/mL"},
                        {"Name": "Enterococcus faecalis", "GrowthValue": "10E4 CFU/mL"},
                    ],
                    "Pattern": {
                        "Headline": "Resistens",
                        "Antibiotic": [{"Name": name} for name in ("Ampicillin", "Mecillinam", "Nitrofurantoin")],
                        "PatternEntry": [
                            sensitivity(1, 1, "R"),
                            sensitivity(1, 2, "S"),
                            sensitivity(1, 3, "S"),
                            sensitivity(2, 1, "S"),
                            sensitivity(2, 3, "S"),
                        ],
                        "SensitivityInterpretation": "S: følsom, R: resistent<Break/>",
                    },
                },
            },
        },
    ),
    "REQ01": (
        "Q0130K",
        {
            "Letter": head("Q0130K", "0007", status=False),
            "Sender": FROM_PRACTICE,
            "Receiver": {key: FROM_LABORATORY[key] for key in list(FROM_LABORATORY)[:5]},
            "Payer": {"PayersTypeCode": "anden", "OrganisationName": "Rekvirent"},
            "Patient": {**BRUNO, "Consent": {"Given": "true"}},
            "RequisitionInformation": {
                "RequisitionDateTime": moment("08:00"),
                "SamplingLocationCode": "rekvirenten",
                "SamplingDateTimeType": "faktisk",
                "SamplingDateTime": moment("07:50"),
                "Sample": {"RequesterSampleIdentifier": "012345678"},
                "NumberOfTestTubes": "2",
            },
            "Requests": {
                "RequestedAnalysis": [
                    {
                        "ResultPriority": "rutine",
                        "Analysis": {
                            "AnalysisCode": code,
                            "AnalysisCodeType": "iupac",
                            "AnalysisCodeResponsible": "SST",
                        },
                    }
                    for code in ("NPU02319", "NPU19748")
                ]
            },
        },
    ),
    "PRE60": (
        "R6031W",
        {
            "Letter": head("R6031W", "0008", status=False, at={"Date": DAY, "TimeWithSec": "09:12:30"}),
            "Sender": {
                **{key: HOME_CARE[key] for key in list(HOME_CARE)[:4]},
                "StreetName": "Rådhuspladsen 1",
                "PostCodeIdentifier": "9990",
                "TelephoneSubscriberIdentifier": "70405060",
                "PersonInOrganisation": {"TitleAndName": "Sygeplejerske Karen Holm"},
                "AnswerTo": {"EANIdentifier": MUNICIPALITY},
            },
            "Receiver": {
                **{key: PRACTICE[key] for key in list(PRACTICE)[:4]},
                "Issuer": {"AuthorisationIdentifier": "BX4T7", "TitleAndName": "Læge Test Torvald"},
            },
            "PreferredPharmacy": {"EANIdentifier": "5790001348120", "OrganisationName": "Åby Apotek"},
            "PatientOrRelative": {
                "Type": "patient",
                **BRUNO,
                "StreetName": "Prøvevej 7",
                "PostCodeIdentifier": "9990",
                "CountyCode": "081",
            },
            "PrescriptionInformation": {
                "SenderComputerSystem": "Omsorg",
                "MessageStatusCode": "original",
                "DrugDatabaseVersion": "202603",
                "Delivery": {"PriorityOfDelivery": "send_til_patientadresse_samme_dag", "ContactName": "Hjemmeplejen"},
            },
            "Drug": [
                {
                    "PackageIdentifier": "999001",
                    "NameOfDrug": "Amlodipin Test",
                    "DosageForm": "Tabletter",
                    "PackageSize": "100 stk.",
                    "DrugStrength": "5 mg",
                    "NumberOfPackings": "1",
                    "Dosage": {"DosageCode": "1", "DosageText": "1 tablet daglig"},
                    "Indication": {"Code": "94", "Text": "mod forhøjet blodtryk"},
                }
            ],
        },
    ),
    "BIN01": (
        "B0131X",
        {
            "Letter": head("B0131X", "0009"),
            "Sender": {**PRACTICE, "MedicalSpecialityCode": "almen_medicin"},
            "Receiver": HOSPITAL_WARD,
            "Patient": BRUNO,
            "BinaryObject": {
                "ObjectIdentifier": "5B0C7A34-6E0B-4C55-9E4F-9B6E6C6C1F2A",
                "ObjectCode": "billede",
                "ObjectExtensionCode": "png",
                "OriginalObjectSize": str(len(base64.b64decode(PNG))),
                "Object_Base64Encoded": PNG,
            },
        },
    ),
    "CTL02": (
        "C0230Q",
        {
            "Letter": {"Identifier": "EKS0010", "VersionCode": "XC0230Q", "StatisticalCode": "XCTL02"},
            "Sender": {"EANIdentifier": HOSPITAL},
            "Receiver": {"EANIdentifier": CLINIC},
            "OriginalEmessage": {
                "OriginalEnvelopeIdentifier": "KUV0002",
                "OriginalSender": {"EANIdentifier": CLINIC},
                "OriginalReceiver": {"EANIdentifier": HOSPITAL},
                "OriginalLetter": [
                    {
                        "OriginalLetterIdentifier": "EKS0002",
                        "OriginalVersionCode": "D9134L",
                        "RefuseCode": "problem_med_version",
                        "RefuseText": "Afdelingen tager ikke imod denne version.<Break/>",
                    }
                ],
            },
        },
    ),
    "CTL03": (
        "C0330Q",
        {
            "Letter": {"Identifier": "EKS0011", "VersionCode": "XC0330Q", "StatisticalCode": "XCTL03"},
            "Sender": {"EANIdentifier": HOSPITAL},
            "Receiver": {"EANIdentifier": CLINIC},
            "OriginalEmessage": {
                "OriginalEnvelopeIdentifier": "KUV0004",
                "OriginalSender": {"EANIdentifier": CLINIC},
                "OriginalReceiver": {"EANIdentifier": HOSPITAL},
                "OriginalLetter": [{"OriginalLetterIdentifier": "EKS0004", "OriginalVersionCode": "H0130R"}],
            },
        },
    ),
}


def letters() -> dict[str, bytes]:
    """Every example by its path below the folder of examples."""
    made: dict[str, bytes] = {}
    for type, (version, said) in LETTERS.items():
        oioxml = emessage(version, said)
        edifact = convert(oioxml, to="edifact").payload
        assert edifact is not None, type
        made |= {f"letters/{type}/X{version}.xml": oioxml, f"letters/{type}/{version}.edi": edifact}
    return made


def emessage(version: str, said: Said) -> bytes:
    """An Emessage with one letter."""
    layout = find_layout(version)
    assert layout
    wanted = "minuspositivkvitt" if layout.is_receipt else "pluspositivkvitt"
    number = said["Letter"]["Identifier"].replace("EKS", "KUV")
    envelope = {"Sent": moment("09:15"), "Identifier": number, "AcknowledgementCode": wanted}
    edition = layout.edition
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<Emessage xmlns="{edition.namespace}">',
        *_lines("Envelope", envelope, "  "),
        *_lines(edition.element, said, "  "),
        "</Emessage>",
    ]
    return "\n".join([*lines, ""]).encode()


def _lines(name: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _lines(name, item, indent)
    elif isinstance(value, Mapping):
        yield f"{indent}<{name}>"
        for inner, said in value.items():
            yield from _lines(inner, said, f"{indent}  ")
        yield f"{indent}</{name}>"
    else:
        yield f"{indent}<{name}>{value}</{name}>"
