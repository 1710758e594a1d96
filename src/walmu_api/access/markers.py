"""What an operation says of itself in its signature and its dependencies, and the guard reads once: its right, its body,
what makes a retry harmless, and what it costs.

For FastAPI these are dependencies; none of them is ever solved."""

from collections.abc import Collection, Mapping
from typing import Any

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from walmu_api.access.bodies import Form
from walmu_api.access.scopes import Scope
from walmu_api.foundation import request_body, responses
from walmu_api.foundation.heavy_lane import LIGHT
from walmu_api.foundation.load_shedding import cost_of


class InjectedParameter:
    """A parameter of an operation that the guard fills in: for FastAPI a dependency that is never solved."""

    gives: str

    async def __call__(self) -> None:
        raise NotImplementedError("only a route of class GuardedRoute can have this parameter")


class Requires(InjectedParameter):
    """The scope of an operation; the auditor's operations have the auditor's login to the database."""

    gives = "context"

    def __init__(self, scope: Scope | None) -> None:
        self.scope, self.supervises = scope, scope is Scope.USE_LOG_READ


def requires(scope: Scope | None) -> Any:
    """The right that an operation needs; None for any connected system. Checked before the body is read."""
    return Depends(Requires(scope))


class BodyOf(InjectedParameter):
    """The body of an operation, read and validated before its transaction begins."""

    gives = "body"

    def __init__(self, model: Any, limit: int, forms: Mapping[str, Form]) -> None:
        self.model, self.limit = model, limit
        adapter: TypeAdapter[Any] = TypeAdapter(model)
        self.forms = forms or {responses.JSON: Form(lambda raw: request_body.validate(adapter, raw, model))}


def body(model: Any, *, limit: int = request_body.BODY_LIMIT, forms: Mapping[str, Form] | None = None) -> Any:
    """A JSON body of this model; a batch has its own `forms`, which judge line by line."""
    return Depends(BodyOf(model, limit, forms or {}))


class Retry(InjectedParameter):
    """What makes a retry of a POST harmless: `key_required` unless the body has a source_id; acts need none. An act that
    `corrects` what was done before needs If-Match for that."""

    def __init__(self, key_required: bool, *, corrects: bool = False) -> None:
        self.key_required, self.corrects = key_required, corrects


idempotent_create = Depends(Retry(key_required=True))
"""Marks a POST that creates: it takes Idempotency-Key, and needs it when the body has no source_id."""
idempotent_action = Depends(Retry(key_required=False))
"""Marks a POST that changes a record's state: it takes Idempotency-Key."""
idempotent_correction = Depends(Retry(key_required=False, corrects=True))
"""Marks a POST that also corrects what was done by it before, or takes that back: for this it needs If-Match."""


class Deferrable(InjectedParameter):
    """An operation that answers later, by a job, when it is asked to."""


deferrable = Depends(Deferrable())
"""Marks a POST that takes `Prefer: respond-async`; with it an Idempotency-Key gives the same job again (ADR 52)."""


class FollowsMerges(InjectedParameter):
    """An operation whose own statement reads a client who was merged into another under that one: it is on the hot path,
    where a statement more would be felt (ADR 62)."""


follows_merges = Depends(FollowsMerges())


ITEMS_OF_ONE = 12
"""A page counts as one more request for each so many items that are asked for."""


class Cost(InjectedParameter):
    """What an operation costs: as how many requests it counts, and what of it goes into the heavy lane (ADR 53)."""

    def __init__(self, requests: int = 1, above: int = LIGHT, files: Collection[str] = ()) -> None:
        self._requests, self._above, self._files = requests, above, frozenset(files)

    def of(self, request: Request, length: int) -> int:
        """As how many requests this one counts, whose body has this length."""
        own, limit = self._requests, request.query_params.get("limit", "")
        if limit.isdecimal() and limit.isascii():
            own += min(int(limit[:6]), 1000) // ITEMS_OF_ONE
        return cost_of(length, own)

    def is_heavy(self, length: int, answer_type: str | None) -> bool:
        return length >= self._above or answer_type in self._files


heavy = Depends(Cost(requests=20, above=0))
"""Marks an operation whose work always takes long."""


def heavy_above(length: int) -> Any:
    """Marks an operation whose work takes long when its body has so many bytes."""
    return Depends(Cost(above=length))


def heavy_files(media_types: Collection[str]) -> Any:
    """Marks an operation whose work takes long when its answer is a file."""
    return Depends(Cost(files=media_types))


def marker(route: APIRoute, kind: type) -> Any:
    """What the route says of this kind, or nothing."""
    return next((d.call for d in route.dependant.dependencies if isinstance(d.call, kind)), None)
