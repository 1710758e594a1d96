"""The ledger of what was published: each question once, with its answer and, as keyed hashes, of whom its figures are.

A provider's question is held against everybody's, so what reads and writes here stands outside its narrowing; nothing of what
is read is told."""

import hashlib
from base64 import b64decode, b64encode
from functools import cache
from uuid import UUID

from pydantic_core import from_json, to_json

from walmu_api.access.context import RequestContext
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.records import one_at_a_time
from walmu_api.foundation.statements import Statement
from walmu_api.reports.impact.differencing import PERSON, Group, Member, Publication

_MEMBER = PERSON + 8
_ANSWER = Statement("""
select answer from impact_publications where organiser_id = :organiser and question = :question
""")
_GROUPS = Statement("select groups::text from impact_publications where organiser_id = :organiser")
_PUBLISH = Statement("""
insert into impact_publications (organiser_id, id, question, answer, groups, organisation_id, system_id)
values (:organiser, :id, :question, :answer, :groups::jsonb, :organisation, :system)
""")


async def published(ctx: RequestContext, question: str) -> str | Publication:
    """The answer that was published to this question; else what it is to be held against. One question of an organiser
    at a time from here on."""
    async with ctx.session.without_tenant_scope():
        await one_at_a_time(ctx.session, "impact-publications")
        answer: str | None = await ctx.session.fetchval(
            _ANSWER, organiser=ctx.organiser_id, question=question
        )
        if answer is not None:
            return answer
        rows = await ctx.session.fetch(_GROUPS, organiser=ctx.organiser_id)
    before: dict[str, list[Group]] = {}
    for row in rows:
        for family, groups in from_json(row["groups"]).items():
            before.setdefault(family, []).extend(_group(b64decode(text)) for text in groups)
    return Publication(before, _Marking(ctx))


async def publish(ctx: RequestContext, question: str, answer: str, publication: Publication) -> None:
    """From now on the question has this answer. One in which nothing is told of anybody is not published."""
    if not publication.groups:
        return
    groups = {
        family: [b64encode(b"".join(sorted(group))).decode() for group in groups]
        for family, groups in publication.groups.items()
    }
    async with ctx.session.without_tenant_scope():
        await ctx.session.execute(
            _PUBLISH,
            organiser=ctx.organiser_id,
            id=uuid7(),
            question=question,
            answer=answer,
            groups=to_json(groups).decode(),
            organisation=ctx.caller.organisation_id,
            system=ctx.caller.system.id,
        )


def _group(members: bytes) -> Group:
    return frozenset(members[at : at + _MEMBER] for at in range(0, len(members), _MEMBER))


class _Marking:
    """Members of groups as hashes that say nothing without the keyring."""

    def __init__(self, ctx: RequestContext) -> None:
        self._person = cache(
            lambda client: ctx.cipher.blind_index(ctx.organiser_id, "impact", str(client))[:PERSON]
        )

    def __call__(self, client: UUID, mark: object) -> Member:
        person: bytes = self._person(client)
        return person + hashlib.blake2b(repr(mark).encode(), key=person, digest_size=8).digest()
