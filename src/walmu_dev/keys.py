"""The demo's connected systems and their private keys. Only the demo keeps both halves on one machine."""

import json
import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from walmu_api.access.tokens import public_jwk
from walmu_api.foundation.encryption import SigningKey

SYSTEMS = (
    "organiser-a",
    "organiser-b",
    "provider-a",
    "provider-b",
    "provider-c",
    "provider-d",
    "workplace-a",
    "workplace-b",
    "workplace-c",
    "ehr-a",
    "auditor-a",
)


def demo_keys(data_dir: Path) -> dict[str, dict[str, Any]]:
    """For each system `{"kid", "pem", "jwk"}`; made at the first call, readable by their owner only."""
    path = data_dir / "demo-keys.json"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({name: _new_key(name) for name in SYSTEMS}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    loaded: dict[str, dict[str, Any]] = json.loads(path.read_text())
    return loaded


def _new_key(name: str) -> dict[str, Any]:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    kid = f"{name}-1"
    return {"kid": kid, "pem": pem, "jwk": public_jwk(SigningKey(kid, pem))}
