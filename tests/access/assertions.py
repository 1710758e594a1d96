"""Tokens and assertions as careless or hostile senders would make them: built by hand, signed by a library of its own."""

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import ECKey
from tests.conftest import SIGNING

from walmu_api.foundation.encryption import _new_signing_key


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


@dataclass
class NewKey:
    """A key pair that no system has yet, and the proofs that its holder can make."""

    kid: str = field(default_factory=lambda: secrets.token_hex(4))
    pem: str = field(default_factory=lambda: _new_signing_key()["pem"])

    @property
    def public(self) -> dict[str, Any]:
        return {**ECKey.import_key(self.pem).as_dict(private=False), "kid": self.kid}

    def proof(self, *, pem: str = "", head: dict[str, Any] | None = None, **changes: Any) -> str:
        """As the documentation asks for it; `changes` of its claims, `...` to leave one out."""
        claims = {"aud": "http://walmu.test", "iat": now(), "exp": now() + 240, "jti": secrets.token_hex(8)}
        header = {"alg": "ES256", "kid": self.kid, "typ": "key-proof+jwt"}
        return token(_without_gaps(header | (head or {})), _without_gaps(claims | changes), pem or self.pem)


def _without_gaps(of: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in of.items() if value is not ...}


def with_keys(*keys: NewKey, proven: tuple[NewKey, ...] | None = None) -> dict[str, Any]:
    """The members of a registration that say and prove keys: all of them, unless `proven` says which."""
    return {
        "jwks": {"keys": [key.public for key in keys]},
        "proofs": [key.proof() for key in (keys if proven is None else proven)],
    }
