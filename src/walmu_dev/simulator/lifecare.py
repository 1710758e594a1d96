"""The dialect's routes: what a LifeCare-style record system answers, as the wire's page has it."""

from typing import Any, NoReturn

from fastapi import APIRouter, HTTPException, Request, Response

from walmu_dev.simulator import content
from walmu_dev.simulator.store import ATTENDANCE, DECISION, PROPOSAL, Held, Store

BASE = "/lifecare/ec/api/v1"
MOST_PER_PAGE, USUAL_PAGE = 200, 100
LIST_PARAMETERS = {"gt", "q", "limit", "offset"}

Answer = dict[str, Any]


def _not_found(what: str) -> NoReturn:
    raise HTTPException(404, f"There is no such {what}")


def _parameters(request: Request, known: set[str]) -> dict[str, str]:
    """A parameter misspelt or given twice would otherwise silently ask for something else."""
    given = request.query_params.multi_items()
    if unknown := {name for name, _ in given} - known:
        raise content.NotUnderstoodError(f"Unknown parameter: {', '.join(sorted(unknown))}")
    if len(given) != len(dict(given)):
        raise content.NotUnderstoodError("A parameter may be given once")
    return dict(given)


def _whole_number(text: str, name: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most):
        raise content.NotUnderstoodError(f"{name} is a whole number from {least} to {most}")
    return int(text)


def _list(store: Store, entity: str, request: Request, known: set[str]) -> Answer:
    asked = _parameters(request, known)
    if "gt" in asked and "q" in asked:
        raise content.NotUnderstoodError("Either q or gt, not both")
    held = store.page(
        entity,
        after=content.instant_of(asked["gt"]) if "gt" in asked else None,
        external_id=content.external_id_asked(asked["q"]) if "q" in asked else None,
        limit=_whole_number(asked.get("limit", str(USUAL_PAGE)), "limit", 1, MOST_PER_PAGE),
        offset=_whole_number(asked.get("offset", "0"), "offset", 0, 10**9),
    )
    return {"Items": [one.answer for one in held]}


def _entity(store: Store, entity: str, id: str) -> Held:
    number = int(id) if id.isascii() and id.isdigit() and len(id) < 12 else 0
    return store.one(entity, number) or _not_found(entity)


def new_proposal(posted: content.Proposal) -> dict[str, Any]:
    return {**posted.model_dump(), "Status": "Received", "DecisionId": None, "RefusalReason": None}


def _upsert_visit(store: Store, visit: content.Visit) -> tuple[int, Held]:
    body = visit.model_dump()
    held = store.visit(visit.ExternalId, visit.ReportingSystem)
    if held is None:
        return 201, store.add(ATTENDANCE, body, visit.ReportingSystem)
    if visit.ExternalVersion < held.body["ExternalVersion"]:
        raise HTTPException(409, f"ExternalVersion {held.body['ExternalVersion']} is held already")
    return 200, held if held.body == body else store.replace(held, body)


def _decision_routes(router: APIRouter, store: Store) -> None:
    @router.get("/decisions")
    async def list_decisions(request: Request) -> Answer:
        return _list(store, DECISION, request, LIST_PARAMETERS - {"q"})

    @router.get("/decisions/{id}")
    async def get_decision(id: str) -> Answer:
        return _entity(store, DECISION, id).answer


def _proposal_routes(router: APIRouter, store: Store) -> None:
    @router.post("/decision_proposals", status_code=201)
    async def post_proposal(request: Request, posted: content.Proposal) -> Answer:
        request.state.external_id = posted.ExternalId
        return store.add(PROPOSAL, new_proposal(posted)).answer

    @router.put("/decision_proposals/{id}")
    async def put_proposal(request: Request, id: str, posted: content.Proposal) -> Answer:
        request.state.external_id = posted.ExternalId
        held = _entity(store, PROPOSAL, id)
        if held.body["Status"] != "Received":
            raise HTTPException(409, f"The proposal is {held.body['Status']}")
        if held.external_id != posted.ExternalId:
            raise HTTPException(422, "ExternalId: a proposal keeps the one it came with")
        return store.replace(held, new_proposal(posted)).answer

    @router.get("/decision_proposals")
    async def list_proposals(request: Request) -> Answer:
        return _list(store, PROPOSAL, request, LIST_PARAMETERS)


def _visit_routes(router: APIRouter, store: Store) -> None:
    @router.post("/reported_visits")
    async def post_visit(request: Request, response: Response, posted: content.Visit) -> Answer:
        request.state.external_id = posted.ExternalId
        response.status_code, held = _upsert_visit(store, posted)
        return held.answer

    @router.delete("/reported_visits", status_code=204)
    async def delete_visit(request: Request) -> None:
        asked = _parameters(request, {"externalId", "reportingSystem"})
        if not asked.get("externalId") or not asked.get("reportingSystem"):
            raise content.NotUnderstoodError("externalId and reportingSystem are needed")
        store.remove_visit(asked["externalId"], asked["reportingSystem"])

    @router.get("/reported_visits")
    async def list_visits(request: Request) -> Answer:
        return _list(store, ATTENDANCE, request, LIST_PARAMETERS)


def lifecare_router(store: Store) -> APIRouter:
    router = APIRouter(prefix=BASE)
    _decision_routes(router, store)
    _proposal_routes(router, store)
    _visit_routes(router, store)

    @router.get("/health")
    async def health() -> Answer:
        return {"Status": "Up"}

    return router
