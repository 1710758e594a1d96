"""Who may register whom: the table of the law on audiences, cell by cell. Expected values are the table's, not the code's."""

from itertools import product
from uuid import UUID

import pytest

from walmu_api.access.connected_systems.rules import (
    COMMAND_LINE,
    Registrar,
    Target,
    check_registration,
    may_change,
    may_revoke,
)
from walmu_api.access.scopes import ROLES as RIGHTS

ROLES = ("organiser", "ehr", "provider", "workplace", "auditor", "operator")
KINDS = ("organiser", "provider", "workplace")
COUNTY, OWN, OTHER, OWN_PLACE, OTHER_PLACE = (UUID(int=number) for number in range(1, 6))
OF_THE_COUNTY = {"organiser", "ehr", "auditor", "operator"}
"""Roles of the organiser itself: its systems, its record system, its auditor, its operator."""

GIVES = {
    "organiser": {"organiser", "ehr", "provider", "workplace", "operator"},
    "provider": {"provider", "workplace"},
    "operator": set(),
    "auditor": set(),
    "workplace": set(),
    "ehr": set(),
}
"""The table: which roles each registrar may give. Workplace and record system are no registrars."""


def agrees(kind: str, role: str) -> bool:
    return role == kind or (kind == "organiser" and role in OF_THE_COUNTY)


def refused(registrar: Registrar, target: Target) -> set[str]:
    return {finding.pointer for finding in check_registration(registrar, target)}


@pytest.mark.parametrize("registrar", ROLES)
def test_who_gives_which_role(registrar: str) -> None:
    for role, kind in product(ROLES, KINDS):
        ours = Registrar(registrar, OWN)
        allowed = role in GIVES[registrar] and agrees(kind, role)
        assert (refused(ours, Target(role, OWN, kind)) == set()) == allowed, (role, kind)


def test_the_role_that_is_not_to_be_given_is_named() -> None:
    assert refused(Registrar("organiser", COUNTY), Target("auditor", COUNTY, "organiser")) == {"/role"}
    own = refused(Registrar("provider", OWN), Target("organiser", OWN, "provider"))
    assert own == {"/role", "/organisation_id"}, "and the role is none of a provider's organisation"
    assert refused(Registrar("provider", OWN), Target("organiser", COUNTY, "organiser")) == {
        "/role",
        "/organisation_id",
    }


@pytest.mark.parametrize("role", sorted(GIVES["organiser"]))
def test_the_organiser_registers_for_whoever_is_of_the_roles_kind(role: str) -> None:
    for kind in KINDS:
        target = Target(role, OTHER, kind)
        assert refused(Registrar("organiser", COUNTY), target) == (
            set() if agrees(kind, role) else {"/organisation_id"}
        )


@pytest.mark.parametrize(
    ("organisation", "role", "kind", "allowed"),
    [
        (OWN, "provider", "provider", True),
        (OTHER, "provider", "provider", False),
        (OWN_PLACE, "workplace", "workplace", True),
        (OTHER_PLACE, "workplace", "workplace", False),
    ],
)
def test_a_provider_registers_for_itself_and_the_workplaces_it_was_given(
    organisation: UUID, role: str, kind: str, allowed: bool
) -> None:
    registrar = Registrar("provider", OWN, frozenset({OWN_PLACE}))
    found = refused(registrar, Target(role, organisation, kind))
    assert found == (set() if allowed else {"/organisation_id"})
    without = refused(Registrar("provider", OWN), Target(role, organisation, kind))
    assert (without == set()) == (organisation == OWN), (
        "by default no workplace is a provider's to register for"
    )


def test_what_only_the_command_line_gives() -> None:
    given = {
        role
        for role, kind in product(ROLES, KINDS)
        if not check_registration(COMMAND_LINE, Target(role, COUNTY, kind))
    }
    assert given == {"organiser", "auditor", "ehr"}


@pytest.mark.parametrize("registrar", ROLES)
def test_who_changes_is_who_gives(registrar: str) -> None:
    assert {role for role in ROLES if may_change(registrar, role)} == GIVES[registrar]


@pytest.mark.parametrize("registrar", ROLES)
def test_who_revokes_is_who_gives_and_the_operator(registrar: str) -> None:
    """The auditor stands outside the organiser's rights: an operator, whom the organiser makes, cannot end it."""
    expected = set(ROLES) - {"auditor"} if registrar == "operator" else GIVES[registrar]
    assert {role for role in ROLES if may_revoke(registrar, role)} == expected


@pytest.mark.parametrize("role", ROLES)
def test_rights_are_held_by_whoever_the_table_names(role: str) -> None:
    held = {str(scope) for scope in RIGHTS[role] if str(scope).startswith(("connected-system", "delegated"))}
    assert held == {
        "organiser": {
            "connected-systems:read",
            "connected-systems:write",
            "connected-system-confirmations:write",
            "connected-system-revocations:write",
            "delegated-workplaces:read",
            "delegated-workplaces:write",
        },
        "provider": {
            "connected-systems:read",
            "connected-systems:write",
            "connected-system-revocations:write",
            "delegated-workplaces:read",
        },
        "operator": {"connected-systems:read", "connected-system-revocations:write"},
    }.get(role, set())
