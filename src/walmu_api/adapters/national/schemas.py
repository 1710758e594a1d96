"""National documents on the wire: what a structure holds, and what is wrong with a document."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypeAliasType

from walmu_api.adapters.national.structures.definitions import FieldType
from walmu_api.foundation.findings import Severity
from walmu_api.foundation.schema_types import Count, Day, Id, Instant, Line, Lines, Message
from walmu_api.record.case_file.documents.schemas import NATIONAL_CONTENT, InCase

StructureOid = Annotated[
    str,
    StringConstraints(pattern=r"^1\.2\.246\.537\.6\.150[56](\.[0-9]{1,5}){4}$"),
    Field(
        description="OID of the structure with its version, as in the national definitions.",
        examples=["1.2.246.537.6.1506.19007.2022.1.10"],
    ),
]
StructureFieldType = TypeAliasType(
    "StructureFieldType",
    Annotated[FieldType, Field(description="What a field of a national structure holds.")],
)
ProcessingBasis = TypeAliasType(
    "ProcessingBasis",
    Annotated[
        Literal["organiser", "on_behalf_of_organiser"],
        Field(description="For whom personal data are processed."),
    ],
)
FindingSource = TypeAliasType(
    "FindingSource",
    Annotated[
        Literal["schema", "rule", "code-list"],
        Field(description="What a document breaks: its structure, a conditional obligation, or a code list."),
    ],
)

LARGE = 16 * 1024
"""Bytes of a document from which on it takes long to judge."""


class NationalLabels(Message):
    """A name in the languages of the national definitions."""

    fi: Line = Field(description="In Finnish, as the national definition has it.")
    sv: Line = Field(description="In Swedish, as the national definition has it.")


class StructureField(Message):
    """One field of a structure. It is required where the object around it is there."""

    path: Lines = Field(description="National keys below the root key, with dots.")
    type: StructureFieldType = Field(
        description="`date`: YYYY, YYYY-MM or YYYY-MM-DD; `day`: a whole one. `instant`: with seconds and "
        "zone, or a date. "
        "`code`: {system, code, display}. `identifier`: {value, system?}. `quantity`: {value, code}. "
        "`heading`: an object "
        "that groups the fields below it. `phrase`: one sentence that the structure prescribes."
    )
    required: bool = Field(description="True: it must be there wherever the object around it is.")
    repeats: bool = Field(description="True: the field is a list.")
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
    label: NationalLabels = Field(description="The field's name for people.")


class DocumentStructure(Message):
    """A national document structure (asiakasasiakirjarakenne), one version."""

    structure: StructureOid
    number: Line = Field(description="Type of the document, such as 13004.")
    version: Line = Field(description="The dated version of the structure: the end of its OID.")
    valid_from: Day = Field(description="Day of the definition.")
    name: NationalLabels = Field(description="The structure's name for people.")
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
    content: dict[str, Any] = Field(description=NATIONAL_CONTENT)


DocumentOid = Annotated[
    str,
    StringConstraints(pattern=r"^1\.2\.246\.10\.[0-9]{1,8}\.11\.[0-9]{4}\.[0-9]{1,18}(\.[1-9][0-9]{0,8})?$"),
    Field(
        description="OID of a document: of one version, or of the set of its versions.",
        examples=["1.2.246.10.12345671.11.2026.17.1"],
    ),
]


Sha256 = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{64}$", max_length=64),
    Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
]


class DocumentToFile(InCase):
    """A national document, with whose it is."""

    structure: StructureOid
    replaces: DocumentOid | None = Field(
        None, description="The document that it is a new version of: it must be the newest."
    )
    content: dict[str, Any] = Field(description=NATIONAL_CONTENT)


class Party(Message):
    """An organisation that a document names."""

    id: Id = Field(description="Our id of the organisation.")
    name: Line = Field(description="The organisation's name.")
    business_id: Line | None = Field(None, description="Y-tunnus; left out where none is recorded.")
    oid: Line | None = Field(
        None, description="OID in the SOTE organisation register; left out where none is recorded."
    )


class ResourceLink(Message):
    """The record that a document is."""

    type: Line = Field(description="What kind of record it is, as in the change feed.")
    id: Id = Field(description="Our id of the record.")
    url: Line | None = Field(None, description="Relative URL of the record.")


class Retention(Message):
    """How long the document is kept."""

    years: int = Field(
        description="Years for which it is kept, from the event in `counts_from`.",
        ge=1,
        le=200,
        json_schema_extra={"format": "int32"},
    )
    counts_from: Line = Field(description="closing_of_last_case or death_of_client.")
    until: Day | None = Field(
        None, description="The last day of it, where the event is known; then it is to be destroyed."
    )
    source: Line = Field(description="The rule that says so (annex of 703/2023).")


class Envelope(Message):
    """What the law wants told beside the content (703/2023, 37–38 §). Members without a value are left out."""

    document_id: DocumentOid = Field(description="OID of this version of the document.")
    set_id: DocumentOid = Field(description="OID of the set of all versions of the document.")
    version: Count = Field(description="The version of the document: that of its record.")
    replaces: DocumentOid | None = Field(
        None, description="OID of the version before; left out in the first."
    )
    structure: StructureOid
    number: Line = Field(description="Type of the document, such as 13004.")
    name: NationalLabels = Field(description="Name of the structure for people.")
    status: Line = Field(description="State of the record that the document is.")
    client_id: Id = Field(description="The client whom the document is about.")
    service_relationship_id: Id | None = Field(
        None, description="The service relationship that it belongs to, where it belongs to one."
    )
    agreement_id: Id | None = Field(
        None, description="The agreement that it belongs to, where it belongs to one."
    )
    case_id: Id | None = Field(
        None, description="The case (asia) that it belongs to, where it belongs to one."
    )
    resource: ResourceLink = Field(description="The record of this API that the document is.")
    service_task: dict[str, Any] | None = Field(
        None, description="Palvelutehtävä, code set 1.2.246.537.6.1221."
    )
    service: dict[str, Any] | None = Field(None, description="Sosiaalipalvelu, code set 1.2.246.537.6.1222.")
    legal_bases: list[Line] | None = Field(
        None, description="Legal bases of the service: codes of the list legal_basis."
    )
    controller: Party = Field(description="Rekisterinpitäjä: the organiser (703/2023, 13 §).")
    organiser: Party = Field(description="Palvelunjärjestäjä: who answers for the service.")
    producer: Party | None = Field(
        None, description="Palveluntuottaja: who carries it out; left out where the organiser does it itself."
    )
    chain: list[Party] = Field(description="Hankintaketju, from the organiser on.")
    processing_basis: ProcessingBasis = Field(
        description="On whose behalf it was made: the organiser itself, or a provider that acts for it."
    )
    author_organisation: Party | None = Field(None, description="Whose system recorded the newest version.")
    recorded_at: Instant = Field(description="When this version was recorded (server clock).")
    dated_on: Day = Field(description="The document's own day, by which lists order it.")
    registry: dict[str, Any] = Field(description="Asiakirjan rekisteritunnus, code set 1.2.246.537.6.1264.")
    secrecy: Line = Field(description="Client documents are permanently secret.")
    retention: Retention | None = Field(
        None, description="Left out where the rule of the service task is not known here."
    )
    sha256: Sha256 | None = Field(
        None,
        description="In lists: SHA-256 of the bytes of this version as it was given out; left out where it was not yet, and "
        "for who may not read all of it.",
    )


class NationalDocument(Message):
    """A document: its envelope and its content in the national form."""

    envelope: Envelope = Field(description="What is told beside the content.")
    content: dict[str, Any] = Field(description=NATIONAL_CONTENT)
    extract: bool | None = Field(
        None,
        description="True: this is an extract, not the document, as you may not read all of it, or the client has another name now. "
        "Left out of the document itself.",
    )


class FiledDocument(Message):
    """What a document became."""

    envelope: Envelope = Field(description="The envelope that the document got.")
    resource: ResourceLink | None = Field(
        None, description="The record; left out where the document has no resource of its own."
    )


class FoundInDocument(Message):
    """One thing that is wrong or doubtful. Never holds the value."""

    pointer: str = Field(
        description="JSON Pointer into `content`; the name of an unknown member is cut at 139 characters."
    )
    code: Line = Field(description="What is wrong, as a stable code.")
    severity: Severity = Field(description="An `error` is refused; a `warning` refuses nothing.")
    detail: Lines = Field(description="What is wrong, for people, in the language of Accept-Language.")
    source: FindingSource = Field(
        description="What it breaks: the structure, a conditional obligation, or a code list."
    )
    field: Line | None = Field(None, description="What our record calls the place, where it is mapped.")
    rule: Lines | None = Field(
        None, description="The rule that says so, in the notation of the structure's `mapping`."
    )
    fix: Lines | None = Field(None, description="What to do about it.")


class DocumentValidation(Message):
    """What is wrong with a document; at most 100 errors and 100 warnings."""

    valid: bool = Field(description="True: there are no errors; there may be warnings.")
    findings: list[FoundInDocument] = Field(
        description="Empty when the document fits its structure and the rules."
    )
