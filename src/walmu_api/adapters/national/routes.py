"""National documents: which structures there are, and whether a document is what its structure asks for."""

from functools import cache
from typing import Annotated

from fastapi import APIRouter, Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import body, heavy_above, requires
from walmu_api.access.scopes import Scope
from walmu_api.adapters.national.schemas import (
    LARGE,
    DocumentStructure,
    DocumentToValidate,
    DocumentValidation,
    FoundInDocument,
    NationalLabels,
    StructureField,
)
from walmu_api.adapters.national.structures.definitions import (
    ANY_SYSTEM,
    Node,
    Structure,
    our_path,
    structure_of,
    structures,
)
from walmu_api.adapters.national.validation.findings import UNKNOWN_STRUCTURE
from walmu_api.adapters.national.validation.validate_document import validate
from walmu_api.foundation import responses
from walmu_api.foundation.negotiation import language_of
from walmu_api.foundation.openapi import WHOLE, Limit, PageCursor, gives, lists
from walmu_api.foundation.problems import invalid

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["documents"])
Reader = Annotated[RequestContext, requires(Scope.DOCUMENTS_READ)]


@router.get(
    "/documents/structures", operation_id="listDocumentStructures", responses=lists(DocumentStructure)
)
async def list_structures(
    request: Request, ctx: Reader, limit: Limit = WHOLE, cursor: PageCursor = None
) -> Response:
    """List the national document structures that are supported: every field with its type, obligations,
    labels and our name."""
    return responses.page_of(request, _structures(), limit, cursor)


@router.post(
    "/document-validations",
    operation_id="validateDocument",
    responses=gives(DocumentValidation, "What was found.", "Content-Language", etag=False),
    dependencies=[heavy_above(LARGE)],
)
async def validate_document(
    request: Request, document: Annotated[DocumentToValidate, body(DocumentToValidate)], ctx: Reader
) -> Response:
    """Validate a national document: every finding with its place, by the structure, its conditional
    obligations and the code lists. Nothing is stored."""
    structure = structure_of(document.structure)
    if structure is None:
        raise invalid(UNKNOWN_STRUCTURE.at("/structure"))
    language = language_of(request.headers.get("accept-language"))
    found = await validate(ctx.session, structure, document.content, request.app.state.official)
    data = DocumentValidation(
        valid=all(finding.severity != "error" for finding in found),
        findings=[FoundInDocument.model_validate(finding.render(language)) for finding in found],
    )
    response = responses.plain(data.model_dump_json(exclude_none=True).encode())
    response.headers.update({"Content-Language": language, "Vary": "Accept-Language"})
    return response


@cache
def _structures() -> list[bytes]:
    return [_response(each).model_dump_json(exclude_none=True).encode() for each in structures()]


def _response(found: Structure) -> DocumentStructure:
    return DocumentStructure(
        structure=found.oid,
        number=found.number,
        version=found.version,
        valid_from=found.valid_from,
        name=NationalLabels(fi=found.fi, sv=found.sv),
        root_key=found.root.key,
        resource=found.resource,
        writers=sorted(found.writers),
        mapping=_fields(found.root, "", ""),
    )


def _fields(node: Node, path: str, mapped: str) -> list[StructureField]:
    data = []
    for child in node.children:
        at, ours = f"{path}.{child.key}" if path else child.key, our_path(mapped, child.field)
        data.append(_field(child, at, ours if child.field else None))
        data += _fields(child, at, ours)
    return data


def _field(node: Node, path: str, ours: str | None) -> StructureField:
    is_code = node.type == "code"
    return StructureField(
        path=path,
        type=node.type,  # type: ignore[arg-type]  # a type of the tables is one of these
        required=node.required,
        repeats=node.repeats,
        field=ours,
        code_system=node.system if is_code and node.system != ANY_SYSTEM else None,
        codes=list(node.accepted) if is_code and node.accepted else None,
        rule="; ".join(rule.text for rule in node.rules) or None,
        label=NationalLabels(fi=node.fi, sv=node.sv),
    )
