"""Notices of decisions over HTTP: each audience told what it needs; a workplace only by a permission; outsiders logged."""

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from tests.access.test_use_log_api import plain
from tests.adapters.national.generated import OFFICIAL
from tests.conftest import ApiClient, TenantFixture, forward
from tests.privacy.stage import contact

from walmu_api.adapters.national.structures.definitions import structure_of
from walmu_api.foundation.clock import Clock

AUTHOR = {"family_name": "Korhonen", "given_names": "Aino", "title": "sosiaaliohjaaja"}
BAKER = {"family_name": "Leipuri", "given_names": "Leena", "title": "esihenkilö"}


@dataclass
class Scene:
    """A client at work at a workplace that is registered here, by a signed agreement, with a permission."""

    world: TenantFixture
    client: dict[str, Any]
    relationship: dict[str, Any]
    decision: str
    agreement: dict[str, Any]
    permission: dict[str, Any]

    @classmethod
    async def set(cls, world: TenantFixture, *, at_workplace: bool = True, **of_client: Any) -> "Scene":
        client = await world.client(contact=contact(), **of_client)
        relationship = await world.relationship(client["id"])
        decision = await world.decision(relationship, reasons="Salainen perustelu", place="Leipomo")
        place: dict[str, Any] = {"name": "Leipomo"}
        if at_workplace:
            place["organisation_id"] = str(world.workplace.organisation_id)
        agreement = await world.agreement(
            relationship, decision, place=place, tasks_and_goals="Leipoo sämpylöitä."
        )
        created = cls(world, client, relationship, str(decision), agreement, {})
        created.permission = await created.permit()
        return created

    @property
    def recipient(self) -> dict[str, Any]:
        return {"organisation_id": str(self.world.workplace.organisation_id), "person": BAKER}

    async def permit(self, **changes: Any) -> dict[str, Any]:
        entry = {
            "service_relationship_id": self.relationship["id"],
            "recipient": {"organisation_id": str(self.world.workplace.organisation_id), "name": "Leipomo"},
            "field_groups": [
                "client_name",
                "client_contact",
                "agreement_period",
                "schedule",
                "tasks_and_goals",
            ],
            "purposes": ["carrying_out_agreement"],
            "disclosers": ["organiser", "provider"],
            "given_on": self.world.day(30),
            "valid_until": self.world.day(-30),
            "given_by": {"role": "client", "name": "T E"},
            "manner": "written",
            "source_id": secrets.token_hex(6),
        }
        answer = await self.world.provider_a.post("/v1/permissions", entry | changes)
        assert answer.status_code == 201, answer.text
        return answer.json()  # type: ignore[no-any-return]

    def to_workplace(self, **changes: Any) -> dict[str, Any]:
        return {
            "audience": "workplace",
            "notified_on": self.world.day(0),
            "manner": "this_service",
            "recipient": self.recipient,
            "agreement_id": self.agreement["id"],
            "permission_id": self.permission["id"],
            "purpose": "carrying_out_agreement",
            "author": AUTHOR,
        } | changes

    async def say(self, entry: dict[str, Any], by: ApiClient | None = None) -> Any:
        path = f"/v1/decisions/{self.decision}/notices"
        return await (by or self.world.organiser).post(path, {"source_id": secrets.token_hex(6)} | entry)

    async def notify(self, entry: dict[str, Any], by: ApiClient | None = None) -> dict[str, Any]:
        answer = await self.say(entry, by)
        assert answer.status_code == 201, answer.text
        assert answer.headers["location"] == f"/v1/notices/{answer.json()['id']}"
        return answer.json()  # type: ignore[no-any-return]

    async def disclosures(self) -> list[dict[str, Any]]:
        path = f"/v1/disclosures?client_id={self.client['id']}&limit=1"
        return await self.world.pages(self.world.auditor, path)


def to(audience: str, **changes: Any) -> dict[str, Any]:
    return {"audience": audience, "notified_on": "2026-10-05", "manner": "post", "author": AUTHOR} | changes


