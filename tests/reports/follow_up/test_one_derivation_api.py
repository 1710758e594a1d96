"""What a day is, wherever it is read: in the summary, the list of open justifications, files, figures and the overview; over
renewed agreements, later words and changed days. As a coach, a social worker and a client would live it."""

import csv
import io
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from tests.conftest import ApiClient, TenantFixture
from tests.reports.follow_up.test_hard_cases import CASES, Case

pytestmark = pytest.mark.dated
LAW, ILL = "KTT_189_2001", "own_illness"
ANY_DAY = {"type": "flexible", "min_days_per_week": 1, "max_days_per_week": 3}
"""Days follow the client's condition: none is missing, and any may be reported."""


class Life:
    """A client in rehabilitative work, with one agreement after another."""

    def __init__(self, world: TenantFixture, relationship: dict[str, Any], decision: Any) -> None:
        self.world, self.relationship, self.decision = world, relationship, decision

    @classmethod
    async def begin(cls, world: TenantFixture, basis: str = LAW) -> "Life":
        kind: dict[str, Any] = {"service_kind": "rehabilitative_work"} if basis == LAW else {}
        relationship = await world.relationship((await world.client())["id"], legal_bases=[basis], **kind)
        decision = await world.decision(
            relationship, legal_bases=[basis], service_kind=relationship["service_kind"]
        )
        return cls(world, relationship, decision)

    async def agreement(self, first: str, last: str) -> str:
        made = await self.world.agreement(
            self.relationship, self.decision, starts_on=first, ends_on=last, schedule=ANY_DAY
        )
        return str(made["id"])

    async def say(self, of: str, day: str, status: str, reason: str | None = None, **more: Any) -> None:
        entry = {"status": status} | ({"absence_reason": reason} if reason else {}) | more
        path = f"/v1/agreements/{of}/attendance/{day}"
        there = await self.world.provider_a.get(path)
        headers = {"If-Match": there.headers["etag"]} if there.status_code == 200 else {}
        answer = await self.world.provider_a.put(path, entry, **headers)
        assert answer.status_code in {200, 201}, answer.text

    async def justify(self, of: str, day: str, reason: str = ILL, **certificate: str) -> str:
        path = f"/v1/agreements/{of}/attendance/{day}/justification"
        entry: dict[str, Any] = {"reason": reason, "given_by": "client", "given_on": str(self.world.today)}
        if certificate:
            entry["certificate"] = certificate
        there = await self.world.provider_a.get(path)
        headers = {"If-Match": there.headers["etag"]} if there.status_code == 200 else {}
        answer = await self.world.provider_a.put(path, entry, **headers)
        assert answer.status_code in {200, 201}, answer.text
        return path

    async def accept(self, path: str) -> None:
        answer = await self.world.organiser.post(f"{path}/review", {"decision": "accepted"})
        assert answer.status_code == 200, answer.text

    async def read(self, *agreements: str, speaker: ApiClient | None = None) -> dict[str, dict[str, Any]]:
        """By day, what each of the ways to read it says; that they agree is asked here."""
        who, client = speaker or self.world.organiser, self.relationship["client_id"]
        days: dict[str, dict[str, Any]] = {}
        for of in agreements:
            span = f"from={self.world.day(60)}&to={self.world.today}"
            summary = (await who.get(f"/v1/agreements/{of}/attendance-summary?{span}")).json()
            days |= {each["date"]: each for each in summary["items"] if each["status"] != "unreported"}
        overview = (await who.get(f"/v1/clients/{client}/overview")).json()["attendance"]["items"]
        shown = {each["date"]: each for each in overview if each["status"] != "unreported"}
        assert shown.keys() == days.keys()
        for day, each in days.items():
            assert {name: shown[day].get(name) for name in each} == each, day
        listed = (await who.get(f"/v1/justifications?client_id={client}&limit=100")).json()["items"]
        waiting = {each["date"]: each["state"] for each in listed}
        assert waiting == {
            day: each["justification"]
            for day, each in days.items()
            if each.get("justification") in {"missing", "given", "rejected"}
        }
        file = await who.get(f"/v1/attendance?client_id={client}", Accept="text/csv", Accept_Language="en")
        lines = {
            row["Day"]: row for row in csv.DictReader(io.StringIO(file.text.lstrip("\ufeff")), delimiter=";")
        }
        states = {
            "": None, "Missing": "missing", "Given": "given", "Accepted": "accepted", "Rejected": "rejected",
            "Covered by a certificate": "covered",
        }  # fmt: skip
        assert {day: states[row["Justification"]] for day, row in lines.items()} == {
            day: each.get("justification") for day, each in days.items()
        }
        return days


