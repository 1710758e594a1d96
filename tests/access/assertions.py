"""Tokens and assertions as careless or hostile senders would make them: built by hand, signed by a library of its own."""

import base64
import json
import time
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from tests.conftest import SIGNING


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def segment(content: Any) -> str:
    return b64(content if isinstance(content, bytes) else json.dumps(content).encode())


def es256(signed: str, pem: str) -> bytes:
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def hs256(signed: str, secret: bytes) -> bytes:
    created = hmac.HMAC(secret, hashes.SHA256())
    created.update(signed.encode())
    return created.finalize()


def token(header: Any, claims: Any, pem: str = SIGNING.pem, signature: bytes | None = None) -> str:
    """A compact JWS with a valid ES256 signature over whatever is in it, or the signature given."""
    signed = f"{segment(header)}.{segment(claims)}"
    return f"{signed}.{b64(es256(signed, pem) if signature is None else signature)}"


def now() -> int:
    return int(time.time())
