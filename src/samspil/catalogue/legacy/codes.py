"""Code pairs of EDIFACT and OIOXML, one table a list, read from `codes.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

COMPONENT = "\x1f"
"""Between the components of a code of two, as the tokenizer marks them."""
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Codes:
    """One code list. `read` takes an EDIFACT code to its word, `write` back; `absent` is written for no word."""

    name: str
    read: Mapping[str, str]
    write: Mapping[str, str]
    absent: str | None
    width: int

    def nearest(self) -> str:
        """Codes that are allowed, for a remedy; of a long list the first few."""
        known = [code.replace(COMPONENT, ":") for code in dict.fromkeys(self.write.values()) if code]
        return ", ".join(sorted(known)[:_SHOWN]) + (" …" if len(known) > _SHOWN else "")


@cache
def codes(name: str) -> Codes:
    """A code list by name. `pair` is two components taken as they are."""
    if name == "pair":
        return Codes("pair", {}, {}, None, 2)
    return _codes(name, _tables())


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(files("samspil.catalogue.legacy").joinpath("codes.toml").read_text(encoding="utf-8"))


def _codes(name: str, tables: dict[str, Any]) -> Codes:
    row = tables[name]
    base = codes(row["like"]) if "like" in row else None
    pairs = {_marked(code): word for code, word in row.get("pairs", {}).items()}
    read = {**(base.read if base else {}), **pairs}
    read |= {_marked(code): word for code, word in row.get("read", {}).items()}
    write = {**(base.write if base else {}), **{word: code for code, word in reversed(pairs.items())}}
    write |= {word: _marked(code) for word, code in row.get("write", {}).items()}
    absent = row.get("absent", base.absent if base else None)
    return Codes(
        name=name,
        read=MappingProxyType(read),
        write=MappingProxyType(write),
        absent=None if absent is None else _marked(absent),
        width=2 if any(COMPONENT in code for code in read) else 1,
    )


def _marked(code: str) -> str:
    return code.replace(":", COMPONENT)


@cache
def fixed_texts(name: str) -> Mapping[str, str]:
    """Texts that a code stands for and that need not travel with it."""
    return MappingProxyType(dict(_tables()[name]["pairs"]))
