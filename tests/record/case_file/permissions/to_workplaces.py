"""Permissions of a client by which the workplace of an agreement may be given something."""

from typing import Any

from tests.conftest import TenantFixture


def permission_entry(world: TenantFixture, agreement: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A permission for the client's name, valid since yesterday."""
    return {
        "client_id": agreement["client_id"],
        "service_relationship_id": agreement["service_relationship_id"],
        "recipient": {"organisation_id": str(world.workplace.organisation_id), "name": "Kahvila"},
        "field_groups": ["client_name"],
        "purposes": ["carrying_out_agreement"],
        "disclosers": ["provider"],
        "given_on": world.day(1),
        "valid_until": world.day(-10),
        "given_by": {"role": "client", "name": "Testi Esimerkki"},
        "manner": "written",
        "source_id": "lupa-1",
    } | changes


async def permit(world: TenantFixture, agreement: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = await world.provider_a.post("/v1/permissions", permission_entry(world, agreement, **changes))
    assert answer.status_code == 201, answer.text
    permission: dict[str, Any] = answer.json()
    return permission
