"""The parties, what the organiser sets for all, and the client with who serves them."""

import secrets

from tests.access.assertions import NewKey, with_keys
from tests.conftest import business_id, identity_code, identity_code_of
from tests.privacy.every_field.story import (
    DISABILITY,
    GUARDIAN,
    PERSONAL,
    REHABILITATION,
    SERVICE,
    WORKING_AGE,
    Story,
    path_of,
)


async def parties(story: Story) -> None:
    world, day = story.world, story.filler.day
    a = str(world.provider_a.organisation_id)
    await story.record(
        "organiser", "organisation", "/v1/organisations", "OrganisationEntry", "organisation_id",
        kind="workplace", business_id=business_id(), oid="1.2.246.10.77777777",
    )  # fmt: skip
    unit = await story.record(
        "organiser", "unit", "/v1/units", "UnitEntry", "unit_id",
        organisation_id=a, oid="1.2.246.10.77777777.10.3",
    )  # fmt: skip
    closed = f"/v1/organisations/{story.made['organisation']['id']}/close"
    await story.record("organiser", "closing", closed, "Closing", closed_on=day(-303))
    older, newer = [
        await story.say(
            "organiser", "POST", "/v1/organisations", {"kind": "provider", "name": "x", "source_id": key}
        )
        for key in ("older", "newer")
    ]
    await story.record(
        "organiser", "succession", f"/v1/organisations/{older['id']}/succeed", "Succession",
        by=newer["id"], **{"from": day(-304)},
    )  # fmt: skip
    url = f"/v1/units/{unit['id']}"
    await story.say("organiser", "POST", f"{url}/close", {"closed_on": day(-302), "reason": "x"})
    reopening = story.filler.body("Reopening", "reopening", {}, ())
    await story.say("organiser", "POST", f"{url}/reopen", reopening, If_Match='"2"')
    one, two = [
        await story.say(
            "organiser", "POST", "/v1/clients",
            {"family_name": "x", "given_names": "x", "turvakielto": False, "source_id": key},
        )
        for key in ("one", "two")
    ]  # fmt: skip
    merging = story.filler.body("ClientMerging", "merging", {"into": two["id"]}, ("into_version",))
    await story.say(
        "organiser", "POST", f"/v1/clients/{one['id']}/merge", merging | {"into_version": 1}, If_Match='"1"'
    )
    apart = story.filler.body("ClientUnmerging", "unmerging", {}, ())
    await story.say("organiser", "POST", f"/v1/clients/{one['id']}/unmerge", apart, If_Match='"2"')
    verdict = story.filler.body("DistinctClients", "verdict", {"from": two["id"]}, ())
    await story.say("organiser", "POST", f"/v1/clients/{one['id']}/not-same", verdict)
    story.ids["organisation_id"].append(a)
    await story.record(
        "organiser", "code", "/v1/code-systems/absence_reason/codes/kq_own", "OwnCodeEntry", method="PUT",
        valid_from=day(2000), valid_to=day(-2000), mapping=SERVICE,
    )  # fmt: skip
    await story.record(
        "organiser", "limits", "/v1/impact-limits", "ImpactLimitsEntry", method="PUT",
        min_count=11, min_pairs=31,
    )  # fmt: skip
    await story.record(
        "organiser", "delegated workplaces", f"/v1/delegated-workplaces/{a}", "DelegatedWorkplacesEntry",
        method="PUT", **{"workplace_ids[]": str(world.workplace.organisation_id)},
    )  # fmt: skip
    await story.record(
        "organiser", "form", "/v1/assessment-forms/kq_form", "AssessmentFormEntry", method="PUT",
        kind="short", audience="workplace", valid_from=day(2001), valid_to=day(-2001),
        scales=[{"key": "kq_scale", "steps": [{"value": n, "labels": labels(9030 + n)} for n in (61, 67)]}],
        items=[{
            "key": "kq_item", "labels": labels(9033), "national_field": "strengths", "text": True,
            "scale": "kq_scale", "voices": ["workplace"], "required": True,
        }],
    )  # fmt: skip
    granted = {path_of("permission__granted_on"): day(301)}
    await story.record(
        "organiser", "instrument permitted", "/v1/instruments/kykyviisari", "InstrumentEntry", method="PUT",
        without=("definition", "change_rule", "licensed"), **granted,
    )  # fmt: skip
    scale = {"code": "kq_s", "names": names(9040), "min": 1, "max": 97, "direction": "lower_is_better"}
    scale |= {"item_count": 89, "is_total": True, "form_versions": ["kq_1"]}
    await story.record(
        "organiser", "instrument", "/v1/instruments/own_kq", "InstrumentEntry", method="PUT",
        definition={
            "names": names(9041), "owner": "Kq9042z", "form_versions": [{"code": "kq_1", "languages": ["sv"]}],
            "respondents": ["client"], "scales": [scale], "evidence": "Kq9043z",
        },
        change_rule={"source": "Kq9044z", "thresholds": [{"scale": "kq_s", "points": 7.83}]},
        **granted,
    )  # fmt: skip
    keys = with_keys(NewKey())
    await story.record(
        "organiser", "system", "/v1/connected-systems", "ConnectedSystemEntry", "system_id",
        organisation_id=a, client_id=f"kq{secrets.token_hex(8)}", role="provider", **keys,
    )  # fmt: skip


