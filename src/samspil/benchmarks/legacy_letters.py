"""Letters for the benchmark of legacy formats: written by us, one a kind, as much text as such letters have.

People are official test persons, places are invented.
"""

from collections.abc import Mapping
from types import MappingProxyType

_PARTIES = """
S01+01'
NAD+SSP+4202090:SKS:SST++Fjordby Sygehus:Medicinsk afdeling:M4:::US'
ADR++US:Havnegade 4:Strandby+Fjordby+9990'
CON++70201020:TE'
SEQ++1'
SPR+ORG+10:SKS:SST+{type}:SKS:SST'
S01+01'
NAD+PO+012345:YNR:SFU++Lægehuset Bækken:_:_:::US'
ADR++US:Bækvej 1+Åby+9991'
SEQ++2'
"""
_PATIENT = "S07+07'\nPNA+PAT+2509479989:::CPR:IM+++SU:Elmer+FO:Bruno Test'\n"
_STORY = """
S14+14'
FTX+NC+P00++Indlagt med lungebetændelse i højre underlap og behandlet med \\:penicillin i syv dage. God virkning.:.:\
Oppegående med rollator, klarer personlig pleje med let støtte.:Temperatur 37,2 ved udskrivelsen, saturation 97 %.'
FTX+NC+F00++Natrium  138   135-145:Kalium   4,1   3,5-5,0:CRP      12   < 8'
FTX+NC+P00++Vi beder jer følge vægt og blodtryk (120/80) to gange om ugen.:Med venlig hilsen:Ole Lund, overlæge'
"""