def results(days: Mapping[str, dict[str, Any]]) -> list[str]:
    return [days[day]["justified"]["result"] for day in sorted(days) if "justified" in days[day]]


async def test_a_run_goes_on_over_a_renewal(world: TenantFixture) -> None:
    """Six days of illness without a certificate are six days, though the agreement was renewed after three."""
    life = await Life.begin(world)
    one = await life.agreement(world.day(40), world.day(13))
    other = await life.agreement(world.day(12), world.day(-60))
    for ago in (15, 14, 13):
        await life.say(one, world.day(ago), "absent", ILL)
    for ago in (12, 11, 10):
        await life.say(other, world.day(ago), "absent", ILL)
    await life.say(one, world.day(16), "present")
    for ago in range(9, -1, -1):
        await life.say(other, world.day(ago), "present")
    for speaker in (world.organiser, world.provider_a):
        assert results(await life.read(one, other, speaker=speaker)) == ["unjustified"] * 6
    await life.justify(
        other, world.day(10), received_on=world.day(9), valid_from=world.day(15), valid_to=world.day(10)
    )
    days = await life.read(one, other)
    assert results(days) == ["justified"] * 6
    assert [days[world.day(ago)]["justification"] for ago in (15, 12, 10)] == ["covered", "covered", "given"]


async def test_who_sees_one_agreement_only_judges_by_that_one(world: TenantFixture) -> None:
    """Another provider's days are not told by what they do to ours; the organiser sees both."""
    client = await world.client()
    bases: dict[str, Any] = {"legal_bases": [LAW], "service_kind": "rehabilitative_work"}
    found: list[tuple[ApiClient, str]] = []
    for speaker in (world.provider_a, world.provider_b):
        relationship = await world.relationship(client["id"], provider=speaker, **bases)
        decision = await world.decision(relationship, **bases)
        made = await world.agreement(
            relationship, decision, provider=speaker, starts_on=world.day(40), ends_on=world.day(-9),
            schedule={"type": "flexible", "min_days_per_week": 1, "max_days_per_week": 3},
        )  # fmt: skip
        found.append((speaker, made["id"]))
    for at, (speaker, of) in enumerate(found):
        for ago in (20 - 2 * at, 19 - 2 * at):
            path = f"/v1/agreements/{of}/attendance/{world.day(ago)}"
            answer = await speaker.put(path, {"status": "absent", "absence_reason": ILL})
            assert answer.status_code == 201
    for speaker, of in found:
        path = f"/v1/agreements/{of}/attendance-summary?from={world.day(40)}"
        own, whole = [(await each.get(path)).json()["absences"] for each in (speaker, world.organiser)]
        assert own == {"justified": 2, "unjustified": 0, "undetermined": 0}
        assert whole == {"justified": 0, "unjustified": 2, "undetermined": 0}


async def test_an_acceptance_is_of_the_absence_as_it_was(world: TenantFixture) -> None:
    """Ill and accepted; then it turns out that the client was there; then that he was away without leave."""
    life = await Life.begin(world)
    of, day = await life.agreement(world.day(40), world.day(-60)), world.day(3)
    await life.say(of, day, "absent", ILL)
    path = await life.justify(of, day)
    await life.accept(path)
    assert (await life.read(of))[day]["justification"] == "accepted"
    await life.say(of, day, "present")
    assert "justification" not in (await life.read(of))[day]
    stays = (await world.provider_a.get(path)).json()
    assert (stays["state"], stays["review"]["decision"], stays["version"]) == ("superseded", "accepted", 3)
    await life.say(of, day, "absent", "unauthorised")
    found = (await life.read(of))[day]
    assert (found["justification"], found["absence_reason"], found["justified"]["result"]) == (
        "missing",
        "unauthorised",
        "unjustified",
    )
    assert (await world.organiser.post(f"{path}/review", {"decision": "accepted"})).status_code == 409
    await life.justify(of, day)
    assert (await life.read(of))[day]["justification"] == "given"


async def test_the_same_words_again_after_the_day_was_something_else_are_said_of_the_new_absence(
    world: TenantFixture,
) -> None:
    life = await Life.begin(world)
    of, day = await life.agreement(world.day(40), world.day(-60)), world.day(3)
    await life.say(of, day, "absent", ILL)
    await life.justify(of, day)
    voided = await world.provider_a.post(
        f"/v1/agreements/{of}/attendance/{day}/void", {"reason": "Väärä päivä"}
    )
    assert voided.status_code == 200
    await life.say(of, day, "absent", ILL)
    assert (await life.read(of))[day]["justification"] == "missing"
    await life.justify(of, day)
    assert (await life.read(of))[day]["justification"] == "given"