def refused(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_each_audience_is_told_what_it_needs(world: TenantFixture) -> None:
    scene = await Scene.set(world)
    client = await scene.notify(to("client", review_period_starts_on="2026-10-12"))
    provider = await scene.notify(to("provider"))
    meeting = (
        await world.provider_a.post(
            "/v1/plans",
            {
                "kind": "implementation_plan",
                "service_relationship_id": scene.relationship["id"],
                "authors": [AUTHOR],
                "source_id": "p",
                "service": {"system": "urn:oid:1.2.246.537.6.1222", "code": "1", "display": "x"},
                "meetings": [{"held_on": "2026-10-01"}],
            },
        )
    ).json()["id"]
    centre = await scene.notify(
        to(
            "activity_centre",
            agreement_id=scene.agreement["id"],
            meeting_record_id=meeting,
            recipient={"name": "Kotola"},
        ),
        by=world.provider_a,
    )
    assert client["view"]["decision"]["reasons"] == "Salainen perustelu"
    assert provider["view"]["decision"]["legal_bases"] == ["SHL_710_1982_27E"]
    assert centre["view"]["agreement"]["tasks_and_goals"] == "Leipoo sämpylöitä."
    centre = (await world.provider_a.get(f"/v1/notices/{centre['id']}")).json()
    assert centre["view"]["client"]["contact"] == scene.client["contact"]
    assert "Salainen" not in str(centre["view"])
    assert {"group": "reasons", "reason": "not_needed"} in centre["withheld"]
    assert {"group": "schedule", "why": "carries_out_the_service", "basis": "457/2024 15 §"} in centre[
        "shown"
    ]
    listed = (await world.provider_a.get(f"/v1/decisions/{scene.decision}/notices")).json()["items"]
    for each in (client, provider):  # the organiser's answers: a provider reads the name on the client
        for name in ("family_name", "given_names"):
            del each["view"]["client"][name]
    del client["view"]["client"]
    assert listed == [client, provider, centre]
    assert await scene.disclosures() == [], "who carries out the service uses; nothing was disclosed"


async def test_a_notice_that_has_not_been_given_yet_is_refused(world: TenantFixture) -> None:
    scene = await Scene.set(world)
    tomorrow = scene.to_workplace(notified_on=world.day(-1))
    assert refused(await scene.say(tomorrow, by=world.provider_a)) == [("/notified_on", "invalid-value")]


async def test_a_workplace_fetches_its_view_and_each_delivery_is_logged(
    world: TenantFixture, clock: Clock
) -> None:
    scene = await Scene.set(world)
    notice = await scene.notify(scene.to_workplace(), by=world.provider_a)
    assert await scene.disclosures() == [], "nothing has left yet"
    (item,) = await world.pages(world.workplace, "/v1/received-notices")
    assert item == {
        "id": notice["id"],
        "agreement_id": scene.agreement["id"],
        "notified_on": world.day(0),
        "purpose": "carrying_out_agreement",
    }
    received = (await world.workplace.get(f"/v1/received-notices/{notice['id']}")).json()
    assert received["view"] == {
        "client": {"family_name": "Esimerkki", "given_names": "Testi", "contact": scene.client["contact"]},
        "agreement": {
            name: scene.agreement[name]
            for name in ("kind", "starts_on", "ends_on", "schedule", "tasks_and_goals")
        }
        | {"schedule_from": scene.agreement["starts_on"]},
    }
    assert "Salainen" not in str(received)
    (row,) = await scene.disclosures()
    assert row["recipient"] == BAKER | {
        "organisation": "workplace-a",
        "organisation_id": str(world.workplace.organisation_id),
    }
    assert (row["purpose"], row["permission_id"], row["notice_id"]) == (
        "carrying_out_agreement",
        scene.permission["id"],
        notice["id"],
    )
    assert row["field_groups"] == [each["group"] for each in received["shown"]]
    assert row["by"]["organisation_id"] == str(world.workplace.organisation_id)
    assert row["disclosed_on"] == world.day(0)
    again = (await world.workplace.get(f"/v1/received-notices/{notice['id']}")).json()
    assert (again, await scene.disclosures()) == (received, [row]), "the same to the same on one day"
    forward(clock, days=1)
    assert (await world.workplace.get(f"/v1/received-notices/{notice['id']}")).json() == received
    first, second = await scene.disclosures()
    assert first == row
    assert second["content_hash"] == row["content_hash"]
    logged = await world.use_log(operation="getReceivedNotice")
    assert [str(each["client_ids"][0]) for each in logged] == [scene.client["id"]] * 3
    for each, status in ((first, 200), (second, 404)):
        document = await world.organiser.get(f"/v1/disclosures/{each['id']}/document")
        assert document.status_code == status, "a notice that is read again is no further document"


async def test_what_is_told_a_workplace_on_paper_is_logged_with_the_notice(world: TenantFixture) -> None:
    scene = await Scene.set(world, at_workplace=False)
    permission = await scene.permit(recipient={"name": "Leipomo Esimerkki Oy"})
    entry = scene.to_workplace(
        manner="in_person",
        permission_id=permission["id"],
        recipient={"name": "LEIPOMO Esimerkki Oy", "person": BAKER},
        field_groups=["client_name", "schedule"],
        source_id="t-1",
    )
    notice = await scene.notify(entry)
    assert (await scene.say(entry)).json() == notice
    (row,) = await scene.disclosures()
    assert row["recipient"] == BAKER | {"organisation": "LEIPOMO Esimerkki Oy"}
    assert row["field_groups"] == ["client_name", "schedule"]
    assert row["disclosed"] == "asiakkaan nimi, viikko-ohjelma"
    assert await world.pages(world.workplace, "/v1/received-notices") == []


async def test_a_disclosure_is_given_out_as_its_national_document(world: TenantFixture) -> None:
    scene = await Scene.set(world)
    await scene.notify(scene.to_workplace(manner="in_person"), by=world.provider_a)
    (row,) = await scene.disclosures()
    assert (await world.organiser.get(f"/v1/disclosures/{row['id']}")).json() == row
    answer = await world.organiser.get(f"/v1/disclosures/{row['id']}/document")
    assert answer.status_code == 200, answer.text
    envelope, content = answer.json()["envelope"], answer.json()["content"]
    assert (envelope["number"], envelope["version"]) == ("19010", 1)
    assert envelope["producer"]["id"] == str(world.provider_a.organisation_id)
    (data,) = content.values()
    person = {
        "sukunimi": "Leipuri",
        "etunimet": "Leena",
        "tehtavanimike": "esihenkilö",
        "organisaatio": "workplace-a",
    }
    assert data["tietojen_vastaanottaja"] == person
    assert data["tietojen_luovuttaja"] == data["laatija"]
    assert data["kayttotarkoitus_johon_tiedot_on_luovutettu"] == "sopimuksen toteuttaminen"
    assert data["luovutetut_tiedot"].startswith("asiakkaan nimi, ")
    each = structure_of(envelope["structure"])
    assert each is not None
    assert OFFICIAL is None or list(OFFICIAL.findings(each, content)) == []
    assert (await world.organiser.get(f"/v1/documents/{envelope['document_id']}")).json() == answer.json()
    assert (await world.provider_a.get(f"/v1/disclosures/{row['id']}/document")).status_code == 404


async def test_a_workplace_is_never_told_without_a_permission_that_names_it_all(world: TenantFixture) -> None:
    scene = await Scene.set(world)
    elsewhere = await Scene.set(world)
    name_only = await scene.permit(recipient={"name": "workplace-a"})
    for changes, expected in (
        ({"permission_id": None}, [("/permission_id", "missing")]),
        ({"permission_id": elsewhere.permission["id"]}, [("/permission_id", "unknown-reference")]),
        ({"permission_id": name_only["id"]}, [("/recipient", "not-permitted")]),
        (
            {"permission_id": (await scene.permit(disclosers=["organiser"]))["id"]},
            [("/permission_id", "not-permitted")],
        ),
        (
            {"permission_id": (await scene.permit(valid_until=world.day(1)))["id"]},
            [("/permission_id", "permission-not-valid")],
        ),
        ({"purpose": "finding_work"}, [("/purpose", "not-permitted")]),
        ({"field_groups": ["client_name", "instructors"]}, [("/field_groups/1", "not-permitted")]),
        ({"field_groups": ["reasons"]}, [("/field_groups/0", "not-for-this-audience")]),
        ({"recipient": {"name": "Leipomo"}}, [("/recipient/person", "missing")]),
        ({"recipient": {"person": BAKER}}, [("/recipient/name", "missing")]),
        ({"recipient": {"name": "Leipomo", "person": BAKER}}, [("/recipient", "not-permitted")]),
        ({"agreement_id": elsewhere.agreement["id"]}, [("/agreement_id", "unknown-reference")]),
    ):
        entry = {name: value for name, value in scene.to_workplace(**changes).items() if value is not None}
        assert refused(await scene.say(entry, by=world.provider_a)) == expected
    assert await scene.disclosures() == []


async def test_a_revoked_permission_is_honoured_at_once(world: TenantFixture) -> None:
    scene = await Scene.set(world)
    notice = await scene.notify(scene.to_workplace())
    path = f"/v1/received-notices/{notice['id']}"
    assert (await world.workplace.get(path)).status_code == 200
    revoked = await world.organiser.post(
        f"/v1/permissions/{scene.permission['id']}/revoke",
        {"revoked_on": world.day(0), "reason": "Asiakas peruutti"},
    )
    assert revoked.status_code == 200, revoked.text
    answer = await world.workplace.get(path)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission-ended")
    assert len(await scene.disclosures()) == 1
    assert refused(await scene.say(scene.to_workplace())) == [("/permission_id", "permission-not-valid")]


async def test_an_expired_permission_is_honoured_at_once(world: TenantFixture, clock: Clock) -> None:
    scene = await Scene.set(world)
    notice = await scene.notify(scene.to_workplace())
    forward(clock, days=30)
    assert (await world.workplace.get(f"/v1/received-notices/{notice['id']}")).status_code == 200
    forward(clock, days=31)
    answer = await world.workplace.get(f"/v1/received-notices/{notice['id']}")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission-ended")


async def test_a_void_permission_and_a_void_notice_give_nothing(world: TenantFixture) -> None:
    scene = await Scene.set(world)
    first, second = (
        await scene.notify(scene.to_workplace()),
        await scene.notify(scene.to_workplace(note="toinen")),
    )
    assert (await world.organiser.post(f"/v1/notices/{first['id']}/void", {"reason": "x"})).json()[
        "status"
    ] == "voided"
    assert (await world.workplace.get(f"/v1/received-notices/{first['id']}")).status_code == 404
    assert [each["id"] for each in await world.pages(world.workplace, "/v1/received-notices")] == [
        second["id"]
    ]
    await world.organiser.post(f"/v1/permissions/{scene.permission['id']}/void", {"reason": "x"})
    assert (await world.workplace.get(f"/v1/received-notices/{second['id']}")).json()[
        "code"
    ] == "permission-ended"


async def test_a_workplace_reads_nothing_else_of_the_decision(world: TenantFixture) -> None:
    scene = await Scene.set(world)
    notice, other = await scene.notify(scene.to_workplace()), await scene.notify(to("client"))
    for path in (
        f"/v1/decisions/{scene.decision}",
        f"/v1/decisions/{scene.decision}/notices",
        f"/v1/notices/{notice['id']}",
        f"/v1/notices/{notice['id']}/versions",
        f"/v1/permissions/{scene.permission['id']}",
        "/v1/disclosures",
    ):
        answer = await world.workplace.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), path
    assert (await world.workplace.get(f"/v1/received-notices/{other['id']}")).status_code == 404
    items, _ = await world.feed(world.workplace)
    data = [each for each in items if each["resource_type"] in {"notice", "permission", "disclosure"}]
    assert [(each["resource_id"], "record" in each) for each in data] == [(notice["id"], False)]


