"""A prescription (recept): one block a drug, everything as the prescriber wrote it."""

from collections.abc import Iterator

from samspil.apps.messages.reading.blocks import Block, Facts
from samspil.apps.messages.reading.words import approval, facts, joined, listed, name_of, place, remainder
from samspil.domain.clinical.prescription import Drug, Prescription


def render(body: Prescription) -> Iterator[Block]:
    """The drugs, then how they are delivered."""
    yield from (_drug(drug) for drug in body.drugs)
    yield from listed(
        ("dispensing", name_of(body.dispensing)),
        ("pharmacy", place(body.pharmacy)),
        ("copy", name_of(body.copy_status)),
        *approval(body.approval),
        title="reading.concerns",
    )
    yield from remainder(body.more)


def _drug(drug: Drug) -> Facts:
    return Facts(
        title=joined(drug.name, drug.form, drug.strength),
        rows=facts(
            ("dose", drug.dose or drug.dose_code),
            ("indication", drug.indication or drug.indication_code),
            ("size", drug.size),
            ("packages", drug.packages),
            ("repeats", joined(drug.repeats, drug.repeat_interval, name_of(drug.repeat_unit) or "")),
            ("substitution", name_of(drug.substitution)),
            ("reimbursement", name_of(drug.reimbursement)),
            ("dispensed_from", drug.dispensed_from),
            ("dispensed_until", drug.dispensed_until),
            ("note", drug.supplement),
            ("package", drug.package),
        ),
    )
