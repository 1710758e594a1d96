"""What is read is exact: equal ETags are equal bytes, lists and single reads agree, what was written is there to be read."""

import asyncio
import secrets
from typing import Any

import pytest
from tests.access.test_use_log_api import BY_HAND, INFORMANT, SERVICE, agreement_document, client_document
from tests.conftest import ApiClient, TenantFixture
from tests.privacy.stage import Objects, care_path, with_parties
from tests.record.case_file.documents.samples import FILED

ONE = {
    "/v1/clients/{0.client}": ("organiser", "provider_a", "ehr"),
    "/v1/service-relationships/{0.relationship[id]}": ("organiser", "provider_a", "ehr"),
    "/v1/decisions/{0.decision}": ("organiser", "provider_a", "ehr"),
    "/v1/agreements/{0.agreement[id]}": ("organiser", "provider_a", "ehr"),
    "/v1/workplace-agreements/{0.agreement[id]}": ("organiser", "provider_a", "workplace"),
    "/v1/workplace-agreements/{0.agreement[id]}/versions/2": ("organiser", "provider_a", "workplace"),
    "{0.day}": ("organiser", "provider_a", "workplace", "ehr"),
    "/v1/ehr/conflicts/{0.parties[conflict]}": ("organiser",),
    "/v1/attendance/{0.attendance}": ("organiser", "provider_a", "workplace", "ehr"),
    "/v1/attendance/{0.attendance}/versions/1": ("organiser", "provider_a", "workplace", "ehr"),
    "/v1/justifications/{0.justification}/versions/1": ("organiser", "provider_a", "workplace", "ehr"),
    "{0.day}/justification": ("organiser", "provider_a", "workplace", "ehr"),
    "/v1/justifications/{0.justification}": ("organiser", "provider_a", "workplace", "ehr"),
    "/v1/measurements/{0.measurement}": ("organiser", "provider_a", "ehr"),
    "/v1/instruments/kykyviisari": ("organiser", "provider_a", "ehr"),
    "/v1/impact-limits": ("organiser", "provider_a"),
    "/v1/organisations/{0.parties[organisation]}": ("organiser", "provider_a", "workplace", "ehr", "auditor"),
    "/v1/units/{0.parties[unit]}": ("organiser", "provider_a", "workplace", "ehr", "auditor"),
    "/v1/connected-systems/{0.parties[system][id]}": ("organiser", "provider_a"),
    "/v1/delegated-workplaces/{0.parties[organisation]}": ("organiser", "provider_a"),
    "/v1/code-systems": ("organiser", "provider_a", "workplace", "ehr", "auditor"),
    "/v1/code-systems/absence_reason": ("organiser", "provider_a", "workplace", "ehr", "auditor"),
    "/v1/code-systems/absence_reason/codes/own_illness": (
        "organiser",
        "provider_a",
        "workplace",
        "ehr",
        "auditor",
    ),
}
for path in ("/v1/organisations/{0.parties[organisation]}", "/v1/units/{0.parties[unit]}"):
    ONE[f"{path}/versions/1"] = ONE[path]
ONE["/v1/assessment-forms/uniform"] = ONE["/v1/assessment-forms/uniform/versions/1"] = (
    "organiser",
    "provider_a",
    "workplace",
    "ehr",
)
ONE |= {f"/v1/{of.collection}/{{0.filed[{kind}]}}": (of.reader,) for kind, of in FILED.items()}
for path, (reader, *_) in [*ONE.items()]:
    if path.startswith(
        (
            "/v1/clients",
            "/v1/service-rel",
            "/v1/decisions",
            "/v1/agreements/{0",
            "/v1/measurements/{0",
            *(f"/v1/{of.collection}" for of in FILED.values()),
        )
    ):
        ONE[f"{path}/versions/1"] = (reader,)
ONE |= {
    "/v1/notices/{0.filed[notice]}": ("organiser", "provider_a"),
    "/v1/notices/{0.filed[notice]}/versions/1": ("organiser",),
    "/v1/disclosures/{0.filed[disclosure]}": ("organiser", "auditor"),
}
ONE |= {
    "/v1/documents/{0.document}": ("organiser", "provider_a", "ehr"),
    "/v1/clients/{0.client}/document": ("organiser", "provider_a", "ehr"),
    "/v1/decisions/{0.filed[whole decision]}/document": ("organiser", "provider_a", "ehr"),
    "/v1/agreements/{0.filed[whole agreement]}/document": ("organiser", "provider_a", "ehr"),
    "/v1/measurements/{0.measurement}/document": ("organiser", "provider_a", "ehr"),
    "/v1/disclosures/{0.filed[disclosure]}/document": ("organiser",),
}
ONE |= {
    f"/v1/{of.collection}/{{0.filed[{kind}]}}/document": ("organiser",)
    for kind, of in FILED.items()
    if of.has_document
}
"""Every GET of one record or of what else has an ETag, and who reads it."""


