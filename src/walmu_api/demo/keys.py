"""The demo's connected systems and their private keys. Only the demo keeps both halves on one machine."""

import json
import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

SYSTEMS = (
    "organiser-a", "organiser-b", "provider-a", "provider-b", "provider-c", "provider-d", "workplace-a", "workplace-b",
    "workplace-c", "ehr-a", "auditor-a",
)  # fmt: skip


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
    from jose import jwk  # noqa: PLC0415 - only at the very first start

    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = {
        k: v.decode() if isinstance(v, bytes) else v
        for k, v in jwk.construct(pem, "ES256").public_key().to_dict().items()
    }
    return {"kid": f"{name}-1", "pem": pem, "jwk": {**public, "kid": f"{name}-1", "use": "sig", "alg": "ES256"}}
