"""Small schemas of our own, in the shape of MedCom's: a root that includes another file."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

NAMESPACE = "http://rep.oio.dk/medcom.dk/xml/schemas/2013/09/02/"

ROOT = f"""<?xml version="1.0"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{NAMESPACE}" targetNamespace="{NAMESPACE}"
           elementFormDefault="qualified">
  <xs:include schemaLocation="parts/Short.xsd"/>
  <xs:element name="Emessage"><xs:complexType><xs:sequence>
    <xs:element name="Envelope"><xs:complexType><xs:sequence>
      <xs:element name="Sent" type="Anything"/><xs:element name="Identifier" type="Short"/>
      <xs:element name="AcknowledgementCode" type="xs:string"/>
    </xs:sequence></xs:complexType></xs:element>
    <xs:any maxOccurs="unbounded" processContents="skip"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>"""
SHORT = f"""<?xml version="1.0"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{NAMESPACE}" targetNamespace="{NAMESPACE}">
  <xs:simpleType name="Short">
    <xs:restriction base="xs:string"><xs:maxLength value="4"/></xs:restriction>
  </xs:simpleType>
  <xs:complexType name="Anything">
    <xs:sequence><xs:any maxOccurs="9" processContents="skip"/></xs:sequence>
  </xs:complexType>
</xs:schema>"""
FILES: Mapping[str, str] = {"2013/EMessage.xsd": ROOT, "2013/parts/Short.xsd": SHORT, "LICENSE.txt": "ours"}


def write_schemas(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    """The files below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def zip_schemas(file: Path, files: Mapping[str, str] = FILES) -> Path:
    """The files in an archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    file.write_bytes(packed.getvalue())
    return file
