"""A simulator in this process with the control plane open, and bodies as the wire's page has them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from tests import instant

from walmu_dev.settings import DevSettings, read_dev_settings
from walmu_dev.simulator.server import create_simulator

KEY = "a-test-key"


def identity_code(day: str = "010190", number: int = 900, separator: str = "-") -> str:
    return f"{day}{separator}{number}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(f'{day}{number}') % 31]}"


def visit(external_id: str = "visit-1", **changes: Any) -> dict[str, Any]:
    return {
        "ExternalId": external_id,
        "ReportingSystem": "walmu",
        "ExternalVersion": 1,
        "DecisionId": None,
        "Person": {"PersonId": identity_code(), "ExternalId": "client-1"},
        "Provider": {"BusinessId": None, "ExternalId": "provider-1", "Name": None},
        "Date": "2026-03-02T00:00:00",
        "Status": "Completed",
        "CancelledReason": None,
        "PlannedMinutes": 240,
        "ActualMinutes": 235,
    } | changes


def proposal(external_id: str = "decision-1", **changes: Any) -> dict[str, Any]:
    return {
        "ExternalId": external_id,
        "Person": {
            "PersonId": identity_code(),
            "ExternalId": "client-1",
            "FamilyName": "Esimerkki",
            "GivenNames": "Testi",
            "ProtectedRegistration": True,
        },
        "LegalBases": ["SHL_710_1982_27E"],
        "ServiceTask": {"Code": "20", "Text": "Vammaispalvelut"},
        "Service": {"Code": "55", "Text": "Vammaisten henkilöiden työtoiminta"},
        "ServiceKind": "work_activity",
        "FromDate": "2026-03-01T00:00:00",
        "ToDate": "2026-12-31T00:00:00",
        "Day": 3,
        "DayType": "week",
        "Amount": "6.00",
        "AmountType": "day",
        "Travel": {"Arrangement": "taxi", "Note": None},
        "Place": "Esimerkkipaja",
        "Provider": {"BusinessId": "1234567-1", "ExternalId": "provider-1", "Name": "Paja Oy"},
        "Reason": None,
    } | changes


class Simulator:
    """What the tests do with it, in short words."""

    identity_code = staticmethod(identity_code)
    visit = staticmethod(visit)
    proposal = staticmethod(proposal)

    def __init__(self, app: FastAPI) -> None:
        base, key = "http://ehr/lifecare/ec/api/v1", {"X-API-Key": KEY}
        transport = httpx.ASGITransport(app)
        self.app = app
        self.ehr = httpx.AsyncClient(transport=transport, base_url=base, headers=key)
        self.sim = httpx.AsyncClient(transport=transport, base_url="http://ehr")

    async def close(self) -> None:
        await self.ehr.aclose()
        await self.sim.aclose()
        self.app.state.store.close()

    async def act(self, action: str, **decision: Any) -> httpx.Response:
        return await self.sim.post("/__sim/decisions", json={"action": action, "decision": decision})

    async def decided(self, **decision: Any) -> dict[str, Any]:
        answer = await self.act("create", **{"client_id": "client-1", "provider_id": "provider-1"} | decision)
        assert answer.status_code == 201, answer.text
        created: dict[str, Any] = answer.json()
        return created

    async def items(self, path: str, **params: Any) -> list[dict[str, Any]]:
        client = self.sim if path.startswith("/__sim") else self.ehr
        answer = await client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        (found,) = answer.json().values()
        assert isinstance(found, list)
        return found

    async def faults(self, *faults: dict[str, Any]) -> None:
        assert (await self.sim.post("/__sim/faults", json={"faults": faults})).status_code == 200


def settings_in(folder: Path, control: str = "1") -> DevSettings:
    environment = {"WALMU_DATA_DIR": str(folder), "WALMU_EHR_API_KEY": KEY, "WALMU_SIM_CONTROL": control}
    settings = read_dev_settings(environment)
    instant.set_clock_of(settings)
    return settings


@pytest.fixture
async def simulator(tmp_path: Path) -> AsyncIterator[Simulator]:
    running = Simulator(create_simulator(settings_in(tmp_path)))
    yield running
    await running.close()


@pytest.fixture
async def closed_simulator(tmp_path: Path) -> AsyncIterator[Simulator]:
    """One without the control plane."""
    running = Simulator(create_simulator(settings_in(tmp_path, control="0")))
    yield running
    await running.close()


@pytest.fixture
def simulator_bodies() -> tuple[dict[str, Any], dict[str, Any]]:
    """A visit and a proposal, for tests that talk to a process of its own."""
    return visit(), proposal()
