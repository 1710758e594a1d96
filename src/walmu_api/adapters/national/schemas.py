"""National documents on the wire: what a structure holds, and what is wrong with a document."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from walmu_api.foundation.wire import Day, Line, Lines, Message

StructureOid = Annotated[
    str,
    StringConstraints(pattern=r"^1\.2\.246\.537\.6\.150[56](\.[0-9]{1,5}){4}$"),
    Field(
        description="OID of the structure with its version, as in the national definitions.",
        examples=["1.2.246.537.6.1506.19007.2022.1.10"],
    ),
]


class Labels(Message):
    """A name in the languages of the national definitions."""

    fi: Line
    sv: Line


class StructureField(Message):
    """One field of a structure. It is required where the object around it is there."""

    path: Lines = Field(description="National keys below the root key, with dots.")
    type: Literal[
        "code", "count", "date", "day", "heading", "identifier", "instant", "name", "number", "phrase", "quantity", "signature",
        "switch", "text",
    ] = Field(
        description="`date`: YYYY, YYYY-MM or YYYY-MM-DD; `day`: a whole one. `instant`: with seconds and zone, or a date. "
        "`code`: {system, code, display}. `identifier`: {value, system?}. `quantity`: {value, code}. `heading`: an object "
        "that groups the fields below it. `phrase`: one sentence that the structure prescribes."
    )  # fmt: skip
    required: bool
    repeats: bool = Field(description="True: a list.")
    field: Line | None = Field(
        None, description="What our record calls it, from the record down; with `@`: what is told of the client or relationship."
    )  # fmt: skip
    code_system: Line | None = Field(
        None, description="OID of the code system, or the name of a list that belongs to the structure."
    )
    codes: list[Line] | None = Field(None, description="The only codes that are taken, where they are limited.")
    rule: Lines | None = Field(
        None,
        description="Conditional obligations: `one-of(a,b)`, `required-if(path=code)`, `required-unless(…)`, `repeats-if(…)`; "
        "`only-if(…)` and `only-unless(…)` warn. Paths stand beside the field; with `/` they start below the root key.",
    )
    label: Labels


class DocumentStructure(Message):
    """A national document structure (asiakasasiakirjarakenne), one version."""

    EXAMPLE = {
        "structure": "1.2.246.537.6.1506.19007.2022.1.10", "number": "19007", "version": "2022.1.10", "valid_from": "2022-01-10",
        "name": {"fi": "Merkintä asiakkaan arjesta", "sv": "Anteckning om en klients vardag"},
        "root_key": "merkinta_asiakkaan_arjesta", "resource": "diary-entries", "writers": ["ehr", "organiser", "provider"],
        "mapping": [{
            "path": "asiakaskertomusmerkinta.palvelutehtava", "type": "code", "required": True, "repeats": False,
            "code_system": "1.2.246.537.6.1221", "label": {"fi": "Palvelutehtävä", "sv": "Serviceuppgift"},
        }],
    }  # fmt: skip

    structure: StructureOid
    number: Line = Field(description="Type of the document, such as 13004.")
    version: Line
    valid_from: Day = Field(description="Day of the definition.")
    name: Labels
    root_key: Line = Field(description="The one key at the top of the document.")
    resource: Line | None = Field(None, description="The resource of this API that is this document.")
    writers: list[Line] = Field(description="Roles that may send it; none: only this service makes it.")
    mapping: list[StructureField] = Field(description="Every field, in the national order.")


class DocumentToValidate(Message):
    """A national document, to be looked at and forgotten."""

    EXAMPLE = {
        "structure": "1.2.246.537.6.1506.19007.2022.1.10",
        "content": {"merkinta_asiakkaan_arjesta": {
            "asiakas": [{
                "sukunimi": "Esimerkki", "etunimet": "Aino",
                "henkilotunnus": {"system": "urn:oid:1.2.246.21", "value": "020190-902D"},
            }],
            "asiakaskertomusmerkinta": {
                "palvelutehtava": {"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"},
                "tapahtuma": {"kuvaus": "Osallistui pajapäivään."},
            },
            "paivamaara": "2026-11-03", "laatija": {"sukunimi": "Ohjaaja", "etunimet": "Olli"},
        }},
    }  # fmt: skip

    structure: StructureOid
    content: dict[str, Any] = Field(description="The document: one root key, national keys.")


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

    EXAMPLE = {
        "valid": False,
        "findings": [{
            "pointer": "/merkinta_asiakkaan_arjesta/laatija", "code": "missing", "severity": "error", "source": "schema",
            "detail": "A value is required here.",
        }],
    }  # fmt: skip

    valid: bool = Field(description="No errors; warnings may be there.")
    findings: list[FoundInDocument]
