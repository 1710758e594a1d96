"""The life story of one client, told with every member of every request filled.

Provider A serves the client, first at its own place and then at the workplace; provider B serves the same client in another
service task, provider C in the same one. Each record has a name, by which the page (`page.py`) says who reads it."""

from typing import Any

from tests.conftest import KEYS, ApiClient, TenantFixture, _speaker
from tests.privacy.every_field import case_file, commitments, everyday, parties
from tests.privacy.every_field.filling import Filler, Member
from tests.privacy.every_field.story import ACTING, Story

from walmu_dev.founding import add_system


async def founded(world: TenantFixture) -> dict[str, ApiClient]:
    return {
        "organiser": world.organiser,
        "record system": world.ehr,
        "provider A": world.provider_a,
        "provider B": world.provider_b,
        "provider C": await joined(world, "provider"),
        "workplace": world.workplace,
        "auditor": world.auditor,
    }


async def joined(world: TenantFixture, role: str) -> ApiClient:
    """The system of one more organisation."""
    entry = {"kind": role, "name": f"Toinen {role}", "source_id": f"too-{role}"}
    answer = await world.organiser.post("/v1/organisations", entry)
    assert answer.status_code == 201, answer.text
    return await system(world, answer.json()["id"], role)


async def system(world: TenantFixture, organisation: Any, role: str) -> ApiClient:
    client_id = f"{role}-too-{world.organiser.client_id}"
    id_ = await add_system(world.owner, world.organiser_id, organisation, client_id, "x", role, KEYS)
    return _speaker(world.app, world.app_context, client_id, id_, organisation, role)


async def recorded_life(world: TenantFixture) -> Story:
    """The whole story, up to the last of its records."""
    story = Story(world, Filler(world.today), await founded(world))
    for who, (_, person) in ACTING.items():
        story.name(f"acting person of {who}", name=person["name"])
    await parties.parties(story)
    await parties.beginning(story)
    await commitments.decisions(story)
    await commitments.agreements(story)
    await commitments.permissions(story)
    await everyday.days(story)
    await case_file.case_file(story)
    await everyday.diary_and_assessments(story)
    await everyday.measurements(story)
    await case_file.notices(story)
    await case_file.document(story)
    return story


async def died(story: Story) -> None:
    """The client has died, and nothing else of the record is another."""
    body = story.sent_as("client") | {"died_on": story.filler.day(1)}
    await story.say("organiser", "PUT", f"/v1/clients/{story.made['client']['id']}", body)


async def protected(story: Story, **withheld: str) -> None:
    """Turvakielto for the client, who has another name from now on, and for the guardian who is related to it."""
    body = (
        story.sent_as("client")
        | {"turvakielto": True, "turvakielto_ends_on": story.filler.day(-401)}
        | withheld
    )
    body["related_persons"] = [person | {"turvakielto": True} for person in body["related_persons"]]
    story.filler.of_mark[body["given_names"].lower()] = {Member("client before", "given_names")}
    body["given_names"] = f"Kq{story.filler.next():04}z"
    story.name("client", **{name: body[name] for name in ("given_names", "turvakielto_ends_on", *withheld)})
    story.filler.filled["ClientEntry"] |= {"turvakielto_ends_on", *withheld}
    await story.say("organiser", "PUT", f"/v1/clients/{story.made['client']['id']}", body)
