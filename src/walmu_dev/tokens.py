"""Tokens for the running demo, got as any connected system gets them: with a signed assertion over HTTP."""

import httpx

from walmu_api.access.tokens import assertion
from walmu_dev.errors import DemoError
from walmu_dev.keys import SYSTEMS, demo_keys
from walmu_dev.settings import DevSettings

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def fetch(settings: DevSettings, name: str) -> str:
    """A bare access token for one of the demo's systems."""
    if name not in SYSTEMS:
        raise DemoError(f"There is no system {name} in the demo: {', '.join(SYSTEMS)}.")
    if not (settings.data_dir / "demo-keys.json").exists():
        raise DemoError(f"There is no demo in {settings.data_dir}: start it with `make run`.")
    key = demo_keys(settings.data_dir)[name]
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": JWT_BEARER,
        "client_assertion": assertion(name, settings.api.public_url, key["pem"], key["kid"]),
    }
    try:
        answer = httpx.post(f"{settings.api_url}/oauth2/token", data=form, timeout=10)
    except httpx.HTTPError:
        raise DemoError("The API does not answer: is the demo running (`make run`)?") from None
    if answer.status_code != 200:
        raise DemoError(f"The API gave no token ({answer.status_code}): is this the demo that runs?")
    return str(answer.json()["access_token"])