@pytest.mark.parametrize(
    ("before", "then", "stays"),
    [
        ({"absence_reason": ILL}, {"absence_reason": ILL, "planned_minutes": 200}, True),
        ({}, {"absence_reason": ILL}, True),
        ({"absence_reason": "agreed_holiday"}, {}, True),
        ({"absence_reason": "agreed_holiday"}, {"absence_reason": "unauthorised"}, False),
        ({"absence_reason": ILL}, {"absence_reason": "unauthorised"}, False),
    ],
)
async def test_a_detail_of_the_same_absence_takes_nothing_back(
    world: TenantFixture, before: dict[str, Any], then: dict[str, Any], stays: bool
) -> None:
    """By a single day, and by a batch."""
    life = await Life.begin(world)
    of = await life.agreement(world.day(40), world.day(-60))
    for day in (world.day(3), world.day(4)):
        await life.say(of, day, "absent", **before)
        await life.accept(await life.justify(of, day))
    await life.say(of, world.day(3), "absent", **then)
    line = {"agreement_id": of, "date": world.day(4), "status": "absent", "if_version": 1} | then
    batch = await world.provider_a.post("/v1/attendance-batches", {"items": [line]})
    assert batch.json()["counts"]["updated"] == 1, batch.text
    days = await life.read(of)
    expected = "accepted" if stays else "missing"
    assert [days[world.day(ago)]["justification"] for ago in (3, 4)] == [expected] * 2


@pytest.mark.parametrize("basis", [LAW, "SHL_710_1982_27E"])
async def test_an_absence_that_is_explained_later_is_explained_everywhere(
    world: TenantFixture, basis: str
) -> None:
    life = await Life.begin(world, basis)
    of, day = await life.agreement(world.day(40), world.day(-60)), world.day(3)
    await life.say(of, day, "absent")
    assert (await life.read(of))[day]["absence_reason"] == "unknown"
    await life.justify(of, day)
    client = life.relationship["client_id"]
    assert (await life.read(of))[day]["absence_reason"] == ILL
    overview = (await world.organiser.get(f"/v1/clients/{client}/overview")).json()["attendance"]
    assert overview["reasons"] == [{"reason": ILL, "days": 1}]
    draft = await world.provider_a.get(f"/v1/assessment-prefill?agreement_id={of}")
    assert draft.json()["attendance"]["absences"] == [{"reason": ILL, "days": 1}]
    assert (await world.provider_a.get(f"/v1/agreements/{of}/attendance/{day}")).json()[
        "absence_reason"
    ] == "unknown"


async def test_a_certificate_explains_the_days_that_it_covers_and_no_other_reason(
    world: TenantFixture,
) -> None:
    life = await Life.begin(world)
    of = await life.agreement(world.day(40), world.day(-60))
    for ago, reason in (9, ILL), (8, None), (7, "unauthorised"), (6, ILL), (5, ILL):
        await life.say(of, world.day(ago), "absent", reason)
    await life.say(of, world.day(4), "partial", actual_minutes=60)
    await life.justify(
        of, world.day(9), received_on=world.day(4), valid_from=world.day(9), valid_to=world.day(6)
    )
    days = await life.read(of)
    found = [
        (days[world.day(ago)].get("absence_reason"), days[world.day(ago)].get("justification"))
        for ago in range(9, 3, -1)
    ]
    assert found == [
        (ILL, "given"), (ILL, "covered"), ("unauthorised", "missing"), (ILL, "covered"), (ILL, "missing"), (None, None),
    ]  # fmt: skip
    rejected = f"/v1/agreements/{of}/attendance/{world.day(9)}/justification/review"
    assert (
        await world.organiser.post(rejected, {"decision": "rejected", "reason": "Epäselvä"})
    ).status_code == 200
    days = await life.read(of)
    assert [days[world.day(ago)]["justification"] for ago in (9, 8, 6)] == ["rejected", "missing", "missing"]
    assert days[world.day(8)]["absence_reason"] == "unknown"


