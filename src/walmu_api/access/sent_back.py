"""A record that is sent back as it was read: GET, change, PUT.

Members that only the server sets are no part of an entry. In the body of a PUT they are set aside, and compared with
what its sender reads of the record at this moment, by the GET of the same path: equal ones are no change, any other is
`read-only`. What the sender does not read is to it as what is not there, so that a guess at it always gets the same
answer. A body without such members costs nothing.

ADR 49."""

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from typing import Annotated, Any, get_args

from fastapi import Request
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import from_json
from starlette.responses import Response

from walmu_api.access.context import RequestContext
from walmu_api.foundation import preconditions
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.problems import NOT_FOUND, READ_ONLY, UNKNOWN_PROPERTY, Problem, invalid
from walmu_api.foundation.request_body import pointer
from walmu_api.foundation.texts import in_nfc


def set_by_server(entry: type[BaseModel], record: Any) -> dict[str, FieldInfo]:
    """The members of a record that an entry does not have, where a GET gives the record (or one of several) and a PUT
    takes the entry. The contract shows them as `readOnly`."""
    members: dict[str, FieldInfo] = {}
    for model in get_args(record) or (record,):
        members = model.model_fields | members
    return {name: member for name, member in members.items() if name not in entry.model_fields}


class SentBack:
    """What a PUT does with the members of its record that it does not take."""

    def __init__(
        self, entry: Any, record: Any, read: Callable[[Request, RequestContext], Awaitable[Response | None]]
    ) -> None:
        self._entry, self._record = entry, record
        self._read = read
        """What the sender reads of the record; None where it may not read it."""

    @cached_property
    def _types(self) -> Mapping[str, TypeAdapter[Any]]:
        members = set_by_server(self._entry, self._record)
        return {name: TypeAdapter(_annotation(member)) for name, member in members.items()}

    def parted(self, raw: bytes, refused: Problem) -> tuple[bytes, Content]:
        """A body that was refused, in two parts: what an entry may hold, and what only a record holds. Without any of the
        latter it stays refused."""
        names = {each.pointer[1:] for each in refused.errors if each.kind in (READ_ONLY, UNKNOWN_PROPERTY)}
        if not names & self._types.keys():
            raise refused
        content = json.loads(raw)
        aside = {name: content.pop(name) for name in self._types if name in content}
        return json.dumps(content).encode(), aside

    async def compare(self, request: Request, ctx: RequestContext, aside: Content) -> None:
        """Refuse what is not as the sender reads it. Where it names another version in If-Match than there is, what it read
        may have been right then: it is stale. The operation would not say so of an entry that equals what is there."""
        present, tag = {}, None
        if_match = request.headers.get("if-match")
        if (response := await self._present(request, ctx)) is not None:
            present, tag = from_json(bytes(response.body)), response.headers.get("etag")
            if if_match is not None and tag is None:
                return
        changed = [name for name, value in aside.items() if not self._same(name, value, present.get(name))]
        if changed:
            if if_match is not None and tag is not None:
                preconditions.require_version(if_match, tag.strip('"'))
            raise invalid(*(READ_ONLY.at(pointer((name,))) for name in changed))

    async def _present(self, request: Request, ctx: RequestContext) -> Response | None:
        """The record as its sender reads it; without a body where there is none, None without the right to read."""
        try:
            return await self._read(request, ctx)
        except Problem as problem:
            if problem.kind is not NOT_FOUND:
                raise
            return Response(b"{}")

    def _same(self, name: str, sent: Any, read: Any) -> bool:
        """Whether both say the same, however it is spelt: an instant in another zone, an id in capitals."""
        texts = [json.dumps(each, sort_keys=True) for each in (in_nfc(sent), in_nfc(read))]
        if texts[0] == texts[1]:
            return True
        try:
            values = [self._types[name].validate_json(text) for text in texts]
        except ValidationError:
            return False
        return bool(values[0] == values[1])


def _annotation(member: FieldInfo) -> Any:
    """The type of a member with what was annotated to it, as it was declared."""
    return Annotated[(member.annotation, *member.metadata)] if member.metadata else member.annotation
