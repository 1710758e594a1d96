"""Encrypted columns and the blind index; the keyring behind them.

A value is AES-256-GCM under a key named by its id, bound to table, column, tenant and row: a ciphertext moved
elsewhere does not open. The blind index is a keyed hash per tenant, for equality only. The keyring is one
JSON file; losing it loses the identity codes, so back it up apart from the database."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


class KeyringError(Exception):
    """The keyring cannot be read, or lacks a key that stored data needs."""


@dataclass(frozen=True)
class SigningKey:
    kid: str
    pem: str


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _new_signing_key() -> dict[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {"kid": secrets.token_hex(8), "pem": pem}


def new_signing_key() -> SigningKey:
    """A private key of the kind that everybody signs with here (ES256)."""
    return SigningKey(**_new_signing_key())


class Keyring:
    """The secrets of one installation. Formats: see `create`."""

    def __init__(self, content: dict[str, Any]) -> None:
        try:
            self._data = {kid: base64.b64decode(key) for kid, key in content["data"]["keys"].items()}
            self._primary: str = content["data"]["primary"]
            self._index = base64.b64decode(content["index"])
            self.signing = [SigningKey(**key) for key in content["signing"]]
        except (KeyError, TypeError, ValueError) as error:
            raise KeyringError(f"The keyring is not well formed: {type(error).__name__}.") from None
        if self._primary not in self._data or not self.signing:
            raise KeyringError("The keyring names a primary key that it does not hold, or no signing key.")
        self._ciphers = {kid: AESGCM(key) for kid, key in self._data.items()}

    @classmethod
    def create(cls, path: Path) -> "Keyring":
        """Make a new keyring, readable by its owner only. An existing one is never overwritten."""
        kid = secrets.token_hex(4)
        content = {
            "data": {"primary": kid, "keys": {kid: _b64(AESGCM.generate_key(256))}},
            "index": _b64(secrets.token_bytes(32)),
            "signing": [_new_signing_key()],
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        finally:
            draft.unlink()
        return cls(content)

    @classmethod
    def read(cls, path: Path) -> "Keyring":
        try:
            return cls(json.loads(path.read_text()))
        except FileNotFoundError:
            raise KeyringError(
                f"There is no keyring at {path}: make one with `walmu-api keys create`."
            ) from None
        except (OSError, ValueError):
            raise KeyringError(f"The keyring at {path} cannot be read.") from None

    @staticmethod
    def _bound_to(place: str, organiser_id: UUID, row_id: UUID, kid: str) -> bytes:
        return f"{place}|{organiser_id}|{row_id}|{kid}".encode()

    def encrypt(self, text: bytes, place: str, organiser_id: UUID, row_id: UUID) -> bytes:
        """`place` is table and column. Layout: version 1, length of the key id, key id, nonce (12),
        ciphertext with tag."""
        kid, nonce = self._primary, os.urandom(12)
        sealed = self._ciphers[kid].encrypt(nonce, text, self._bound_to(place, organiser_id, row_id, kid))
        return bytes([1, len(kid)]) + kid.encode() + nonce + sealed

    def decrypt(self, sealed: bytes, place: str, organiser_id: UUID, row_id: UUID) -> bytes:
        end = 2 + sealed[1]
        kid = sealed[2:end].decode()
        if kid not in self._ciphers:
            raise KeyringError(f"The keyring lacks the key {kid}, which stored data needs.")
        try:
            return self._ciphers[kid].decrypt(
                sealed[end : end + 12], sealed[end + 12 :], self._bound_to(place, organiser_id, row_id, kid)
            )
        except InvalidTag:
            raise KeyringError(f"A value of {place} does not belong to its row or was altered.") from None

    def blind_index(self, organiser_id: UUID, purpose: str, text: str) -> bytes:
        """Equal values of one tenant have equal indexes; nothing else can be told from it without the key."""
        tenant_key = hmac.digest(self._index, organiser_id.bytes, hashlib.sha256)
        return hmac.digest(tenant_key, f"{purpose}\0{text}".encode(), hashlib.sha256)[:16]
