"""The field test: every member of every request is filled, and everybody reads by every way what the page lets them.

The story (`every_field/recording.py`) fills all bodies with values that are found again; `reading.py` asks every operation that
reads; what may be found is in `page.py`, written by hand from the page of audiences. A member of the contract, or an
operation, that these do not know fails here."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable

from tests.conftest import TenantFixture
from tests.http_behaviour.scene import OPERATIONS
from tests.privacy.every_field.filling import SCHEMAS, members
from tests.privacy.every_field.page import CLIENT_RECORD, EVERYBODY_HERE, INSIDE, OPEN, RULES
from tests.privacy.every_field.reading import READS, Found, Identity, collect, identities, read
from tests.privacy.every_field.recording import Story, protected, recorded_life
from tests.privacy.rules import OPERATIONS as MATRIX

ABOUT_NO_CLIENT = {
    name
    for name, operation in MATRIX.items()
    if operation.answers in {"free", "public"} or operation.about in {"party", "unit", "system"}
}
"""Here only what can be nobody else's value counts: a form or a code list has numbers, days and words of its own."""
COMMON = ("system=", "code=")
"""A national code is known by its label, that is written anew in each place."""
NOT_FILLED = {
    "ClientSearch": "is looked for with, and stored nowhere",
    "DocumentToValidate": "is looked at, and stored nowhere",
    "DocumentToFile": "is filled from the agreement (`agreement as a document`)",
}
NOT_FILLED_MEMBERS = {
    ("ConnectedSystemEntry", "jwks.keys[].alg"): "is not of the key that is used",
    ("ConnectedSystemEntry", "jwks.keys[].use"): "is not of the key that is used",
    ("ConnectedSystemEntry", "jwks.keys[].n"): "is of an RSA key",
    ("ConnectedSystemEntry", "jwks.keys[].e"): "is of an RSA key",
    ("AttendanceBatch", "items[].if_version"): "is a condition",
    ("DiaryConfirmation", "corrected.cancellation.planned_at"): "no workplace reports a cancellation",
    ("DiaryConfirmation", "corrected.cancellation.reason"): "no workplace reports a cancellation",
    (
        "DiaryConfirmation",
        "corrected.cancellation.further_information",
    ): "no workplace reports a cancellation",
    ("AssessmentEntry", "case_id"): "only the organiser may name a case, and a provider writes it",
    ("StartInterviewEntry", "case_id"): "only the organiser may name a case, and a provider writes it",
}
NOT_READ_BACK = {
    "day voided": "of a voided day nothing is told but that it is void",
    "system": "a proof of a key is used once",
}
_BY_SOURCE = re.compile(r"(client|service_relationship|agreement|case)_source_id$")
"""Names a record by the sender's own id: what is stored is the record's."""


async def readings(
    everybody: Iterable[Identity], story: Story, only: Collection[str] = ()
) -> dict[str, Found]:
    await collect(story)
    return {each.name: await read(each, story, only) for each in everybody}


def beyond_the_page(story: Story, found: dict[str, Found], client: str) -> list[str]:
    """What somebody found that the page does not give them."""
    wrong = []
    for mark, of in sorted(story.filler.of_mark.items()):
        for identity, each in found.items():
            ways = each.ways.get(mark, set())
            ways = ways - ABOUT_NO_CLIENT if "=" in mark or re.fullmatch(r"\d{4}-\d\d-\d\d", mark) else ways
            if not ways or mark.startswith(COMMON):
                continue
            if any(RULES[m.record][m.path].allows(identity, ways, client) for m in of):
                continue
            if any(open_.excuses(m.record, m.path, identity, client) for open_ in OPEN for m in of):
                continue
            wrong.append(f"{identity} reads {'; '.join(map(str, sorted(of)))} by {', '.join(sorted(ways))}")
    return wrong


def short_of_the_page(story: Story, found: dict[str, Found]) -> list[str]:
    """What the page gives somebody who did not find it. Somebody who is not named differs in one operation, and asks it
    alone."""
    return [
        f"{identity} lacks {member}"
        for mark, of in sorted(story.filler.of_mark.items())
        for member in of
        for identity in RULES[member.record][member.path].must | {"organiser"}
        if identity in found
        and identity != "somebody at the workplace"
        and mark not in found[identity].ways
        and not _is_not_read_back(member.record, member.path)
    ]


def _is_not_read_back(record: str, path: str) -> bool:
    return (record in NOT_READ_BACK and path in {"planned_minutes", "status", "form", "proofs[]"}) or bool(
        _BY_SOURCE.search(path)
    )


def none(wrong: Iterable[str]) -> None:
    assert not [*wrong], "\n".join(wrong)


def unfilled(story: Story) -> Iterable[str]:
    names = {each.body["schema"]["$ref"].rpartition("/")[2] for each in OPERATIONS if each.body}
    for name in sorted(names - NOT_FILLED.keys()):
        for path in sorted(set(members(SCHEMAS[name])) - story.filler.filled[name]):
            if (name, path) not in NOT_FILLED_MEMBERS and not _BY_SOURCE.search(path):
                yield f"{name}: {path}"


def unknown_to_the_page(story: Story) -> list[str]:
    known = {(member.record, member.path) for of in story.filler.of_mark.values() for member in of}
    return sorted(f"{record}: {path}" for record, path in known if path not in RULES.get(record, {}))


async def test_everybody_reads_what_the_page_gives_them_and_nothing_else(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    story = await recorded_life(world)
    none(unknown_to_the_page(story))
    found = await readings(await identities(story, elsewhere), story)
    none(beyond_the_page(story, found, "open"))
    none(short_of_the_page(story, found))
    answered: dict[str, set[int]] = defaultdict(set)
    for each in found.values():
        for name, states in each.answered.items():
            answered[name] |= states
    assert [each.name for each in READS if 200 not in answered[each.name]] == []
    assert {state for states in answered.values() for state in states if state >= 500} == set()


async def test_nobody_narrowed_reads_where_a_protected_client_is(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    story = await recorded_life(world)
    await protected(story)
    here = [each for each in await identities(story, elsewhere) if each.name in EVERYBODY_HERE - INSIDE]
    found = await readings(here, story)
    for sent in story.sent:
        if sent.who in found and "Idempotency_Key" in sent.headers:
            again = await story.speakers[sent.who](sent.method, sent.path, sent.body, **sent.headers)
            found[sent.who].add(f"{sent.method} {sent.path} again", again)
    none(beyond_the_page(story, found, "protected"))
    await protected(story, contacts_withheld="Kq9070z")
    none([*unfilled(story), *unknown_to_the_page(story)])
    found = await readings(here, story, only=CLIENT_RECORD)
    none(beyond_the_page(story, found, "withheld"))
