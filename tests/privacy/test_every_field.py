"""The field test: every member of every request is filled, and everybody reads by every way what the page lets them.

The story (`every_field/recording.py`) fills all bodies with values that are found again; `reading.py` asks every operation that
reads; what may be found is in `page.py`, written by hand from the page of audiences. A member of the contract, or an
operation, that these do not know fails here."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

import pytest
from tests.conftest import TenantFixture
from tests.http_behaviour.scene import OPERATIONS
from tests.privacy.every_field.damages import GROUPS, PACKAGE, ROOT
from tests.privacy.every_field.filling import ENTRY_OF, SCHEMAS, Member, members
from tests.privacy.every_field.page import AT_THE_PLACE, CLIENT_RECORD, RULES
from tests.privacy.every_field.reading import READS, Found, Identity, collect, identities, read
from tests.privacy.every_field.recording import died, protected, recorded_life
from tests.privacy.every_field.story import Story
from tests.privacy.rules import OPERATIONS as MATRIX

ABOUT_NO_CLIENT = {
    name
    for name, operation in MATRIX.items()
    if operation.answers in {"free", "public"} or operation.about in {"party", "unit", "system", "log"}
}
"""Here only what can be nobody else's value counts: a form, a code list or a log has numbers, days and words of its own."""
COMMON = ("system=", "code=")
"""A national code is known by its label, that is written anew in each place."""
NOT_FILLED = {
    "EhrConflictSettling": "is the organiser's word to its record system, read by nobody else",
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
    ("ClientMerging", "into_version"): "is a condition",
    ("ClientEntry", "died_on"): "ends what the story goes on with; `died` does",
    ("AgreementEntry", "schedule_from"): "a draft begins at its start; read as `valid_from` of `schedules`",
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
    (
        "day voided",
        "status noted_at planned_minutes form",
    ): "of a voided day nothing is told but that it is void",
    ("system", "proofs[]"): "a proof of a key is used once",
}
_BY_SOURCE = re.compile(r"(client|service_relationship|agreement|case)_source_id$")
"""Names a record by the sender's own id: what is stored is the record's."""


async def readings(
    everybody: Iterable[Identity], story: Story, only: Collection[str] = ()
) -> dict[str, Found]:
    await collect(story)
    return {each.name: await read(each, story, only) for each in everybody}