_BODIES: Mapping[str, str] = MappingProxyType(
    {
        "DIS01 MEDDIS D0133L": f"""
BGM+EPI++9+NA'
DTM+137:202603021015:203'{_PARTIES}S02+02'
GIS+N'
RFF+SRI:{{id}}'
DTM+182:202603021015:203'
{_PATIENT}ADR++US:Testvej 1+Åby+9991'
S11+11'
GIS+N'
RFF+REI:0C9B4A527D1E4F3A9B6051D2F7A8C3E4'
SEQ++1'
DTM+90:202602201400:203'
DTM+91:202603021000:203'
PAS+HS'
CIN+A+DJ189:SKS:SST:Pneumoni uden specifikation'
CIN+DM+DI109:SKS:SST:Essentiel hypertension'
S14+14'
CIN+DM+DE119:SKS:SST:Type 2-diabetes uden komplikationer'{_STORY}""",
        "DIS91 MEDDIS D9134L": f"""
BGM+EPI++9+NA'
DTM+137:202603021015:203'{_PARTIES}S02+02'
GIS+N'
RFF+SRI:{{id}}'
RFF+HI:NC'
DTM+182:202603021015:203'
{_PATIENT}S11+11'
GIS+N'
RFF+AHI:1'
SEQ++1'
PAS+POT'
S14+14'
FTX+OE+P00++Hjælp til medicin fra i morgen'
FTX+NC+P00++Kære kolleger.:Vi beder jer dosere medicin og måle vægt to gange om ugen.:Ring ved feber.'
""",
        "DIS20 MEDDIS D2030C": """
BGM+EPI++9+NA'
DTM+137:20260302213000:204'
S01+01'
NAD+SOR+4202090:SKS:SST++Fjordby Sygehus:Medicinsk afdeling:M4:::US'
CON++70201020:TE'
RFF+LOC:5790000000012'
SEQ++1'
SPR+ORG++DIS20:SKS:SST'
S01+01'
NAD+ROR+999:KOM:IM++Åby Kommune:::::US'
SEQ++2'
S02+02'
GIS+N'
RFF+SRI:{id}'
DTM+182:20260302213000:204'
S07+07'
PNA+PAT+2509479989:::CPR:IM'
S11+11'
GIS+N'
GIS+P'
RFF+REI:{id}'
SEQ++1'
DTM+90:202603022115:203'
PAS+HS'
""",
        "REF01 MEDREF H0130R": """
BGM+HNV++9+NA'
DTM+137:202603021015:203'
S01+01'
NAD+PO+012345:YNR:SFU++Lægehuset Bækken:_:_:::US'
ADR++US:Bækvej 1+Åby+9991'
CON++70201021:TE'
SEQ++1'
SPR+ORG+80:SKS:SST+REF01:SKS:SST'
S01+01'
NAD+SSP+4202090:SKS:SST++Fjordby Sygehus:Kirurgisk afdeling:K2:::US'
ADR++US:Havnegade 4+Fjordby+9990'
SEQ++2'
S01+01'
NAD+BV+012345:YNR:SFU++Læge:Karen Holm::::US'
RFF+AHL:1'
SEQ++3'
S02+02'
GIS+N'
RFF+ROI:_'
DTM+4:202603021015:203'
CIN+H+DK802:SKS::Galdesten uden kolecystitis'
FTX+DI+P00++Operation ønskes'
S06+06'
STS++NR'
S07+07'
PNA+PAT+2509479989:::CPR:IM+++SU:Elmer+FO:Bruno Test'
ADR++US:Testvej 1+Åby+9991'
CON+HO+70201022:TE'
S12+12'
FTX+NC+P00++Gennem et halvt år anfald af smerter under højre kurvatur, udløst af \\:fed mad. Ingen feber.'
FTX+CF+P00++Øm under højre kurvatur, ingen udfyldning.:BT 128/76.'
FTX+MT+P00++Tabl. paracetamol 1 g ved behov'
FTX+AL+P00++Penicillin (udslæt som barn)'
S18+18'
GIS+N'
PTY+PRI+WA'
S19+19'
STS++NR'
""",
        "RPT01 MEDRPT R0130K": """
BGM+LRP++9+NA'
DTM+137:202603021406:203'
S01+01'
NAD+SLA+FBS:91:FBS++Klinisk biokemi, Fjordby Sygehus:_:_:::US'
SEQ++1'
SPR+ORG+99:SKS:SST+RPT01:SKS:SST'
S01+01'
NAD+PO+012345:YNR:SFU++Lægehuset Bækken:_:_:::US'
SEQ++2'
S02+02'
GIS+N'
RFF+SRI:L0001'
STS++K'
DTM+ISR:202603021406:203'
S04+04'
RFF+ROI:P0001'
RFF+SOI:L0001'
DTM+4:202603020815:203'
S06+06'
S07+07'
PNA+PAT+2509479989:::CPR:IM+++SU:Elmer+FO:Bruno Test'
S16+16'
SPC+SCI+ATT'
"""
        + "".join(
            f"""GIS+N'
INV+MQ+{code}:CQU:SST:{name}'
RSL+NV+{value}++:::{unit}'
STS++FR'
FTX+ACM+P00++{name}'
REL+PRF+POR:91:YNR:FBS'
S20+20'
RND+U+{low}+{high}'
"""
            for code, name, value, unit, low, high in (
                ("NPU03429", "P—Natrium", "138", "mmol/l", "135", "145"),
                ("NPU03230", "P—Kalium", "4.1", "mmol/l", "3.5", "5.0"),
                ("NPU18016", "P—Kreatinin", "82", "µmol/l", "60", "105"),
                ("NPU02319", "B—Hæmoglobin", "8.9", "mmol/l", "8.3", "10.5"),
                ("NPU19748", "P—CRP", "12", "mg/l", "0", "8"),
            )
        ).replace("—", "-"),
    }
)


def interchanges() -> dict[str, bytes]:
    """One interchange a kind of letter, by its type."""
    found: dict[str, bytes] = {}
    for name, body in _BODIES.items():
        kind, message, version = name.split()
        found[kind] = _interchange(kind, message, version, body)
    return found


def _interchange(kind: str, message: str, version: str, body: str) -> bytes:
    segments = body.format(type=kind, id="B0001").replace("\n", "")
    unit = f"UNH+B0001+{message}:D:93A:UN:{version}+{kind}'{segments}"
    envelope = "UNA:+.? 'UNB+UNOC:3+5790000000012:14+5790000000036:14+260302:2200+K0001++++1'"
    return f"{envelope}{unit}UNT+{unit.count(chr(39)) + 1}+B0001'UNZ+1+K0001'".encode("latin-1")
