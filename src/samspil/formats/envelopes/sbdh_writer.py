"""Writes an ehmiSBDH the one way the profile has it, or refuses: no envelope of ours needs a tolerant reader.

Source: EHMI SBDH guide 2.0.1, its schemas.
"""

from base64 import b64encode
from xml.sax.saxutils import escape, quoteattr

from samspil.catalogue.envelopes import EhmiProfile, ehmi
from samspil.domain.identifiers import Gln
from samspil.formats.envelopes.sbdh import UUID, Sbdh, Scope, miscounted
from samspil.formats.envelopes.writing import Unwritable, tag


def write_sbdh(sbdh: Sbdh, *, profile: EhmiProfile | None = None) -> bytes:
    """The envelope as the profile spells it. Errors: Unwritable, where a field is not as the profile wants it."""
    profile = profile or ehmi()
    content = sbdh.content
    if content is None or content.payload is None:
        raise Unwritable("an envelope holds a payload")
    _require_writable(sbdh, profile)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<StandardBusinessDocument xmlns="{profile.namespace}">',
        "<StandardBusinessDocumentHeader>",
        f"<HeaderVersion>{profile.header_version}</HeaderVersion>",
        *_written_participants(sbdh),
        "<DocumentIdentification>",
        tag("Standard", sbdh.standard),
        tag("TypeVersion", sbdh.type_version),
        tag("InstanceIdentifier", sbdh.instance_id),
        tag("Type", sbdh.type),
        tag("CreationDateAndTime", sbdh.created),
        "</DocumentIdentification>",
        "<BusinessScope>",
        *(_written_scope(scope) for scope in sbdh.scopes),
        "</BusinessScope>",
        "</StandardBusinessDocumentHeader>",
        f"<BinaryContent mimeType={quoteattr(content.media_type)} encoding={quoteattr(content.encoding)}>"
        f"{b64encode(content.payload).decode('ascii')}</BinaryContent>",
        "</StandardBusinessDocument>",
    ]
    return "\n".join(lines).encode()


def _require_writable(sbdh: Sbdh, profile: EhmiProfile) -> None:
    """Ids, parties and kind as the profile has them."""
    kind, content = sbdh.kind, sbdh.content
    checks = (
        (kind is not None and sbdh.standard == kind.standard, "Standard"),
        (bool(UUID.fullmatch(sbdh.instance_id)), "InstanceIdentifier"),
        (isinstance(sbdh.sender.gln, Gln) and sbdh.sender.authority == profile.authority, "Sender"),
        (isinstance(sbdh.receiver.gln, Gln) and sbdh.receiver.authority == profile.authority, "Receiver"),
        (sbdh.created_at is not None, "CreationDateAndTime"),
        (content is not None and content.media_type in profile.media.values(), "BinaryContent/@mimeType"),
        (content is not None and content.encoding in {"UTF-8", "ISO-8859-1"}, "BinaryContent/@encoding"),
        (all(_is_writable(scope, profile) for scope in sbdh.scopes), "Scope"),
    )
    wrong = [name for fits, name in checks if not fits]
    if kind is not None:
        wrong += [f"Scope {name}" for name in miscounted(sbdh, kind.role, profile)]
    if wrong:
        raise Unwritable(f"not as the profile has it: {', '.join(wrong)}")


_UUID_SCOPES = frozenset(
    {"MESSAGEIDENTIFIER", "MESSAGEENVELOPEIDENTIFIER", "ORIGINALENVELOPEIDENTIFIER", "ORIGINALMESSAGEIDENTIFIER"}
)


def _is_writable(scope: Scope, profile: EhmiProfile) -> bool:
    known = profile.scope_types.get(scope.type.lower()) == scope.type
    return known and bool(scope.value) and (scope.type not in _UUID_SCOPES or bool(UUID.fullmatch(scope.value)))


def _written_participants(sbdh: Sbdh) -> list[str]:
    return [
        f"<{name}><Identifier Authority={quoteattr(who.authority)}>{escape(who.value)}</Identifier></{name}>"
        for name, who in (("Sender", sbdh.sender), ("Receiver", sbdh.receiver))
    ]


def _written_scope(scope: Scope) -> str:
    told = tag("Type", scope.type) + tag("InstanceIdentifier", scope.value) + tag("Identifier", scope.identifier)
    if correlation := scope.correlation:
        inner = tag("RequestingDocumentCreationDateTime", correlation.requested_at)
        inner += tag("RequestingDocumentInstanceIdentifier", correlation.requesting_id)
        if correlation.expected_at is not None:
            inner += tag("ExpectedResponseDateTime", correlation.expected_at)
        told += f"<CorrelationInformation>{inner}</CorrelationInformation>"
    if service := scope.service:
        attributes = "".join(f" {name}={quoteattr(value)}" for name, value in service.transaction)
        inner = tag("BusinessServiceName", service.name) + f"<ServiceTransaction{attributes}/>"
        told += f"<BusinessService>{inner}</BusinessService>"
    return f"<Scope>{told}</Scope>"
