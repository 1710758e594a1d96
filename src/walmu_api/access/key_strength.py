"""What a public key is, by its numbers: whether it is strong enough, and its name (RFC 7638).

Numbers count, never the length of their text: a modulus of 1,024 bits behind zeros is as long as a good one. For the
same reason a key is named by its numbers written the one way RFC 7518 has for them, so that it cannot pass as another."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

LEAST_MODULUS = 2048
LEAST_EXPONENT = 65537
LONGEST_EXPONENT = 64
"""In bits. No library makes a longer one, and checking a signature takes time in proportion."""
COORDINATE = {"P-256": 32, "P-384": 48}
"""How many bytes a coordinate has."""


def check(jwk: Mapping[str, Any]) -> None:
    """ValueError (or KeyError) for an RSA key that is too weak or cannot be one, and for half an EC key. That a point
    is on its curve is checked by the library that makes the key."""
    numbers = _numbers(jwk)
    if jwk["kty"] != "RSA":
        if any(_length(value) > COORDINATE[jwk["crv"]] for value in numbers.values()):
            raise ValueError("a coordinate is a number of its field")
        return
    modulus, exponent = numbers["n"], numbers["e"]
    if modulus.bit_length() < LEAST_MODULUS or modulus % 2 == 0:
        raise ValueError("the modulus of an RSA key is odd and has at least 2048 bits")
    if exponent < LEAST_EXPONENT or exponent.bit_length() > LONGEST_EXPONENT or exponent % 2 == 0:
        raise ValueError("the exponent of an RSA key is odd, and 65537 or a little more")


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """The name of a key, whatever `kid` somebody gave it: the SHA-256 of its numbers (RFC 7638)."""
    numbers = _numbers(jwk)
    size = COORDINATE.get(jwk.get("crv", ""))
    plain = {name: _text(value.to_bytes(size or _length(value))) for name, value in numbers.items()}
    plain |= {"kty": jwk["kty"]} | ({"crv": jwk["crv"]} if size else {})
    text = json.dumps(plain, separators=(",", ":"), sort_keys=True)
    return _text(hashlib.sha256(text.encode()).digest())


def secret_name(jwk: Mapping[str, Any]) -> str:
    """The name of the private half. Who has one for a modulus has it for every exponent, and who has one for a point has it
    for the mirrored one: these are one key to whoever holds it."""
    numbers = _numbers(jwk)
    kind, number = ("RSA", numbers["n"]) if jwk["kty"] == "RSA" else (jwk["crv"], numbers["x"])
    return _text(hashlib.sha256(kind.encode() + number.to_bytes(_length(number))).digest())


def _numbers(jwk: Mapping[str, Any]) -> dict[str, int]:
    names = ("n", "e") if jwk["kty"] == "RSA" else ("x", "y")
    return {name: _number(jwk[name]) for name in names}


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def _length(number: int) -> int:
    return max(1, (number.bit_length() + 7) // 8)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
