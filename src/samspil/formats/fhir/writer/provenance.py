"""A message's history as Provenances: one a step, each naming the message before it."""

from collections.abc import Mapping

from samspil.domain.message import HistoryStep
from samspil.formats.fhir.writer.sheet import CODES, Reference, Resource, Sheet, coded, narrative, written_time

ACTIVITIES = f"{CODES}medcom-messaging-activityCodes"
MESSAGING = "messaging/StructureDefinition/medcom-messaging-provenance"


def put_history(
    sheet: Sheet, history: tuple[HistoryStep, ...], parties: Mapping[str, Reference], *, profile: str = MESSAGING
) -> None:
    """Put down every step. `parties` gives the organisations by name; who acted must be among them."""
    for step in history:
        if step.at is None or step.by not in parties:
            raise ValueError("every step of a history needs a time and one of the message's organisations")
        at = written_time(step.at)
        members: Resource = {
            "target": [{"reference": f"MessageHeader/{step.message_id}"}],
            "occurredDateTime": at,
            "recorded": at,
            "activity": coded(ACTIVITIES, step.activity),
            "agent": [{"who": parties[step.by]}],
        }
        if entities := _entities(step):
            members["entity"] = entities
        shown = [
            ("Hændelse", step.activity),
            ("Meddelelse", step.message_id),
            ("Tidspunkt", at),
            ("Udført af", step.by),
            ("Tidligere meddelelse", step.earlier_message_id),
            ("Indhold", ", ".join(step.contents)),
        ]
        sheet.put("Provenance", profile, members, text=narrative(shown))


def _entities(step: HistoryStep) -> list[Resource]:
    entities: list[Resource] = []
    if step.earlier_message_id:
        role = "removal" if step.activity.startswith("cancel-") else "revision"
        entities.append({"role": role, "what": _earlier(step.earlier_message_id)})
    entities += [{"role": "source", "what": {"identifier": {"value": content}}} for content in step.contents]
    return entities


def _earlier(message_id: str) -> Resource:
    """A FHIR message by reference; a letter of an older standard (`GLN#letter id`) by identifier."""
    if "#" in message_id:
        return {"identifier": {"value": message_id}}
    return {"reference": f"MessageHeader/{message_id}"}
