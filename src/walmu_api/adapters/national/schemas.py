"""National documents on the wire: what a structure holds, and what is wrong with a document."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from walmu_api.adapters.national.structures.definitions import FieldType
from walmu_api.foundation.schema_types import Count, Day, Id, Instant, Line, Lines, Message
from walmu_api.record.case_file.documents.schemas import InCase

StructureOid = Annotated[
    str,
    StringConstraints(pattern=r"^1\.2\.246\.537\.6\.150[56](\.[0-9]{1,5}){4}$"),
    Field(
        description="OID of the structure with its version, as in the national definitions.",
        examples=["1.2.246.537.6.1506.19007.2022.1.10"],
    ),
]

LARGE = 16 * 1024
"""Bytes of a document from which on it takes long to judge."""


class NationalLabels(Message):
    """A name in the languages of the national definitions."""

    fi: Line
    sv: Line


class StructureField(Message):
    """One field of a structure. It is required where the object around it is there."""

    path: Lines = Field(description="National keys below the root key, with dots.")
    type: FieldType = Field(
        description="`date`: YYYY, YYYY-MM or YYYY-MM-DD; `day`: a whole one. `instant`: with seconds and "
        "zone, or a date. "
        "`code`: {system, code, display}. `identifier`: {value, system?}. `quantity`: {value, code}. "
        "`heading`: an object "
        "that groups the fields below it. `phrase`: one sentence that the structure prescribes."
    )
    required: bool
    repeats: bool = Field(description="True: a list.")
    field: Line | None = Field(
        None,
        description="What our record calls it, from the record down; with `@`: what is told of the client "
        "or relationship.",
    )
    code_system: Line | None = Field(
        None, description="OID of the code system, or the name of a list that belongs to the structure."
    )
    codes: list[Line] | None = Field(
        None, description="The only codes that are taken, where they are limited."
    )
    rule: Lines | None = Field(
        None,
        description="Conditional obligations: `one-of(a,b)`, `required-if(path=code)`, "
        "`required-unless(…)`, `repeats-if(…)`; "
        "`only-if(…)` and `only-unless(…)` warn. Paths stand beside the field; with `/` they start below "
        "the root key.",
    )
    label: NationalLabels


class DocumentStructure(Message):
    """A national document structure (asiakasasiakirjarakenne), one version."""

    structure: StructureOid
    number: Line = Field(description="Type of the document, such as 13004.")
    version: Line
    valid_from: Day = Field(description="Day of the definition.")
    name: NationalLabels
    root_key: Line = Field(description="The one key at the top of the document.")
    resource: Line | None = Field(
        None,
        description="The resource of this API that is this document; of 19015 only where it says just a "
        "measurement.",
    )
    writers: list[Line] = Field(description="Roles that may send it; none: only this service makes it.")
    mapping: list[StructureField] = Field(description="Every field, in the national order.")


class DocumentToValidate(Message):
    """A national document, to be looked at and forgotten."""

    structure: StructureOid
    content: dict[str, Any] = Field(description="The document: one root key, national keys.")


DocumentOid = Annotated[
    str,
    StringConstraints(pattern=r"^1\.2\.246\.10\.[0-9]{1,8}\.11\.[0-9]{4}\.[0-9]{1,18}(\.[1-9][0-9]{0,8})?$"),
    Field(
        description="OID of a document: of one version, or of the set of its versions.",
        examples=["1.2.246.10.12345671.11.2026.17.1"],
    ),
]


class DocumentToFile(InCase):
    """A national document, with whose it is."""

    structure: StructureOid
    replaces: DocumentOid | None = Field(
        None, description="The document that it is a new version of: it must be the newest."
    )
    content: dict[str, Any] = Field(description="The document: one root key, national keys.")


class Party(Message):
    """An organisation that a document names."""

    id: Id
    name: Line
    business_id: Line | None = None
    oid: Line | None = None


class ResourceLink(Message):
    """The record that a document is."""

    type: Line = Field(description="As in the change feed.")
    id: Id
    url: Line | None = None


class Retention(Message):
    """How long the document is kept."""

    years: int = Field(ge=1, le=200, json_schema_extra={"format": "int32"})
    counts_from: Line = Field(description="closing_of_last_case or death_of_client.")
    source: Line


class Envelope(Message):
    """What the law wants told beside the content (703/2023, 37–38 §). Members without a value are left out."""

    document_id: DocumentOid
    set_id: DocumentOid
    version: Count
    replaces: DocumentOid | None = None
    structure: StructureOid
    number: Line = Field(description="Type of the document, such as 13004.")
    name: NationalLabels
    status: Line
    client_id: Id
    service_relationship_id: Id | None = None
    agreement_id: Id | None = None
    case_id: Id | None = None
    resource: ResourceLink
    service_task: dict[str, Any] | None = Field(
        None, description="Palvelutehtävä, code set 1.2.246.537.6.1221."
    )
    service: dict[str, Any] | None = Field(None, description="Sosiaalipalvelu, code set 1.2.246.537.6.1222.")
    legal_bases: list[Line] | None = None
    controller: Party = Field(description="Rekisterinpitäjä: the organiser (703/2023, 13 §).")
    organiser: Party
    producer: Party | None = None
    chain: list[Party] = Field(description="Hankintaketju, from the organiser on.")
    processing_basis: Literal["organiser", "on_behalf_of_organiser"]
    author_organisation: Party | None = Field(None, description="Whose system recorded the newest version.")
    recorded_at: Instant
    dated_on: Day
    registry: dict[str, Any] = Field(description="Asiakirjan rekisteritunnus, code set 1.2.246.537.6.1264.")
    secrecy: Line = Field(description="Client documents are permanently secret.")
    retention: Retention | None = Field(
        None, description="Left out where the rule of the service task is not known here."
    )


class NationalDocument(Message):
    """A document: its envelope and its content in the national form."""

    envelope: Envelope
    content: dict[str, Any]


class FiledDocument(Message):
    """What a document became."""

    envelope: Envelope
    resource: ResourceLink | None = Field(
        None, description="The record; left out where the document has no resource of its own."
    )


class FoundInDocument(Message):
    """One thing that is wrong or doubtful. Never holds the value."""

    pointer: str = Field(
        description="JSON Pointer into `content`; the name of an unknown member is cut at 139 characters."
    )
    code: Line
    severity: Literal["error", "warning"]
    detail: Lines = Field(description="In the language of Accept-Language.")
    source: Literal["schema", "rule", "code-list"] = Field(
        description="What it breaks: the structure, a conditional obligation, or a code list."
    )
    field: Line | None = Field(None, description="What our record calls the place, where it is mapped.")
    rule: Lines | None = None
    fix: Lines | None = None


class DocumentValidation(Message):
    """What is wrong with a document; at most 100 errors and 100 warnings."""

    valid: bool = Field(description="No errors; warnings may be there.")
    findings: list[FoundInDocument]
