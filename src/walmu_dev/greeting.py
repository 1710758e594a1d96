"""What `make run` says when everything is up: where things are, and the first three requests to try."""

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from walmu_dev.settings import DevSettings

# A second terminal needs the same values to make a token that the running API accepts. No secrets among them.
_SHARED = ("WALMU_DATA_DIR", "WALMU_KEYRING", "WALMU_HOST", "WALMU_PORT", "WALMU_PUBLIC_URL")


@dataclass(frozen=True)
class Greeting:
    """What the seed made and the newcomer's first request can use."""

    agreement_id: str
    day: str  # ISO date on which that agreement has no attendance yet


def greeting(
    settings: DevSettings, seeded: Greeting | None, environment: Mapping[str, str] = os.environ
) -> str:
    api = settings.api_url
    chosen = [f"{name}={shlex.quote(environment[name])} " for name in _SHARED if name in environment]
    lines = [
        "",
        f"API             {api}",
        f"Documentation   {api}/docs",
        f"Record system   {settings.simulator_url} (simulator)",
        f"Data            {settings.data_dir}",
        "",
        "In another terminal, as a provider of work-activity services:",
        "",
        f"TOKEN=$({''.join(chosen)}.venv/bin/walmu-api token --as provider-a)",
        _curl(f"{api}/v1/whoami"),
        _curl(f"{api}/v1/agreements?limit=1"),
    ]
    if seeded:
        body = '{"status":"present","actual_minutes":240}'
        put = f"-X PUT -H 'Content-Type: application/json' -d '{body}' "
        lines.append(_curl(f"{api}/v1/agreements/{seeded.agreement_id}/attendance/{seeded.day}", put))
    return "\n".join([*lines, "", "Ctrl-C stops everything; the data stays.", ""])


def _curl(url: str, options: str = "") -> str:
    return f"""curl -s {options}-H "Authorization: Bearer $TOKEN" '{url}'"""