async def whole(world: TenantFixture) -> Objects:
    created = await care_path(world, world.provider_a)
    await with_parties(world, created)
    await _with_documents(world, created)
    return created


async def _with_documents(world: TenantFixture, created: Objects) -> None:
    """All that a client, a decision and an agreement need to be documents."""
    client = (await world.organiser.get(f"/v1/clients/{created.client}")).json()
    scene = {"client": client, "agreement": created.agreement}
    assert (await client_document(world, scene)).status_code == 200
    agreement = await agreement_document(world, scene)
    assert agreement.status_code == 200, agreement.text
    whole = {"service": SERVICE, "reasons": "x", "informants": [INFORMANT], "signature": {"type": BY_HAND}}
    created.filed["whole decision"] = str(await world.decision(created.relationship, **whole))
    created.filed["whole agreement"] = agreement.json()["envelope"]["resource"]["id"]


def test_every_get_of_one_record_is_here(world: TenantFixture) -> None:
    gets = {
        path
        for path, item in world.app.state.described()["paths"].items()
        if "ETag" in item.get("get", {}).get("responses", {}).get("200", {}).get("headers", {})
    }
    assert len(gets) == len(ONE)


@pytest.mark.parametrize("path", ONE)
async def test_an_equal_etag_is_equal_bytes_and_304_says_so(world: TenantFixture, path: str) -> None:
    created = await whole(world)
    url = path.format(created)
    for role in ONE[path]:
        speaker: ApiClient = getattr(world, role)
        first, second = await speaker.get(url), await speaker.get(url)
        assert (first.status_code, first.content, first.headers["etag"]) == (
            200,
            second.content,
            second.headers["etag"],
        )
        tag = first.headers["etag"]
        for known in (tag, f'"0", {tag}', f"W/{tag}", f'"x",W/{tag} ,"y"', "*"):
            answer = await speaker.get(url, If_None_Match=known)
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag), known
        for other in ('"0"', 'W/"0"', tag.strip('"'), f'"{tag}"', ""):
            assert (await speaker.get(url, If_None_Match=other)).content == first.content, other
        head = await speaker("HEAD", url)
        assert (head.status_code, head.headers["etag"], head.content) == (200, tag, b"")


async def test_what_a_write_answers_is_what_is_read_byte_for_byte(world: TenantFixture) -> None:
    created = await care_path(world, world.provider_a)
    client = {
        "family_name": "Tavu",
        "given_names": "Tarkka",
        "turvakielto": False,
        "source_id": secrets.token_hex(4),
        "contact": {"postal_code": "00100", "phone": "1", "email": "a@b.test"},
    }
    agreement = f"/v1/agreements/{created.agreement['id']}"
    sign = {"signed_on": world.day(120), "signatories": [{"party": "client", "name": created.names[0]}]}
    day = f"{agreement}/attendance/{world.day(5)}"
    seen = 0
    for speaker, method, path, body in (
        (world.organiser, "POST", "/v1/clients", client),
        (world.provider_a, "POST", f"{agreement}/sign", sign),
        (world.provider_a, "PUT", day, {"status": "absent", "noted_at": "2026-10-05T09:00:00.5+03:00"}),
        (
            world.provider_a,
            "PUT",
            f"{day}/justification",
            {
                "reason": "own_illness",
                "given_by": "client",
                "given_on": world.day(5),
                "certificate": {"required": True, "received_on": world.day(4)},
            },
        ),
        (
            world.organiser,
            "POST",
            f"{day}/justification/review",
            {"decision": "rejected", "reason": "Todistus puuttuu"},
        ),
        (
            world.provider_a,
            "POST",
            "/v1/measurements",
            world.measurement_entry(created.relationship, scores=[{"scale": "C", "value": 6.4}]),
        ),
        (
            world.organiser,
            "POST",
            "/v1/decisions",
            {
                "client_id": created.client,
                "provider_id": str(world.provider_a.organisation_id),
                "legal_bases": ["SHL_710_1982_27E"],
                "service_task": created.relationship["service_task"],
                "service_kind": "work_activity",
                "valid_from": world.day(0),
                "work_allowance_per_day": "6.50",
                "travel": {"arrangement": "bus_card", "note": "x"},
                "source_id": secrets.token_hex(4),
            },
        ),
    ):
        written = await speaker(method, path, body)
        assert written.status_code in {200, 201}, written.text
        url = written.headers.get("location") or path.removesuffix("/sign").removesuffix("/review")
        read = await speaker.get(url)
        assert (read.content, read.headers["etag"]) == (written.content, written.headers["etag"]), url
        seen += 1
    assert seen == 7