async def test_turvakielto_hides_contacts_in_every_view_also_when_it_comes_later(
    world: TenantFixture,
) -> None:
    scene = await Scene.set(world)
    notice = await scene.notify(scene.to_workplace())
    centre = await scene.notify(to("activity_centre"))
    client = (await world.organiser.get(f"/v1/clients/{scene.client['id']}")).json()
    entry = {n: v for n, v in client.items() if n not in {"id", "version", "recorded_at", "recorded_by"}} | {
        "turvakielto": True
    }
    assert (
        await world.organiser.put(f"/v1/clients/{client['id']}", entry, If_Match='"1"')
    ).status_code == 200
    received = (await world.workplace.get(f"/v1/received-notices/{notice['id']}")).json()
    assert "turvakielto" not in str(received), "an outsider is not told who is protected"
    assert "client_contact" not in [each["group"] for each in received["shown"]]
    new = await scene.notify(to("activity_centre"))
    assert {"group": "client_contact", "reason": "turvakielto"} in new["withheld"]
    seen = [await world.provider_a.get(f"/v1/notices/{each['id']}") for each in (notice, centre, new)]
    data = str(received) + "".join(each.text for each in seen)
    assert [value for value in scene.client["contact"].values() if value in data] == []
    (row,) = await scene.disclosures()
    assert "client_contact" not in row["field_groups"]
    entry["turvakielto"] = False
    assert (
        await world.organiser.put(f"/v1/clients/{client['id']}", entry, If_Match='"2"')
    ).status_code == 200
    open_again = (await world.workplace.get(f"/v1/received-notices/{notice['id']}")).json()
    assert open_again["view"]["client"]["contact"] == scene.client["contact"]