def labels(number: int) -> dict[str, str]:
    return dict.fromkeys(("fi", "sv", "easy_fi"), f"Kq{number}z")


def names(number: int) -> dict[str, str]:
    return dict.fromkeys(("fi", "sv", "en"), f"Kq{number}z")


async def beginning(story: Story) -> None:
    world, day = story.world, story.filler.day
    a, b = str(world.provider_a.organisation_id), str(world.provider_b.organisation_id)
    client = await story.record(
        "organiser", "client", "/v1/clients", "ClientEntry", "client_id",
        without=("turvakielto_ends_on", "contacts_withheld", "died_on"),
        identity={"system": PERSONAL, "value": identity_code_of(day(12_000))},
        date_of_birth=day(12_000),
        emigrated_on=day(9_001),
        turvakielto=False,
        secret_contacts=False,
        language="se",
        **{
            "related_persons[].turvakielto": False,
            "related_persons[].secret_contacts": False,
            "related_persons[].roles[]": GUARDIAN,
            "related_persons[].personal_identity_code": {"system": PERSONAL, "value": identity_code()},
        },
    )  # fmt: skip
    await story.record(
        "organiser", "relationship", "/v1/service-relationships", "ServiceRelationshipEntry",
        "relationship_id",
        client_id=client["id"], provider_id=a, unit_id=story.ids["unit_id"][0], service_task=DISABILITY,
        service=SERVICE, service_kind="work_activity", **{"legal_bases[]": "SHL_710_1982_27E"},
        referral__source="disability_services", referral__received_on=day(201),
        starts_on=day(181), ends_on=day(-181), **{"network[].role": "housing_unit"},
    )  # fmt: skip
    await story.record(
        "organiser", "relationship of B", "/v1/service-relationships", "ServiceRelationshipEntry",
        "relationship_id", without=("unit_id",),
        client_id=client["id"], provider_id=b, service_task=WORKING_AGE, service=REHABILITATION,
        service_kind="rehabilitative_work", **{"legal_bases[]": "KTT_189_2001"},
        referral__source="disability_services", referral__received_on=day(202),
        starts_on=day(182), ends_on=day(-182), **{"network[].role": "kela"},
    )  # fmt: skip
    await story.record(
        "organiser", "relationship of C", "/v1/service-relationships", "ServiceRelationshipEntry",
        "relationship_id", without=("unit_id",),
        client_id=client["id"], provider_id=str(story.speakers["provider C"].organisation_id),
        service_task=DISABILITY, service=SERVICE, service_kind="day_activity",
        **{"legal_bases[]": "VPL_675_2023_27"},
        referral__source="disability_services", referral__received_on=day(203),
        starts_on=day(179), ends_on=day(-179), **{"network[].role": "school"},
    )  # fmt: skip