async def test_lists_and_single_reads_agree_while_writers_run(world: TenantFixture) -> None:
    """Every record in a list is byte for byte what its own address gave or gives at that version."""
    agreement = await world.signed_agreement()
    base = f"/v1/agreements/{agreement['id']}/attendance"
    days = [f"{base}/{world.day(at)}" for at in range(2, 8)]
    for day in days:
        await world.provider_a.put(day, {"status": "present", "actual_minutes": 1})
    single: dict[tuple[str, int], dict[str, Any]] = {}
    listed: dict[tuple[str, int], dict[str, Any]] = {}
    done = asyncio.Event()

    async def write(day: str) -> None:
        for minutes in range(2, 14):
            tag = (await world.provider_a.get(day)).headers["etag"]
            entry = {"status": "present", "actual_minutes": minutes}
            answer = await world.provider_a.put(day, entry, If_Match=tag)
            assert answer.status_code == 200
            back = await world.organiser.get(day)
            assert back.content == answer.content, "one reads what one wrote"
            single[answer.json()["id"], answer.json()["version"]] = answer.json()

    async def read() -> None:
        while not done.is_set():
            for item in await world.pages(
                world.organiser, f"/v1/attendance?agreement_id={agreement['id']}&limit=3"
            ):
                listed[item["id"], item["version"]] = item

    reader = asyncio.create_task(read())
    await asyncio.gather(*(write(day) for day in days))
    done.set()
    await reader
    both = set(single) & set(listed)
    assert len(both) >= 6
    assert {key: listed[key] for key in both} == {key: single[key] for key in both}


async def test_twenty_of_the_same_at_once_do_the_work_once(world: TenantFixture) -> None:
    entry = {"family_name": "Kerran", "given_names": "Vain", "turvakielto": False}
    answers = await asyncio.gather(
        *(world.organiser.post("/v1/clients", entry, Idempotency_Key="x") for _ in range(20))
    )
    created = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(created) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert all(answer.headers["retry-after"] for answer in answers if answer.status_code == 409)
    again = await world.organiser.post("/v1/clients", entry, Idempotency_Key="x")
    assert (again.json()["id"], again.headers["idempotency-replayed"]) == (created.pop(), "true")
    count = "select count(*) from {} where organiser_id = $1"
    assert await world.owner.fetchval(count.format("clients"), world.organiser_id) == 1
    assert await world.owner.fetchval(count.format("idempotency_keys"), world.organiser_id) == 1


async def test_work_that_broke_off_left_nothing_and_is_done_with_the_same_key(
    world: TenantFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off between the work and the keeping of its answer: neither is there, and the retry does both once."""
    from walmu_api.foundation import preconditions

    async def cut(*_: object) -> None:
        raise ConnectionResetError

    entry = {"family_name": "Katko", "given_names": "Kesken", "turvakielto": False}
    with monkeypatch.context() as patch:
        patch.setattr(preconditions, "keep", cut)
        broken = await world.organiser.post("/v1/clients", entry, Idempotency_Key="x")
    assert broken.status_code >= 500
    count = "select count(*) from clients where organiser_id = $1"
    assert await world.owner.fetchval(count, world.organiser_id) == 0
    done = await world.organiser.post("/v1/clients", entry, Idempotency_Key="x")
    assert (done.status_code, done.headers.get("idempotency-replayed")) == (201, None)
    assert await world.owner.fetchval(count, world.organiser_id) == 1


@pytest.mark.parametrize(
    "resource", ["agreements", "service-relationships", "organisations", "decisions", "measurements"]
)
async def test_a_list_read_while_rows_are_added_misses_nothing_that_was_there(
    world: TenantFixture, resource: str
) -> None:
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship)

    async def add(number: int) -> None:
        if resource == "organisations":
            entry = {"kind": "workplace", "name": "x", "source_id": f"{number}"}
            await world.organiser.post("/v1/organisations", entry)
        elif resource == "decisions":
            await world.decision(relationship)
        elif resource == "measurements":
            await world.measurement(relationship)
        elif resource == "agreements":
            await world.agreement(relationship, decision, sign=False)
        else:
            await world.relationship((await world.client())["id"])

    for number in range(6):
        await add(number)
    before = [item["id"] for item in await world.pages(world.organiser, f"/v1/{resource}?limit=200")]
    adding = asyncio.gather(*(add(number) for number in range(100, 108)))
    read = [item["id"] for item in await world.pages(world.organiser, f"/v1/{resource}?limit=2")]
    await adding
    assert len(read) == len(set(read))
    assert set(before) <= set(read)
    assert read == sorted(read)
