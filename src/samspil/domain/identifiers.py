"""Identifiers of people and organisations. One that exists is well formed; nobody checks it again.

A reader that meets an ill-formed one keeps it as `Unchecked`, adds a finding, and writes it back unchanged.
A civil registration number prints masked; `reveal()` is the one way out.
Sources: OIO/CPR (person numbers), GS1 General Specifications (GLN), SOR and yder registers, MedCom.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self


class IllFormed(ValueError):
    """The text is not an identifier of this kind. The text itself is not repeated: it may name a person."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(f"not a well-formed {kind}: {why}")
        self.kind = kind
        self.why = why


@dataclass(frozen=True, slots=True)
class Unchecked:
    """An identifier as met, ill formed: kept, and written back unchanged. Masked like a person's number."""

    value: str

    def __repr__(self) -> str:
        return "Unchecked('…')"

    def __str__(self) -> str:
        return "…"

    def reveal(self) -> str:
        """The text as met."""
        return self.value


class _Identifier(str):
    """A text checked once, when it is made."""

    __slots__ = ()
    kind = "identifier"

    def __new__(cls, value: str) -> Self:
        why = cls._fault(value)
        if why:
            raise IllFormed(cls.kind, why)
        return super().__new__(cls, value)

    @classmethod
    def _fault(cls, value: str) -> str:
        """Say what is wrong with the text, or nothing."""
        raise NotImplementedError

    @classmethod
    def read(cls, value: str) -> "Self | Unchecked":
        """The identifier, or the text kept unchecked if it is ill formed."""
        return str.__new__(cls, value) if not cls._fault(value) else Unchecked(value)

    @classmethod
    def fits(cls, value: str) -> bool:
        """Is the text well formed?"""
        return not cls._fault(value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str.__repr__(self)})"


class Gln(_Identifier):
    """Global Location Number (lokationsnummer, EAN): 13 digits, the last a modulus-10 check digit.

    >>> Gln("5790000121526")
    Gln('5790000121526')
    """

    __slots__ = ()
    kind = "GLN"

    @classmethod
    def _fault(cls, value: str) -> str:
        if len(value) != 13 or not (value.isascii() and value.isdigit()):
            return "13 digits are needed"
        return "" if gs1_check_digit(value[:12]) == value[12] else "the check digit does not fit"


def gs1_check_digit(first_twelve: str) -> str:
    """The 13th digit of a GLN: weights 1 and 3 from the left, to the next ten (GS1 General Specifications, 7.9)."""
    return str(-(sum(map(int, first_twelve[::2])) + 3 * sum(map(int, first_twelve[1::2]))) % 10)


class Sor(_Identifier):
    """Code in the health organisation register (Sundhedsvæsenets Organisationsregister): 11 digits or more."""

    __slots__ = ()
    kind = "SOR code"

    @classmethod
    def _fault(cls, value: str) -> str:
        return "" if value.isascii() and value.isdigit() and 11 <= len(value) <= 18 else "11 to 18 digits are needed"


class Yder(_Identifier):
    """Number of a practice under the national health insurance (ydernummer): up to six digits."""

    __slots__ = ()
    kind = "ydernummer"

    @classmethod
    def _fault(cls, value: str) -> str:
        return "" if value.isascii() and value.isdigit() and 1 <= len(value) <= 6 else "one to six digits are needed"


class Shak(_Identifier):
    """Hospital department code (sygehusafdelingsnummer, SKS): four hospital digits, then up to three places."""

    __slots__ = ()
    kind = "SHAK code"

    @classmethod
    def _fault(cls, value: str) -> str:
        fits = 4 <= len(value) <= 7 and value.isascii() and value.isalnum()
        return "" if fits else "four to seven letters or digits are needed"


class Cvr(_Identifier):
    """Company number (Centrale Virksomhedsregister): eight digits, modulus 11."""

    __slots__ = ()
    kind = "CVR number"

    @classmethod
    def _fault(cls, value: str) -> str:
        if len(value) != 8 or not (value.isascii() and value.isdigit()):
            return "eight digits are needed"
        total = sum(int(digit) * weight for digit, weight in zip(value, (2, 7, 6, 5, 4, 3, 2, 1), strict=True))
        return "" if total % 11 == 0 else "the check digit does not fit"


class _Masked:
    """An identifier of a person: every rendering hides it, but for `reveal()`. Not a string, so it cannot slip out."""

    __slots__ = ("_value",)
    kind = "identifier"

    def __init__(self, value: str) -> None:
        why = self._fault(value)
        if why:
            raise IllFormed(self.kind, why)
        self._value = value

    @classmethod
    def _fault(cls, value: str) -> str:
        """Say what is wrong with the text, or nothing."""
        raise NotImplementedError

    @classmethod
    def read(cls, value: str) -> "Self | Unchecked":
        """The identifier, or the text kept unchecked if it is ill formed."""
        return cls(value) if not cls._fault(value) else Unchecked(value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}('{self}')"

    def __str__(self) -> str:
        return "••••••-••••"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.reveal() == self._value

    def __hash__(self) -> int:
        return hash((type(self), self._value))

    def reveal(self) -> str:
        """The number itself. Every caller of this is worth a look."""
        return self._value


_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Cpr(_Masked):
    """Civil registration number (personnummer): DDMMYY and four digits. No modulus 11: numbers without it exist.

    >>> Cpr("2509479989")
    Cpr('••••••-••••')
    """

    __slots__ = ()
    kind = "CPR number"

    @classmethod
    def _fault(cls, value: str) -> str:
        if len(value) != 10 or not (value.isascii() and value.isdigit()):
            return "ten digits are needed"
        day, month = int(value[:2]), int(value[2:4])
        if not 1 <= month <= 12 or not 1 <= day <= _DAYS[month - 1]:
            return "the first four digits are no day and month"
        return ""

    @property
    def birth_date(self) -> date | None:
        """The day of birth that the number tells, by its seventh digit; None on 29 February of no leap year."""
        digits = self._value
        day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
        try:
            return date(_century(int(digits[6]), year) + year, month, day)
        except ValueError:
            return None


def _century(seventh: int, year: int) -> int:
    """Century of a CPR number (CPR-kontoret, "Personnummeret i CPR", table of the seventh digit)."""
    if seventh <= 3:
        return 1900
    if seventh in {4, 9}:
        return 2000 if year <= 36 else 1900
    return 2000 if year <= 57 else 1800


_X_ECPR = re.compile(r"[0-9]{6}[17][A-Z]{2}[0-9]")
_D_ECPR = re.compile(r"[0-9]{6}[0-9A-Z]{4}")


class Ecpr(_Masked):
    """Replacement number for a person without a CPR number (erstatnings-CPR), national or regional."""

    __slots__ = ()
    kind = "replacement CPR number"

    @classmethod
    def _fault(cls, value: str) -> str:
        fits = _X_ECPR.fullmatch(value) or _D_ECPR.fullmatch(value)
        return "" if fits else "six digits and four letters or digits are needed"
