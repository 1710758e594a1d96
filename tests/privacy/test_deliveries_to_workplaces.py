"""Every delivery of client data to a workplace is in the disclosure log: which operation it asked, who asked, once a day.

The expected values are written from the rules of the service: what is delivered is logged for each client, with the
organisation, the person, the basis, the field groups and a hash; the same to the same person on the same day is logged once."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from pydantic_core import from_json, to_json
from starlette.responses import Response
from tests.conftest import HELD, ApiClient, TenantFixture, forward
from tests.http_behaviour.scene import BOUNDARY, MULTIPART, in_parts
from tests.privacy.rules import OPERATIONS, WORKPLACE
from tests.privacy.stage import PERSON
from tests.record.case_file.permissions.to_workplaces import permit

from walmu_api.access import audiences, deliveries
from walmu_api.access.caller import Caller
from walmu_api.access.context import RequestContext
from walmu_api.access.scopes import ROLES
from walmu_api.access.system_registry import System
from walmu_api.adapters.national.structures.definitions import structure_of
from walmu_api.foundation import preconditions
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Session, Tenancy
from walmu_api.foundation.record_ids import uuid7
from walmu_api.record.everyday.attendance.schemas import Attendance

LAW = "consent, 703/2023 6 §"
WORDS = {
    "form": "workplace_short",
    "items": [
        {"key": "overall", "rating": 4, "text": "Hyvä."},
        {"key": "support_needed", "text": "Ei erityistä."},
    ],
}
PERFORMANCE = {"tasks": ["Sämpylät"], "rating": "well"}


def token(world: TenantFixture, sub: str, *, by: ApiClient | None = None, **more: str) -> dict[str, str]:
    """The header of a request in which this person acts."""
    tokens, speaker = world.app_context.tokens, by or world.workplace
    person = {"sub": sub, "name": "Leena Maria Leipuri"} | more
    return {
        "Authorization": f"Bearer {tokens.issue(speaker.client_id, HELD, sorted(ROLES['workplace']), person, now=time.time())}"
    }


@dataclass
class Place:
    """A client at a workplace: the agreement, and one record of each kind that the workplace reads."""

    world: TenantFixture
    agreement: dict[str, Any]
    ids: dict[str, str]

    @classmethod
    async def made(cls, world: TenantFixture) -> "Place":
        place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
        agreement = await world.signed_agreement(place=place)
        created = cls(world, agreement, {})
        day = created.days(3)
        await world.provider_a.put(day, {"status": "absent"})
        words = {"reason": "own_illness", "given_by": "client", "given_on": world.day(3)}
        await world.provider_a.put(f"{day}/justification", words)
        created.ids["day"] = (await world.provider_a.get(day)).json()["id"]
        created.ids["justification"] = (await world.provider_a.get(f"{day}/justification")).json()["id"]
        author = token(world, "author")
        for kind, path, entry in (
            ("assessment", "/v1/assessments", created.assessment("a")),
            ("diary", "/v1/diary-entries", created.diary("d")),
        ):
            answer = await world.workplace.post(path, entry, **author)
            assert answer.status_code == 201, answer.text
            created.ids[kind] = answer.json()["id"]
        return created

    def days(self, ago: int) -> str:
        return f"/v1/agreements/{self.agreement['id']}/attendance/{self.world.day(ago)}"

    def assessment(self, source_id: str) -> dict[str, Any]:
        return WORDS | self._under(source_id) | {"authors": [PERSON]}

    def diary(self, source_id: str) -> dict[str, Any]:
        written = {"kind": "daily_performance", "author": PERSON, "performance": PERFORMANCE}
        return self._under(source_id) | written

    def _under(self, source_id: str) -> dict[str, Any]:
        return {"agreement_id": self.agreement["id"], "source_id": f"{source_id}-{self.agreement['id']}"}

    async def rows(self, sub: str | None = None, **where: Any) -> list[dict[str, Any]]:
        """The rows of this client, of deliveries to this person."""
        path = f"/v1/disclosures?client_id={self.agreement['client_id']}&limit=200"
        found = await self.world.pages(self.world.organiser, path)
        return [
            row
            for row in found
            if (sub is None or row["recipient"].get("person", {}).get("sub") == sub)
            and all(row.get(name) == value for name, value in where.items())
        ]


Ask = Callable[[Place], tuple[str, str, Any, dict[str, str]]]


def get(path: str) -> Ask:
    return lambda place: ("GET", path.format(place=place, **place.ids, **place.agreement), None, {})


ANNEX = "/v1/workplace-agreements"
DAYS = "/v1/agreements/{id}/attendance/"
AGREED = {"agreement", "client_name"}
WAYS: dict[str, tuple[Ask, set[str]]] = {
    "listWorkplaceAgreements": (get(ANNEX), AGREED),
    "getWorkplaceAgreement": (get(f"{ANNEX}/{{agreement}}"), AGREED),
    "listWorkplaceAgreementVersions": (get(f"{ANNEX}/{{agreement}}/versions"), {"versions"}),
    "getWorkplaceAgreementVersion": (get(f"{ANNEX}/{{agreement}}/versions/2"), AGREED),
    "recordAttendance": (lambda p: ("PUT", p.days(4), {"status": "present"}, {}), {"attendance"}),
    "getAttendance": (lambda p: ("GET", p.days(3), None, {}), {"attendance"}),
    "listAttendance": (get("/v1/attendance"), {"attendance"}),
    "getAttendanceById": (get("/v1/attendance/{day}"), {"attendance"}),
    "voidAttendance": (lambda p: ("POST", f"{p.days(4)}/void", {"reason": "Väärä"}, {}), {"attendance"}),
    "listMissingAttendance": (
        lambda p: ("GET", f"/v1/attendance/missing?on={planned(p)}", None, {}),
        {"attendance"},
    ),
    "recordAttendanceBatch": (
        lambda p: ("POST", "/v1/attendance-batches", {"items": [line(p, 5)]}, {}),
        {"attendance"},
    ),
    "importAttendance": (
        lambda p: (
            "POST",
            "/v1/attendance-imports",
            in_parts(f"Sopimus;Päivä;Läsnäolo\n{p.agreement['id']};{p.world.day(7)};läsnä\n".encode()),
            {"Content_Type": f"{MULTIPART}; boundary={BOUNDARY}"},
        ),
        {"attendance"},
    ),
    "getAttendanceTemplate": (
        lambda p: ("GET", f"/v1/attendance-imports/template?from={planned(p)}&to={planned(p)}", None, {}),
        {"attendance"},
    ),
    "giveJustification": (
        lambda p: (
            "PUT",
            f"{p.days(6)}/justification",
            {"reason": "own_illness", "given_by": "workplace", "given_on": p.world.day(6)},
            {},
        ),
        {"justification"},
    ),
    "getJustification": (lambda p: ("GET", f"{p.days(3)}/justification", None, {}), {"justification"}),
    "getJustificationById": (get("/v1/justifications/{justification}"), {"justification"}),
    "listAttendanceVersions": (get("/v1/attendance/{day}/versions"), {"versions"}),
    "getAttendanceVersion": (get("/v1/attendance/{day}/versions/1"), {"attendance"}),
    "listJustificationVersions": (get("/v1/justifications/{justification}/versions"), {"versions"}),
    "getJustificationVersion": (get("/v1/justifications/{justification}/versions/1"), {"justification"}),
    "listChanges": (
        get("/v1/changes?limit=1000"),
        AGREED | {"attendance", "justification", "diary", "assessment"},
    ),
    "prefillAssessment": (
        get("/v1/assessment-prefill?agreement_id={agreement}&form=workplace_short"),
        {"assessment", "attendance"},
    ),
    "listSafetyAndSupport": (
        get("/v1/workplace-agreements/{agreement}/safety-and-support"),
        {"safety_and_support"},
    ),
    "listAssessments": (get("/v1/assessments"), {"assessment"}),
    "getAssessment": (get("/v1/assessments/{assessment}"), {"assessment"}),
    "recordAssessment": (lambda p: ("POST", "/v1/assessments", p.assessment("b"), {}), {"assessment"}),
    "replaceAssessment": (
        lambda p: (
            "PUT",
            f"/v1/assessments/{p.ids['assessment']}",
            p.assessment("a") | {"onward": "Jatketaan."},
            {"If_Match": '"1"'},
        ),
        {"assessment"},
    ),
    "voidAssessment": (
        lambda p: ("POST", f"/v1/assessments/{p.ids['assessment']}/void", {"reason": "x"}, {}),
        {"assessment"},
    ),
    "listAssessmentVersions": (get("/v1/assessments/{assessment}/versions"), {"versions"}),
    "getAssessmentVersion": (get("/v1/assessments/{assessment}/versions/1"), {"assessment"}),
    "listDiaryEntries": (get("/v1/diary-entries"), {"diary"}),
    "getDiaryEntry": (get("/v1/diary-entries/{diary}"), {"diary"}),
    "recordDiaryEntry": (lambda p: ("POST", "/v1/diary-entries", p.diary("e"), {}), {"diary"}),
    "replaceDiaryEntry": (
        lambda p: (
            "PUT",
            f"/v1/diary-entries/{p.ids['diary']}",
            p.diary("d") | {"performance": {"rating": "mostly_well"}},
            {"If_Match": '"1"'},
        ),
        {"diary"},
    ),
    "voidDiaryEntry": (
        lambda p: ("POST", f"/v1/diary-entries/{p.ids['diary']}/void", {"reason": "x"}, {}),
        {"diary"},
    ),
    "listDiaryEntryVersions": (get("/v1/diary-entries/{diary}/versions"), {"versions"}),
    "getDiaryEntryVersion": (get("/v1/diary-entries/{diary}/versions/1"), {"diary"}),
}
"""Each operation that a workplace may call about a client, and the field groups that its answer holds."""
OF_NOTICES = {"listReceivedNotices", "getReceivedNotice"}
"""The list holds nothing of the client; each fetch is tested with the notices."""
ABOUT_NO_CLIENT = {"party", "nothing"}


def planned(place: Place) -> str:
    """A day of the week plan of which nothing is recorded."""
    weekdays = {1, 2, 3}
    for ago in range(30, 60):
        day = place.world.today.fromordinal(place.world.today.toordinal() - ago)
        if day.isoweekday() in weekdays and (day.month, day.day) not in {
            (12, 24),
            (12, 25),
            (12, 26),
            (1, 1),
            (1, 6),
            (5, 1),
            (12, 6),
        }:
            return day.isoformat()
    raise AssertionError


def line(place: Place, ago: int) -> dict[str, Any]:
    return {"agreement_id": place.agreement["id"], "date": place.world.day(ago), "status": "present"}


@pytest.fixture
async def place(world: TenantFixture) -> Place:
    created = await Place.made(world)
    created.ids |= {"agreement": created.agreement["id"]}
    created.agreement = {name: value for name, value in created.agreement.items() if isinstance(value, str)}
    return created


async def ask(place: Place, name: str, sub: str, **headers: str) -> httpx.Response:
    method, path, body, own = WAYS[name][0](place)
    return await place.world.workplace(method, path, body, **own, **headers, **token(place.world, sub))


def test_every_operation_of_a_workplace_about_clients_is_walked() -> None:
    may = {
        name
        for name, operation in OPERATIONS.items()
        if WORKPLACE in operation.who
        and operation.answers not in {"free", "public"}
        and operation.about not in ABOUT_NO_CLIENT
    }
    assert may == WAYS.keys() | OF_NOTICES


async def test_every_way_of_a_workplace_leaves_a_row_with_the_person(place: Place) -> None:
    world, wrong = place.world, []
    await world.workplace.put(place.days(6), {"status": "absent"}, **token(world, "author"))
    last = ("replaceAssessment", "voidAssessment", "replaceDiaryEntry", "voidDiaryEntry")
    for name in sorted(
        WAYS, key=lambda each: (each in last, each == "voidAttendance", each.startswith("void"))
    ):
        answer = await ask(place, name, f"of-{name}")
        assert answer.status_code in {200, 201}, f"{name}: {answer.text}"
        rows = await place.rows(f"of-{name}")
        groups = {group for row in rows for group in row["field_groups"]}
        if groups != WAYS[name][1]:
            wrong.append(f"{name}: {groups}")
        for row in rows:
            assert row["recipient"] == {
                "organisation_id": str(world.workplace.organisation_id),
                "organisation": "workplace-a",
                "person": {"sub": f"of-{name}", "name": "Leena Maria Leipuri"},
            }
            assert (row["purpose"], row.get("law"), row.get("permission_id")) == (
                "carrying_out_agreement",
                LAW,
                None,
            )
            if row["field_groups"] != ["versions"]:
                assert row["agreement_id"] == place.ids["agreement"]
            assert row["by"]["system_id"] == str(world.workplace.system_id)
    assert wrong == []


@pytest.mark.parametrize(
    "accept", ["text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]
)
async def test_a_file_is_a_delivery_too(place: Place, accept: str) -> None:
    for _ in range(2):
        answer = await place.world.workplace.get("/v1/attendance", Accept=accept, **token(place.world, "f"))
        assert answer.status_code == 200
    (row,) = await place.rows("f")
    assert (row["field_groups"], row["agreement_id"]) == (["attendance"], place.ids["agreement"])


async def test_outcomes_line_by_line_are_a_delivery_too(place: Place) -> None:
    headers = token(place.world, "n") | {"Accept": "application/x-ndjson"}
    items = {"items": [line(place, 7), line(place, 8)]}
    answer = await place.world.workplace.post("/v1/attendance-batches", items, **headers)
    assert answer.status_code == 200, answer.text
    (row,) = await place.rows("n")
    assert row["field_groups"] == ["attendance"]


async def test_each_client_of_a_list_has_a_row_of_its_own(place: Place) -> None:
    other = await Place.made(place.world)
    await place.world.workplace.get("/v1/attendance", **token(place.world, "l"))
    rows = [*await place.rows("l"), *await other.rows("l")]
    assert [row["agreement_id"] for row in rows] == [place.ids["agreement"], other.agreement["id"]]
    assert rows[0]["content_hash"] != rows[1]["content_hash"]


async def test_the_same_again_is_logged_once_a_day_for_each_person(place: Place, clock: Clock) -> None:
    async def count(sub: str) -> int:
        assert (await ask(place, "getAttendance", sub)).status_code == 200
        return len(await place.rows(sub))

    assert [await count("a"), await count("a"), await count("a")] == [1, 1, 1]
    assert [await count("b"), await count("b")] == [1, 1]
    forward(clock, days=1)
    path = f"/v1/agreements/{place.ids['agreement']}/attendance"
    three_days_ago = (await place.rows("a"))[0]["disclosed_on"]
    assert three_days_ago == place.world.day(1)
    day = (await place.world.provider_a.get(f"/v1/attendance/{place.ids['day']}")).json()["date"]
    for expected in (2, 2):
        assert (
            await place.world.workplace.get(f"{path}/{day}", **token(place.world, "a"))
        ).status_code == 200
        assert len(await place.rows("a")) == expected
    assert len(await place.rows("b")) == 1
    corrected = await place.world.provider_a.put(f"{path}/{day}", {"status": "present"}, If_Match='"1"')
    assert corrected.status_code == 200
    for expected in (3, 3):
        await place.world.workplace.get(f"{path}/{day}", **token(place.world, "a"))
        assert len(await place.rows("a")) == expected
    first, second, third = await place.rows("a")
    assert first["content_hash"] == second["content_hash"] != third["content_hash"]


async def test_a_kept_answer_that_is_given_again_is_a_delivery(place: Place) -> None:
    path = f"{place.days(3)}/void"
    for sub in ("a", "a", "b"):
        answer = await place.world.workplace.post(
            path, {"reason": "Väärä"}, Idempotency_Key="k-1", **token(place.world, sub)
        )
        assert answer.status_code == 200, answer.text
    (first,), (second,) = await place.rows("a"), await place.rows("b")
    assert first["field_groups"] == second["field_groups"] == ["attendance"]
    assert first["content_hash"] == second["content_hash"]


async def test_a_failed_answer_leaves_no_row(place: Place) -> None:
    world, headers = place.world, token(place.world, "x")
    refused = [
        await world.workplace.put(place.days(3), {"status": "present"}, **headers),
        await world.workplace.put(place.days(3), {"status": "present"}, **headers | {"If_Match": '"9"'}),
        await world.workplace.put(
            place.days(4), {"status": "absent", "absence_reason": "vacation"}, **headers
        ),
        await world.workplace.get(f"/v1/agreements/{place.ids['agreement']}", **headers),
        await world.workplace.get(place.days(20), **headers),
        await world.workplace.post(
            "/v1/attendance-batches?mode=atomic", {"items": [line(place, 9), line(place, 9)]}, **headers
        ),
    ]
    assert [each.status_code for each in refused] == [428, 412, 422, 403, 404, 422]
    assert await place.rows("x") == []


async def test_what_is_rolled_back_leaves_no_row(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(preconditions, "keep", fails)
    before = await place.rows()
    answer = await place.world.workplace.post(
        f"{place.days(3)}/void", {"reason": "x"}, Idempotency_Key="k", **token(place.world, "x")
    )
    assert answer.status_code == 500
    assert await place.rows() == before


async def test_what_names_no_client_leaves_no_row(place: Place) -> None:
    headers, before = token(place.world, "x"), await place.rows()
    for path in (
        "/v1/whoami",
        "/v1/organisations",
        "/v1/units",
        "/v1/code-systems",
        "/v1/assessment-forms",
        "/v1/received-notices",
        "/v1/assessment-prefill?form=workplace_short",
    ):
        assert (await place.world.workplace.get(path, **headers)).status_code == 200, path
    assert await place.rows() == before


async def test_the_name_stands_with_the_permission_by_which_it_is_told(world: TenantFixture) -> None:
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await world.signed_agreement(place=place, sign=False)
    offered = await world.provider_a.post(f"/v1/agreements/{agreement['id']}/offer", None)
    assert offered.status_code == 200, offered.text
    permission = (await permit(world, agreement))["id"]
    answer = await world.workplace.get(f"/v1/workplace-agreements/{agreement['id']}", **token(world, "a"))
    assert answer.json()["client_name"] == {"family_name": "Esimerkki", "given_names": "Testi"}
    rows = await Place(world, agreement, {}).rows("a")
    assert sorted((row["field_groups"], row.get("law"), row.get("permission_id")) for row in rows) == [
        (["agreement"], LAW, None),
        (["client_name"], None, permission),
    ]
    for row in rows:
        document = await world.organiser.get(f"/v1/disclosures/{row['id']}/document")
        assert document.status_code == (404 if "permission_id" in row else 200), "one for the agreement"


async def test_items_that_are_told_by_permissions_of_their_own_have_rows_of_their_own(place: Place) -> None:
    world = place.world
    whose = place.agreement
    item = {"topic": "first_aid", "text": "Soita 112.", "instructors": [{"name": "L", "person_id": "s"}]}
    groups = {"field_groups": ["safety_and_support"], "safety_and_support": item}
    permissions = [(await permit(world, whose, source_id=name, **groups))["id"] for name in "pq"]
    answer = await ask(place, "listSafetyAndSupport", "s")
    assert [each["permission_id"] for each in answer.json()["items"]] == permissions
    rows = await place.rows("s")
    assert sorted(row["permission_id"] for row in rows) == sorted(permissions)
    assert {row.get("law") for row in rows} == {None}


async def test_one_document_for_each_workplace_and_agreement(place: Place) -> None:
    world = place.world
    for sub in ("a", "b"):
        for name in ("getAttendance", "listWorkplaceAgreements", "listChanges"):
            assert (await ask(place, name, sub)).status_code == 200
    rows = await place.rows()
    assert len(rows) > 6
    statuses = [
        (await world.organiser.get(f"/v1/disclosures/{row['id']}/document")).status_code for row in rows
    ]
    assert statuses == [200] + [404] * (len(rows) - 1)
    listed = await world.pages(
        world.ehr,
        f"/v1/documents?client_id={place.agreement['client_id']}&structure=1.2.246.537.6.1506.19010.2023.9.8",
    )
    assert len(listed) == 1
    items, _ = await world.feed(world.organiser, "/v1/changes?resource_type=disclosure")
    assert [item["resource_id"] for item in items] == [rows[0]["id"]]
    document = (await world.organiser.get(f"/v1/disclosures/{rows[0]['id']}/document")).json()
    (content,) = document["content"].values()
    assert content["tietojen_vastaanottaja"] == {
        "sukunimi": "Leipuri",
        "etunimet": "Leena Maria",
        "organisaatio": "workplace-a",
    }
    assert structure_of(document["envelope"]["structure"]) is not None


async def test_who_reads_the_log(place: Place) -> None:
    world = place.world
    assert (await ask(place, "getAttendance", "a")).status_code == 200
    (row,) = await place.rows("a")
    path = f"/v1/disclosures?client_id={place.agreement['client_id']}&limit=200"
    assert row in await world.pages(world.auditor, path)
    for speaker in (world.provider_a, world.provider_b, world.workplace):
        assert (await speaker.get(path)).status_code == 403
        assert (await speaker.get(f"/v1/disclosures/{row['id']}")).status_code == 403
    for speaker in (world.provider_a, world.workplace):
        items, _ = await world.feed(speaker)
        assert "disclosure" not in {item["resource_type"] for item in items}


async def test_a_provider_and_the_organiser_are_no_recipients(place: Place) -> None:
    before, world = await place.rows(), place.world
    for speaker in (world.provider_a, world.organiser, world.ehr):
        assert (await speaker.get(place.days(3))).status_code == 200
        assert (await speaker.get("/v1/changes")).status_code == 200
    assert await place.rows() == before


async def test_a_system_that_names_nobody_is_the_recipient_and_the_organiser_is_told_once(
    place: Place,
) -> None:
    world, path = place.world, f"/v1/agreements/{place.ids['agreement']}/findings"
    codes = [item["code"] for item in (await world.organiser.get(path)).json()["items"]]
    assert "recipient-not-named" not in codes, "everybody was named so far"
    for _ in range(2):
        await world.workplace.get(place.days(3))
    await world.workplace.get("/v1/workplace-agreements")
    unnamed = [row for row in await place.rows() if "person" not in row["recipient"]]
    assert len(unnamed) == 2
    assert unnamed[0]["recipient"] == {
        "organisation_id": str(world.workplace.organisation_id),
        "organisation": "workplace-a",
    }
    assert unnamed[0]["by"]["system_id"] == str(world.workplace.system_id)
    items = (await world.organiser.get(path, Accept_Language="fi")).json()["items"]
    (found,) = [item for item in items if item["code"] == "recipient-not-named"]
    assert found["severity"] == "warning"
    assert found["detail"].startswith("Työtoimintapaikan järjestelmä haki")
    of_provider = (await world.provider_a.get(path)).json()["items"]
    assert "recipient-not-named" not in [item["code"] for item in of_provider], (
        "the log is not the provider's"
    )


async def test_a_document_to_a_system_that_named_nobody_is_complete(world: TenantFixture) -> None:
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await world.signed_agreement(place=place)
    await world.workplace.get("/v1/workplace-agreements")
    (row,) = await Place(world, agreement, {}).rows()
    answer = await world.organiser.get(f"/v1/disclosures/{row['id']}/document")
    assert answer.status_code == 200, answer.text
    (content,) = answer.json()["content"].values()
    assert content["tietojen_vastaanottaja"]["sukunimi"] == "Tietojärjestelmä"


async def test_no_delivery_is_of_an_undeclared_group(place: Place) -> None:
    for name in WAYS:
        await ask(place, name, "w")
    assert "other" not in {group for row in await place.rows() for group in row["field_groups"]}


async def test_readers_at_once_leave_one_row_and_one_document(world: TenantFixture) -> None:
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    agreements = [await world.signed_agreement(place=place) for _ in range(3)]
    answers = await asyncio.gather(
        *(world.workplace.get("/v1/workplace-agreements", **token(world, "a")) for _ in range(8))
    )
    assert {each.status_code for each in answers} == {200}
    for agreement in agreements:
        (row,) = await Place(world, agreement, {}).rows("a")
        document = await world.organiser.get(f"/v1/disclosures/{row['id']}/document")
        assert document.status_code == 200, document.text


async def test_what_the_log_costs(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    world, sent = place.world, list[str]()
    for name in ("execute", "fetch", "fetchrow", "fetchval", "fetchmany"):
        original = getattr(Session, name)

        def counted(
            session: Session, statement: Any, /, *args: Any, _call: Any = original, **values: Any
        ) -> Any:
            sent.append(str(statement))
            return _call(session, statement, *args, **values)

        monkeypatch.setattr(Session, name, counted)

    async def statements(speaker: ApiClient, method: str, path: str, body: Any = None) -> tuple[int, int]:
        sent.clear()
        answer = await speaker(method, path, body)
        assert answer.status_code in {200, 201}, answer.text
        return len(sent), sum("into disclosures" in each for each in sent)

    day, batch = {"status": "present"}, "/v1/attendance-batches"
    by_provider, logged = await statements(world.provider_a, "PUT", place.days(10), day)
    assert logged == 0
    assert await statements(world.workplace, "PUT", place.days(11), day) == (by_provider + 1, 1)
    by_provider, logged = await statements(world.provider_a, "POST", batch, {"items": [line(place, 12)]})
    assert logged == 0
    assert await statements(world.workplace, "POST", batch, {"items": [line(place, 13)]}) == (
        by_provider + 1,
        1,
    )
    await Place.made(world)
    for path in ("/v1/attendance", "/v1/workplace-agreements", "/v1/changes?limit=1000"):
        assert (await statements(world.workplace, "GET", path))[1] == 1, "one for both clients"


async def test_a_view_is_applied_to_a_kept_answer_whose_type_is_among_its_headers(
    world: TenantFixture,
) -> None:
    system = System(uuid7(), uuid7(), uuid7(), "x", "workplace", revoked=False)
    other = {"organisation_id": str(uuid7()), "person": {"sub": "valmentaja"}}
    body = to_json({"recorded_by": other, "noted_at": "2026-10-05T10:30:00Z", "status": "present"})
    stored = Response(body, 200, {"content-type": "application/json"})
    async with world.app_context.database.transaction(Tenancy(system.organiser_id)) as session:
        caller = Caller(system, frozenset(), None, "")
        ctx = RequestContext(session, caller, session.clock.today(), world.app_context.keyring)
        shown = await audiences.shown(ctx, Attendance, stored)
    assert from_json(bytes(shown.body)) == {
        "recorded_by": {"organisation_id": other["organisation_id"]},
        "status": "present",
    }


async def test_an_answer_that_declares_nothing_is_logged_all_the_same(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "_finder", lambda _: None)
    for _ in range(2):
        assert (await ask(place, "getAttendance", "u")).status_code == 200
    (row,) = await place.rows("u")
    assert (row["field_groups"], row["client_id"]) == (["other"], place.agreement["client_id"])