async def test_an_answer_kept_from_before_turvakielto_holds_no_contact(world: TenantFixture) -> None:
    scene = await Scene.set(world)
    path, entry = f"/v1/decisions/{scene.decision}/notices", to("activity_centre", source_id="k")
    first = await world.provider_a.post(path, entry, Idempotency_Key="k")
    void = f"/v1/notices/{first.json()['id']}/void"
    await world.provider_a.post(void, {"reason": "x"}, Idempotency_Key="v")
    assert scene.client["contact"]["phone"] in first.text
    of_client = f"/v1/clients/{scene.client['id']}"
    now = await world.organiser.get(of_client)
    protected = plain(now.json()) | {"turvakielto": True}
    assert (await world.organiser.put(of_client, protected, If_Match=now.headers["etag"])).status_code == 200
    again = [await world.provider_a.post(path, entry, Idempotency_Key="k")]
    again.append(await world.provider_a.post(void, {"reason": "x"}, Idempotency_Key="v"))
    assert [each.headers["idempotency-replayed"] for each in again] == ["true", "true"]
    assert [value for value in scene.client["contact"].values() for each in again if value in each.text] == []


async def test_the_log_is_for_the_organiser_and_its_auditor_and_asked_by_day(world: TenantFixture) -> None:
    scene = await Scene.set(world)
    await scene.notify(scene.to_workplace(manner="phone"))
    for speaker in (world.provider_a, world.workplace, world.ehr):
        assert (await speaker.get("/v1/disclosures")).status_code == 403
    today = world.day(0)
    for query, count in (
        (f"from={today}&to={today}", 1),
        (f"from={world.day(-1)}", 0),
        (f"to={world.day(1)}", 0),
        (f"client_id={scene.relationship['id']}", 0),
    ):
        assert len((await world.organiser.get(f"/v1/disclosures?{query}")).json()["items"]) == count
    items, _ = await world.feed(world.organiser, "/v1/changes?resource_type=disclosure")
    assert [each["record"]["client_id"] for each in items] == [scene.client["id"]]


