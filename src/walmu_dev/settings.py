"""The product's settings and, beside them, those of the simulated record system."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from walmu_api.settings import Settings, read_integer, read_settings


@dataclass(frozen=True)
class SimulatorSettings:
    port: int  # WALMU_EHR_PORT
    control: bool  # WALMU_SIM_CONTROL=1 opens /__sim
    api_key: str = "walmu-demo-key"  # WALMU_EHR_API_KEY: what the record system expects in X-API-Key


@dataclass(frozen=True, kw_only=True)
class DevSettings(Settings):
    simulator: SimulatorSettings

    @property
    def seeding_file(self) -> Path:
        """There while the example data is being made."""
        return self.data_dir / "seeding"

    @property
    def api_url(self) -> str:
        """How this machine reaches the API."""
        return local_url(self.api.host, self.api.port)

    @property
    def simulator_url(self) -> str:
        return local_url("127.0.0.1", self.simulator.port)


def read_dev_settings(environment: Mapping[str, str] | None = None) -> DevSettings:
    env = os.environ if environment is None else environment
    product = read_settings(env)
    return DevSettings(
        **{field.name: getattr(product, field.name) for field in fields(product)},
        simulator=SimulatorSettings(
            port=read_integer(env, "WALMU_EHR_PORT", 8081, least=1, most=65535),
            control=env.get("WALMU_SIM_CONTROL") == "1",
            api_key=env.get("WALMU_EHR_API_KEY") or "walmu-demo-key",
        ),
    )


def local_url(host: str, port: int) -> str:
    """How this machine reaches a server that listens on `host`."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- compared, not bound
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"