@pytest.mark.parametrize("then", ["present", "unauthorised"])
async def test_a_certificate_is_a_paper_about_days_and_covers_the_others_still(
    world: TenantFixture, then: str
) -> None:
    """It covers four days and came with the first; the client was there on the first after all, or away without leave. The first waits for a justification of its own if it is an absence again."""
    life = await Life.begin(world)
    of = await life.agreement(world.day(40), world.day(-60))
    first, others = world.day(5), [world.day(ago) for ago in (4, 3, 2)]
    for day in (first, *others):
        await life.say(of, day, "absent")
    path = await life.justify(of, first, received_on=world.day(0), valid_from=first, valid_to=world.day(2))
    if then == "present":
        await life.say(of, first, "present")
    else:
        await life.say(of, first, "absent", "unauthorised")
    days = await life.read(of)
    assert [(days[day]["absence_reason"], days[day]["justification"]) for day in others] == [
        (ILL, "covered")
    ] * 3
    assert results({day: days[day] for day in others}) == ["justified"] * 3
    await life.say(of, first, "absent", ILL)
    assert (await life.read(of))[first]["justification"] == "missing"
    assert (await world.provider_a.get(path)).json()["state"] == "superseded"


async def test_a_certificate_that_was_rejected_covers_nothing_when_its_day_becomes_another(
    world: TenantFixture,
) -> None:
    life = await Life.begin(world)
    of = await life.agreement(world.day(40), world.day(-60))
    for ago in (4, 3):
        await life.say(of, world.day(ago), "absent", ILL)
    path = await life.justify(
        of, world.day(4), received_on=world.day(0), valid_from=world.day(4), valid_to=world.day(3)
    )
    review = {"decision": "rejected", "reason": "Toisen henkilön"}
    assert (await world.organiser.post(f"{path}/review", review)).status_code == 200
    await life.say(of, world.day(4), "present")
    assert (await life.read(of))[world.day(3)]["justification"] == "missing"


WITH_CERTIFICATES = [
    name for name, case in CASES.items() if any(e["certificate"] for e in case.entries.values())
]


@pytest.mark.parametrize("name", WITH_CERTIFICATES)
async def test_certificates_cover_as_a_person_would_count(world: TenantFixture, name: str) -> None:
    """The hard cases of the table over HTTP, moved by whole weeks to before today."""
    case: Case = CASES[name]
    weeks = (max(case.entries) - world.today).days // 7 + 2

    def moved(day: date) -> str:
        return str(day - timedelta(weeks=weeks))

    life = await Life.begin(world)
    of = await life.agreement(moved(min(case.entries)), moved(max(case.entries)))
    for day, entry in sorted(case.entries.items()):
        await life.say(of, moved(day), entry["status"], entry["reason"])
        if entry["state"] != "missing":
            data = entry["certificate"] or {}
            dates = {
                name: moved(date.fromisoformat(data[name]))
                for name in ("valid_from", "valid_to")
                if name in data
            } | ({"received_on": str(world.today)} if "received_on" in data else {})
            path = await life.justify(of, moved(day), entry["reason"], **dates)
            if entry["state"] != "given":
                review = {"decision": entry["state"], "reason": "x"}
                assert (await world.organiser.post(f"{path}/review", review)).status_code == 200
    span = f"from={moved(min(case.entries))}&to={moved(max(case.entries))}"
    data = (await world.provider_a.get(f"/v1/agreements/{of}/attendance-summary?{span}")).json()["items"]
    found = {each["date"]: each["justified"]["result"] for each in data if "justified" in each}
    assert found == {moved(day): result for day, result in case.expected.items()}


async def test_a_day_under_two_agreements_is_one_day_of_the_person(world: TenantFixture) -> None:
    """Mornings here, afternoons there: one day, attended as soon as either was; the minutes of both."""
    life = await Life.begin(world, "SHL_710_1982_27E")
    one, other = [await life.agreement(world.day(5), world.day(-60)) for _ in range(2)]
    for ago, here, there in (5, "present", "present"), (4, "absent", "present"), (3, "absent", "absent"):
        for of, status, come in (one, here, "07"), (other, there, "10"):
            day, hours = world.day(ago), {"arrived_at": f"{come}:00", "left_at": f"{come}:59"}
            more: dict[str, Any] = {name: f"{day}T{time}:00Z" for name, time in hours.items()}
            more = more | {"actual_minutes": 100} if status == "present" else {}
            await life.say(of, world.day(ago), status, ILL if status == "absent" else None, **more)
    await life.say(one, world.day(2), "not_arranged")
    client = life.relationship["client_id"]
    year = (await world.organiser.get(f"/v1/clients/{client}/overview")).json()["attendance"]
    known = {name: year["days"][name] for name in ("present", "absent", "not_arranged")}
    assert known == {"present": 2, "absent": 1, "not_arranged": 1}
    assert year["minutes"]["actual"] == 300
    assert year["reasons"] == [{"reason": ILL, "days": 1}]
    assert len([each for each in year["items"] if each["status"] != "unreported"]) == 7