async def test_the_organiser_tells_client_and_provider_and_a_provider_those_who_carry_out(
    world: TenantFixture,
) -> None:
    scene = await Scene.set(world)
    for audience in ("client", "provider"):
        answer = await scene.say(to(audience), by=world.provider_a)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-your-notice")
    assert (await scene.say(to("activity_centre"), by=world.provider_b)).status_code == 404


@pytest.mark.parametrize(
    ("entry", "pointer"),
    [
        (to("provider", review_period_starts_on="2026-10-12"), "/review_period_starts_on"),
        (to("client", agreement_id="01919b7e-1f00-7c3a-9d2e-5b8f6a1c4d01"), "/agreement_id"),
        (to("activity_centre", purpose="support_at_work"), "/purpose"),
        (to("activity_centre", field_groups=["client_name", "reasons"]), "/field_groups/1"),
    ],
)
async def test_what_an_audience_has_no_use_for_is_refused(
    world: TenantFixture, entry: dict[str, Any], pointer: str
) -> None:
    scene = await Scene.set(world)
    assert refused(await scene.say(entry)) == [(pointer, "not-for-this-audience")]


async def test_a_review_does_not_run_before_the_notice(world: TenantFixture) -> None:
    scene = await Scene.set(world)
    answer = await scene.say(to("client", review_period_starts_on="2026-10-04"))
    assert refused(answer) == [("/review_period_starts_on", "out-of-order")]


async def test_a_draft_and_an_unsigned_agreement_are_told_to_nobody(world: TenantFixture) -> None:
    scene = await Scene.set(world)
    draft = await world.decision(scene.relationship, status="draft")
    answer = await world.organiser.post(f"/v1/decisions/{draft}/notices", to("client", source_id="a"))
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    unsigned = await world.agreement(scene.relationship, UUID(scene.decision), sign=False)
    answer = await scene.say(to("activity_centre", agreement_id=unsigned["id"]))
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_a_purchase_decision_is_told_to_the_provider_only(world: TenantFixture) -> None:
    scene = await Scene.set(world)
    scene.decision = str(await world.decision(scene.relationship, kind="purchase"))
    assert refused(await scene.say(to("client"))) == [("/audience", "not-for-this-audience")]
    assert (await scene.say(to("provider"))).status_code == 201


async def test_the_record_of_the_plan_meeting_is_the_clients(world: TenantFixture) -> None:
    scene, other = await Scene.set(world), await Scene.set(world)
    for meeting in (other.permission["id"], other.decision):
        answer = await scene.say(to("activity_centre", meeting_record_id=meeting))
        assert refused(answer) == [("/meeting_record_id", "unknown-reference")]
