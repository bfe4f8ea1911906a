"""Meddelelse shows every kind of legacy letter in plain words: our own examples, sent in and opened."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Enter
from tests.web.test_every_page import RULES, faults
from tests.web.town import Town

pytestmark = pytest.mark.browser

EXAMPLES = Path(__file__).parents[2] / "examples" / "letters"
# What a reader must be able to find, by the type of letter.
WORDS = {
    "DIS01": ("Udskrivningsepikrise", "Pneumoni UNS", "Begyndt", "Berta Test Elmer"),
    "DIS91": ("Spørgsmål om medicin", "Svar gerne i dag.", "Høj prioritet"),
    "DIS20": ("Indlæggelsesadvis", "1. marts kl. 21.40"),
    "REF01": ("Sygehushenvisning", "Tåler ikke jod.", "Akut", "Liggende"),
    "RPT01": ("Laboratoriesvar", "7,1 mmol/L", "8,3 – 10,5", "< 8 mg/L"),
    "RPT02": ("Mikrobiologisvar", "Antibiotikum", "Mecillinam", "Escherichia coli"),
    "REQ01": ("Laboratorierekvisition", "NPU02319", "Rekvirenten"),
    "PRE60": ("System-receptfornyelse", "1 tablet daglig", "Til patientens adresse samme dag"),
    "BIN01": ("Binær dokumenttransport", "image/png"),
    "CTL02": ("Negativ kvittering", "Afvist", "Afdelingen tager ikke imod denne version."),
    "CTL03": ("Positiv kvittering", "H0130R"),
}


@pytest.mark.parametrize("spelling", ["edi", "xml"])
def test_every_kind_of_letter_is_read_in_plain_words(enter: Enter, town: Town, spelling: str) -> None:
    """The same words from either spelling, within the width of a telephone, and no code word as it is coded."""
    page = enter("/trafik", login="udvikler", width="phone")
    for type, words in WORDS.items():
        (file,) = (EXAMPLES / type).glob(f"*.{spelling}")
        letter = file.read_bytes()
        for ids in (b"EKS", b"KUV"):  # ids of its own: it is another letter, in another envelope
            letter = letter.replace(ids, ids[:1] + spelling[:2].upper().encode())
        page.goto(f"/trafik/{town.send(letter)}")
        for word in words:
            expect(page.locator(".reading")).to_contain_text(word)
        assert "_" not in page.locator(".reading").inner_text(), type
        assert page.evaluate("document.documentElement.scrollWidth") == 390, type
    assert faults(page, *RULES) == []
