"""What a workplace says of a day beside the provider's reason and its justification: it learns nothing of them, and takes
nothing away."""

import csv
import io
from typing import Any

import pytest
from tests.conftest import TenantFixture

pytestmark = pytest.mark.dated
ILL, WORK = "own_illness", "employment_related"
ABSENT: dict[str, Any] = {"status": "absent"}
HIDDEN: dict[str, dict[str, Any]] = {
    "ill": {"absence_reason": ILL},
    "other": {"absence_reason": "other_notified"},
    "unauthorised": {"absence_reason": "unauthorised"},
    "both": {
        "absence_reason": ILL,
        "absence_reasons": [{"reason": ILL, "minutes": 60}, {"reason": "unauthorised", "minutes": 60}],
    },
    "ill with minutes": {"absence_reason": ILL, "absence_reasons": [{"reason": ILL, "minutes": 60}]},
}


async def days_at_place(world: TenantFixture) -> str:
    place = {"name": "Kotola", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await world.signed_agreement(place=place)
    return f"/v1/agreements/{agreement['id']}/attendance"


async def accepted(world: TenantFixture, path: str, reason: str) -> None:
    entry = {"reason": reason, "given_by": "client", "given_on": world.day(1)}
    given = await world.provider_a.put(f"{path}/justification", entry)
    assert given.status_code == 201, given.text
    review = await world.organiser.post(f"{path}/justification/review", {"decision": "accepted"})
    assert review.status_code == 200, review.text


async def state(world: TenantFixture, path: str) -> str:
    return str((await world.provider_a.get(f"{path}/justification")).json()["state"])


@pytest.mark.parametrize("justified_as", ["same", "unauthorised"])
@pytest.mark.parametrize("batch", [False, True])
async def test_a_guess_is_not_answered_by_the_state_of_the_justification(
    world: TenantFixture, batch: bool, justified_as: str
) -> None:
    days = await days_at_place(world)
    agreement_id = days.split("/")[3]
    found: dict[str, Any] = {}
    for at, (name, reason) in enumerate(HIDDEN.items(), 2):
        path = f"{days}/{world.day(at)}"
        assert (await world.provider_a.put(path, ABSENT | reason)).status_code == 201
        given = reason["absence_reason"] if justified_as == "same" else justified_as
        entry = {"reason": given, "given_by": "client", "given_on": world.day(1)}
        assert (await world.provider_a.put(f"{path}/justification", entry)).status_code == 201
        guesses = []
        for version, guess in enumerate((ILL, "other_notified"), 1):
            naming = ABSENT | {"absence_reason": guess}
            if batch:
                line = naming | {"agreement_id": agreement_id, "date": world.day(at), "if_version": version}
                answer = await world.workplace.post("/v1/attendance-batches", {"items": [line]})
                assert answer.json()["counts"]["updated"] == 1, answer.text
            else:
                assert (await world.workplace.put(path, naming, If_Match=f'"{version}"')).status_code == 200
            after = await world.workplace.get(f"{path}/justification")
            guesses.append((after.json()["state"], after.headers["etag"]))
        found[name] = tuple(guesses)
    assert len(set(found.values())) == 1, found


async def test_a_reason_taken_back_leaves_the_accepted_justification(world: TenantFixture) -> None:
    """The workplace names a reason by mistake and takes it back: the day is what it was, in every member."""
    path = f"{await days_at_place(world)}/{world.day(3)}"
    await world.provider_a.put(path, ABSENT | {"absence_reason": WORK})
    await accepted(world, path, WORK)
    named = await world.workplace.put(path, ABSENT | {"absence_reason": ILL}, If_Match='"1"')
    assert named.status_code == 200
    assert (await world.workplace.put(path, ABSENT, If_Match='"2"')).status_code == 200
    assert (await world.provider_a.get(path)).json()["absence_reason"] == WORK
    assert await state(world, path) == "accepted"


@pytest.mark.parametrize("by", ["confirm", "put", "batch"])
@pytest.mark.parametrize(
    ("hidden", "word", "expected"),
    [
        ("other", ILL, "superseded"),  # the provider says now what the workplace said
        ("other", "other_notified", "accepted"),
        ("both", ILL, "superseded"),  # one of two is another
        ("ill", ILL, "accepted"),
    ],
)
async def test_the_providers_word_decides_whether_the_reason_is_another(
    world: TenantFixture, by: str, hidden: str, word: str, expected: str
) -> None:
    days = await days_at_place(world)
    path = f"{days}/{world.day(3)}"
    await world.provider_a.put(path, ABSENT | HIDDEN[hidden])
    await accepted(world, path, HIDDEN[hidden]["absence_reason"])
    naming = ABSENT | {"absence_reason": word}
    assert (await world.workplace.put(path, naming, If_Match='"1"')).status_code == 200
    assert await state(world, path) == "accepted"
    if by == "confirm":
        answer = await world.provider_a.post(f"{path}/confirm", {}, If_Match='"2"')
    elif by == "put":
        answer = await world.provider_a.put(path, naming, If_Match='"2"')
    else:
        line = naming | {"agreement_id": days.split("/")[3], "date": world.day(3), "if_version": 2}
        answer = await world.provider_a.post("/v1/attendance-batches", {"items": [line]})
    assert answer.status_code == 200, answer.text
    assert await state(world, path) == expected


async def test_a_provider_that_says_its_reasons_again_leaves_their_justification(
    world: TenantFixture,
) -> None:
    path = f"{await days_at_place(world)}/{world.day(3)}"
    await world.provider_a.put(path, ABSENT | HIDDEN["both"])
    await accepted(world, path, ILL)
    assert (
        await world.workplace.put(path, ABSENT | {"absence_reason": ILL}, If_Match='"1"')
    ).status_code == 200
    assert (await world.provider_a.put(path, ABSENT | HIDDEN["both"], If_Match='"2"')).status_code == 200
    assert await state(world, path) == "accepted"


async def test_what_was_justified_after_the_workplaces_word_is_not_undone_by_confirming_it(
    world: TenantFixture,
) -> None:
    """The coach knows the workplace's word, and more than that: the reason that it gives with the justification holds."""
    path = f"{await days_at_place(world)}/{world.day(3)}"
    await world.provider_a.put(path, ABSENT)
    naming = ABSENT | {"absence_reason": "other_notified"}
    assert (await world.workplace.put(path, naming, If_Match='"1"')).status_code == 200
    await accepted(world, path, WORK)
    assert (await world.provider_a.post(f"{path}/confirm", {}, If_Match='"2"')).status_code == 200
    assert await state(world, path) == "accepted"


async def its_own_certificate(world: TenantFixture, days: str) -> None:
    """The workplace's certificate, of a week in which the provider has days too."""
    own = f"{days}/{world.day(9)}"
    for ago in (9, 8):
        answer = await world.workplace.put(f"{days}/{world.day(ago)}", ABSENT | {"absence_reason": ILL})
        assert answer.status_code == 201
    paper = {"received_on": world.day(1), "valid_from": world.day(9), "valid_to": world.day(1)}
    entry = {"reason": ILL, "given_by": "client", "given_on": world.day(1), "certificate": paper}
    given = await world.workplace.put(f"{own}/justification", entry)
    assert given.status_code == 201, given.text


async def test_a_file_does_not_tell_a_workplace_the_reason_by_what_its_own_certificate_covers(
    world: TenantFixture,
) -> None:
    days = await days_at_place(world)
    await its_own_certificate(world, days)
    for ago, reason in ((5, ILL), (4, "unauthorised"), (3, None)):
        hidden = {"absence_reason": reason} if reason else {}
        assert (await world.provider_a.put(f"{days}/{world.day(ago)}", ABSENT | hidden)).status_code == 201
    url = f"/v1/attendance?agreement_id={days.split('/')[3]}"
    file = await world.workplace.get(url, Accept="text/csv", Accept_Language="en")
    rows = {r["Day"]: r for r in csv.DictReader(io.StringIO(file.text.lstrip("\ufeff")), delimiter=";")}
    states = {ago: rows[world.day(ago)]["Justification"] for ago in (8, 5, 4, 3)}
    assert states[5] == states[4] == states[3] != states[8], states


async def test_the_figures_of_a_workplace_tell_no_reason_by_its_certificate(world: TenantFixture) -> None:
    found = []
    for reason in (ILL, "unauthorised"):
        days = await days_at_place(world)
        await its_own_certificate(world, days)
        hidden = ABSENT | {"absence_reason": reason}
        assert (await world.provider_a.put(f"{days}/{world.day(5)}", hidden)).status_code == 201
        answer = await world.workplace.get(f"/v1/assessment-prefill?agreement_id={days.split('/')[3]}")
        assert answer.status_code == 200, answer.text
        found.append(answer.json()["attendance"])
    assert found[0] == found[1]


async def test_a_confirmed_day_has_no_reason_aside(world: TenantFixture) -> None:
    """The provider confirmed that the client came; an absence that is reported later has no old reason."""
    path = f"{await days_at_place(world)}/{world.day(3)}"
    assert (await world.provider_a.put(path, ABSENT | HIDDEN["both"])).status_code == 201
    came = {"status": "present", "actual_minutes": 60}
    assert (await world.workplace.put(path, came, If_Match='"1"')).status_code == 200
    assert (await world.provider_a.post(f"{path}/confirm", {}, If_Match='"2"')).status_code == 200
    assert (await world.workplace.put(path, ABSENT, If_Match='"3"')).status_code == 200
    day = (await world.provider_a.get(path)).json()
    assert (day["absence_reason"], "absence_reasons" in day) == ("unknown", False)