def beyond_the_page(
    story: Story,
    found: dict[str, Found],
    client: str,
    over: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> list[str]:
    """What somebody found that the page does not give them. `over`: the records that somebody reads no more."""
    return [
        f"{identity} reads {'; '.join(map(str, sorted(of)))} by {', '.join(sorted(ways))}"
        for mark, of in sorted(story.filler.of_mark.items())
        for identity, each in found.items()
        if (ways := ways_that_count(mark, each, story.filler.words))
        and not any(
            RULES[m.record][m.path].allows(identity, ways, client)
            for m in of
            if m.record not in over.get(identity, ()) or is_of_days(m, ways)
        )
    ]


OF_THE_CALENDAR = frozenset({"getAttendanceSummary", "getAttendanceTemplate"})
"""Sums by weeks and months, which begin on days of the calendar, and each day of this week that is planned."""


def ways_that_count(mark: str, found: Found, words: Collection[str]) -> set[str]:
    """The ways by which somebody found this and nothing that only looks like it."""
    ways = found.ways.get(mark, set())
    if mark.startswith(COMMON):
        return set()
    is_day = re.fullmatch(r"\d{4}-\d\d-\d\d", mark)
    if is_day:
        ways = ways - OF_THE_CALENDAR
    return ways - ABOUT_NO_CLIENT if is_day or "=" in mark or mark in words else ways


def is_of_days(member: Member, ways: Collection[str]) -> bool:
    """The workplace's own name stands beside its days, that it reads on."""
    return member.path == "place.name" and set(ways) <= {"listAttendance", "getAttendanceTemplate"}


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
    listed = any(record == of and path in paths.split() for of, paths in NOT_READ_BACK)
    return listed or bool(_BY_SOURCE.search(path))


def none(wrong: Iterable[str]) -> None:
    found = [*wrong]
    assert not found, "\n".join(found)


def unfilled(story: Story) -> Iterable[str]:
    bodies = {each.body["schema"]["$ref"].rpartition("/")[2] for each in OPERATIONS if each.body}
    names = {ENTRY_OF.get(name, name) for name in bodies}
    for name in sorted(names - NOT_FILLED.keys()):
        for path in sorted(set(members(SCHEMAS[name])) - story.filler.filled[name]):
            if (name, path) not in NOT_FILLED_MEMBERS and not _BY_SOURCE.search(path):
                yield f"{name}: {path}"


def unknown_to_the_page(story: Story) -> list[str]:
    known = {(member.record, member.path) for of in story.filler.of_mark.values() for member in of}
    return sorted(f"{record}: {path}" for record, path in known if path not in RULES.get(record, {}))


def known_to_the_page_only(story: Story) -> list[str]:
    filled = {path for paths in story.filler.filled.values() for path in paths} | {"date"}
    return sorted({path for paths in RULES.values() for path in paths} - filled)


CIRCLES = {
    "inside": {"organiser", "record system", "auditor", "operator", "workplace"},
    "providers": {"provider A", "provider B", "provider C"},
    "places": {"workplace", "instructor", "somebody at the workplace", "another workplace"},
    "elsewhere": {"foreign organiser", "foreign provider", "foreign workplace"},
}


@pytest.mark.parametrize("circle", CIRCLES)
async def test_everybody_reads_what_the_page_gives_them_and_nothing_else(
    world: TenantFixture, elsewhere: TenantFixture, circle: str
) -> None:
    story = await recorded_life(world)
    none(unknown_to_the_page(story))
    everybody = [each for each in await identities(story, elsewhere) if each.name in CIRCLES[circle]]
    found = await readings(everybody, story)
    for sent in story.sent:
        if sent.who in found:
            found[sent.who].add(f"{sent.method} {sent.path}", sent.answer)
    none([*beyond_the_page(story, found, "open"), *short_of_the_page(story, found)])
    states = {state for each in found.values() for of in each.answered.values() for state in of}
    assert {state for state in states if state >= 500} == set()
    if circle == "inside":
        none(each.name for each in READS if all(200 not in of.answered[each.name] for of in found.values()))


@pytest.mark.parametrize("circle", ["providers", "places"])
async def test_nobody_narrowed_reads_where_a_protected_client_is(
    world: TenantFixture, elsewhere: TenantFixture, circle: str
) -> None:
    story = await recorded_life(world)
    await protected(story)
    here = [each for each in await identities(story, elsewhere) if each.name in CIRCLES[circle]]
    found = await readings(here, story)
    replayed = 0
    for sent in story.sent:
        if sent.who in found and "Idempotency_Key" in sent.headers:
            acting = story.acting(sent.who)
            again = await story.speakers[sent.who](
                sent.method, sent.path, sent.body, **sent.headers, **acting
            )
            assert again.status_code < 500, f"{sent.who} {sent.method} {sent.path}: {again.text}"
            replayed += again.headers.get("idempotency-replayed") == "true"
            found[sent.who].add(f"{sent.method} {sent.path} again", again)
    assert replayed >= 3
    none(beyond_the_page(story, found, "protected"))
    await protected(story, contacts_withheld="Kq9070z")
    none([*unfilled(story), *unknown_to_the_page(story), *known_to_the_page_only(story)])
    found = await readings(here, story, only=CLIENT_RECORD)
    none(beyond_the_page(story, found, "withheld"))


@pytest.mark.parametrize("circle", ["providers", "places"])
async def test_nobody_narrowed_reads_how_a_client_who_died_was_reached(
    world: TenantFixture, elsewhere: TenantFixture, circle: str
) -> None:
    story = await recorded_life(world)
    await died(story)
    here = [each for each in await identities(story, elsewhere) if each.name in CIRCLES[circle]]
    found = await readings(here, story)
    none(beyond_the_page(story, found, "withheld"))


async def test_what_agreement_and_permissions_gave_ends_with_them(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    story = await recorded_life(world)
    everybody = [each for each in await identities(story, elsewhere) if each.name in AT_THE_PLACE]
    revocation = {"revoked_on": story.filler.day(0), "reason": "x"}
    for name in ("permission for the name", "permission of safety"):
        path = f"/v1/permissions/{story.made[name]['id']}/revoke"
        await story.say("provider A", "POST", path, revocation)
    over = dict.fromkeys(AT_THE_PLACE, frozenset({"client", "permission of safety"}))
    found = await readings(everybody, story)
    none(beyond_the_page(story, found, "open", over))
    ending = {"ends_on": story.filler.day(1), "reason": "x"}
    await story.say("provider A", "POST", f"/v1/agreements/{story.made['agreement']['id']}/end", ending)
    over = {name: of | {"agreement", "signing", "notice to workplace"} for name, of in over.items()}
    found = await readings(everybody, story)
    none(beyond_the_page(story, found, "open", over))


async def test_a_refusal_says_nothing_of_what_was_sent_or_is_stored(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    """Everybody without a part in the care of provider A sends its requests again, and those of the organiser. Of a batch
    each outcome names the sender's own line."""
    story = await recorded_life(world)
    by_name = {each.name: each for each in await identities(story, elsewhere)}
    found: dict[str, Found] = defaultdict(Found)
    for name in (
        "provider C",
        "another workplace",
        "auditor",
        "operator",
        "foreign provider",
        "foreign workplace",
    ):
        for sent in story.sent:
            if sent.who not in {"organiser", "provider A", "workplace"}:
                continue
            headers = {"If_Match": '"0"'} | ({"Idempotency_Key": "again"} if sent.method == "POST" else {})
            answer = await by_name[name].speaker(sent.method, sent.path, sent.body, **headers)
            refused = answer.status_code >= 400 or answer.json()["counts"]["rejected"] == len(
                sent.body["items"]
            )
            assert refused, f"{name} {sent.method} {sent.path}: {answer.text}"
            found[name].add(f"{sent.method} {sent.path}", answer)
    none(
        f"{name} is told {mark} of {[*map(str, story.filler.of_mark[mark])]}"
        for name, each in found.items()
        for mark in sorted(each.ways.keys() & story.filler.of_mark.keys())
        if {member.path for member in story.filler.of_mark[mark]} != {"items[].source_id"}
    )


def test_every_damage_has_its_place() -> None:
    """What is damaged on purpose stands in the code as the list of damages has it."""
    listed = [damage for _, group in GROUPS for damage in group]
    assert [
        each.title for each in listed if each.old not in (ROOT / PACKAGE / each.file).read_text("utf-8")
    ] == []
