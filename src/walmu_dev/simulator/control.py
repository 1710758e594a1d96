"""The control plane: what a test or a demonstration tells the record system to do.

Only with `WALMU_SIM_CONTROL=1`."""

import asyncio
import os
import signal
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from walmu_api.foundation.clock import Clock
from walmu_dev.simulator.caseworker import Caseworker
from walmu_dev.simulator.faults import Fault, FaultPlan
from walmu_dev.simulator.store import ATTENDANCE, DECISION, JOURNAL_LENGTH, PROPOSAL, Store
from walmu_dev.simulator.words import DecisionWords, decision_words, proposal_words

Answer = dict[str, Any]


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class DecisionOrder(Order):
    action: Literal["create", "amend", "revoke", "decide", "refuse"]
    decision: DecisionWords


class FaultOrder(Order):
    faults: list[Fault]


class ClockOrder(Order):
    now: AwareDatetime | None = None
    advance_seconds: Annotated[float, Field(ge=-1e9, le=1e9)] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.now is None) == (self.advance_seconds is None):
            raise ValueError("either now or advance_seconds")
        return self

    def target(self, clock: Clock) -> datetime:
        return self.now or clock.now() + timedelta(seconds=self.advance_seconds or 0)


def _caseworker_routes(router: APIRouter, store: Store, caseworker: Caseworker) -> None:
    actions = {
        "create": caseworker.create,
        "amend": caseworker.amend,
        "revoke": caseworker.revoke,
        "decide": caseworker.decide,
        "refuse": caseworker.refuse,
    }

    @router.post("/decisions")
    async def act(order: DecisionOrder, response: Response) -> Answer:
        answer = actions[order.action](order.decision)
        response.status_code = 201 if order.action == "create" else 200
        return answer

    @router.get("/proposals")
    async def proposals(status: str | None = None) -> Answer:
        items = [proposal_words(held) for held in store.all(PROPOSAL)]
        return {"items": [item for item in items if status is None or item["status"] == status.lower()]}


def _state_routes(router: APIRouter, store: Store) -> None:
    @router.get("/effects")
    async def effects(entity: str | None = None, external_id: str | None = None) -> Answer:
        asked = {"entity": entity, "external_id": external_id}
        wanted = {name: value for name, value in asked.items() if value is not None}.items()
        return {"items": [item for item in store.effects() if wanted <= item.items()]}

    @router.get("/state/decisions")
    async def decisions(external_id: str | None = None) -> Answer:
        held = store.all(DECISION) if external_id is None else store.named(DECISION, external_id)
        return {"items": [decision_words(one) for one in held]}

    @router.get("/state/attendance")
    async def attendance(external_id: str | None = None) -> Answer:
        held = store.all(ATTENDANCE) if external_id is None else store.named(ATTENDANCE, external_id)
        return {"items": [one.answer for one in held]}

    @router.get("/journal")
    async def journal(limit: Annotated[int, Query(ge=1, le=JOURNAL_LENGTH)] = 1000) -> Answer:
        return {"items": store.journal(limit)}


def control_router(store: Store, caseworker: Caseworker, plan: FaultPlan, clock: Clock) -> APIRouter:
    router = APIRouter(prefix="/__sim")
    _caseworker_routes(router, store, caseworker)
    _state_routes(router, store)

    def shown() -> Answer:
        return {"now": clock.now().isoformat(), "offset_seconds": clock.offset.total_seconds()}

    @router.post("/faults")
    async def set_faults(order: FaultOrder) -> Answer:
        plan.replace(order.faults)
        return {"faults": plan.left}

    @router.get("/faults")
    async def get_faults() -> Answer:
        return {"faults": plan.left}

    @router.post("/clock")
    async def set_clock(order: ClockOrder) -> Answer:
        clock.set(order.target(clock))
        return shown()

    @router.post("/stop", status_code=202)
    async def stop() -> Answer:
        """The server dies as by SIGKILL, a moment after it has said so."""
        asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), signal.SIGKILL)
        return {"stopping": True}

    @router.get("/clock")
    async def get_clock() -> Answer:
        return shown()

    return router
