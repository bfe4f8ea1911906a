"""Files and references to them: how letters describe what is sent beside the text, and the model's attachments."""

from base64 import b64decode, b64encode
from typing import Any

from samspil.domain.message import Attachment
from samspil.formats.letters.binding import UNLESS_SAID, Converter, many
from samspil.formats.letters.tree import Tree

_MEDIA = {
    "pcx": "image/x-pcx", "tiff": "image/tiff", "jpeg": "image/jpeg", "gif": "image/gif", "bmp": "image/bmp",
    "png": "image/png", "mpg": "video/mpeg", "dcm": "application/dicom", "scp": "application/x-scp-ecg",
    "txt": "text/plain", "rtf": "application/rtf", "doc": "application/msword", "xls": "application/vnd.ms-excel",
    "wpd": "application/vnd.wordperfect", "exe": "application/x-msdownload", "pdf": "application/pdf",
    "wav": "audio/x-wav", "avi": "video/x-msvideo", "mid": "audio/midi", "rmi": "audio/x-rmi",
    "com": "application/x-com", "zip": "application/zip", "bin": "application/octet-stream",
    "inh": "application/x-inh", "plo": "application/x-plo", "fnx": "application/x-fnx",
}  # fmt: skip
_ENDINGS = {media: ending for ending, media in _MEDIA.items()}
_KINDS = {
    **dict.fromkeys(("pcx", "tiff", "jpeg", "gif", "bmp", "png", "dcm"), "billede"),
    **dict.fromkeys(("mpg", "wav", "avi", "mid", "rmi", "inh", "bin"), "multimedie"),
    **dict.fromkeys(("txt", "rtf", "doc", "xls", "wpd"), "tekstfil"),
    **dict.fromkeys(("exe", "com"), "program"),
    **dict.fromkeys(("zip", "plo", "fnx"), "proprietaert_indhold"),
    "scp": "biosignaler",
    "pdf": "vektor_grafik",
}
"""The kind that files of an ending usually are; another kind stays beside the attachment."""


def _read_object(tree: Tree) -> dict[str, Any]:
    ending, size = tree.get("ObjectExtensionCode", ""), tree.get("OriginalObjectSize", "")
    if ending not in _MEDIA or not size.isdecimal() or size != str(int(size)):
        raise ValueError("no known file")
    del tree["ObjectExtensionCode"], tree["OriginalObjectSize"]
    if tree.get("ObjectCode") == _KINDS[ending]:
        del tree["ObjectCode"]
    return {"media_type": _MEDIA[ending], "size_bytes": int(size), "identifier": tree.pop("ObjectIdentifier", "")}


def _object_tree(file: Attachment) -> Tree:
    ending = _ENDINGS.get(file.media_type, "bin")
    tree: Tree = {"ObjectIdentifier": file.identifier} if file.identifier else {}
    return tree | {
        f"{UNLESS_SAID}ObjectCode": _KINDS[ending],
        "ObjectExtensionCode": ending,
        "OriginalObjectSize": str(file.size_bytes if file.size_bytes is not None else len(file.content or b"")),
    }


def _read_reference(tree: Any) -> Attachment:
    said: dict[str, Any] = {}
    if isinstance(tree.get("BIN"), dict):
        said = _read_object(tree["BIN"])
        if not tree["BIN"]:
            del tree["BIN"]
    elif "URL" in tree:
        said = {"url": tree.pop("URL")}
    elif tree.get("SUP") == "true":
        del tree["SUP"]
    return Attachment(title=tree.pop("RefDescription", ""), **said)


def _write_reference(file: Attachment) -> Tree:
    tree: Tree = {"RefDescription": file.title} if file.title else {}
    if file.url:
        tree["URL"] = file.url
    elif file.media_type:
        tree["BIN"] = _object_tree(file)
    else:
        tree["SUP"] = "true"
    return tree


def _read_file(tree: Any) -> Attachment:
    content = b64decode("".join(tree.get("Object_Base64Encoded", "").split()), validate=True)
    said = _read_object(tree)
    tree.pop("Object_Base64Encoded", None)
    return Attachment(**said, content=content)


def _write_file(file: Attachment) -> Tree:
    return {**_object_tree(file), "Object_Base64Encoded": b64encode(file.content or b"").decode("ascii")}


REFERENCES = many(Converter(_read_reference, _write_reference))
FILES = many(Converter(_read_file, _write_file))
