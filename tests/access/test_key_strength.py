"""How strong a key is, is in its numbers and not in the length of their text; and its name does not hang on how it was written.

The thumbprint of RFC 7638 is compared with the example of that RFC and with a library that is not ours."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc.jwk import ECKey, RSAKey
from tests.access.assertions import b64

from walmu_api.access.key_strength import thumbprint
from walmu_api.access.tokens import Key

RFC_7638 = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
    "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n9"
    "1CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "e": "AQAB",
    "kid": "k",
}


def plain(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def number(value: int, size: int | None = None) -> str:
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8))


def rsa_of(bits: int, e: int = 65537) -> dict[str, Any]:
    made = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key().public_numbers()
    return {"kty": "RSA", "kid": "k", "n": number(made.n), "e": number(e)}


WEAK = rsa_of(1024)
STRONG = rsa_of(2048)
P256 = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
P384 = ec.generate_private_key(ec.SECP384R1()).public_key().public_numbers()
MODULUS = int.from_bytes(plain(STRONG["n"]))
EC_256 = {"kty": "EC", "crv": "P-256", "kid": "k", "x": number(P256.x, 32), "y": number(P256.y, 32)}
EC_384 = {"kty": "EC", "crv": "P-384", "kid": "k", "x": number(P384.x, 48), "y": number(P384.y, 48)}


@pytest.mark.parametrize("jwk", [STRONG, rsa_of(3072), RFC_7638, EC_256, EC_384])
def test_a_strong_key_is_taken(jwk: dict[str, Any]) -> None:
    assert Key(jwk).kid == "k"


BAD: dict[str, dict[str, Any]] = {
    "1024 bits": WEAK,
    "1024 bits behind zeros": WEAK | {"n": b64(b"\0" * 200 + plain(WEAK["n"]))},
    "2047 bits": STRONG | {"n": number(MODULUS >> 1 | 1)},
    "an even modulus": STRONG | {"n": number(MODULUS - 1)},
    "e is 3": STRONG | {"e": number(3)},
    "e is 65535": STRONG | {"e": number(65535)},
    "e is 1": STRONG | {"e": number(1)},
    "e is even": STRONG | {"e": number(65538)},
    "e is as long as the modulus": STRONG | {"e": number(MODULUS - 2)},
    "e of 65537 behind nothing": STRONG | {"e": ""},
    "no modulus": {name: value for name, value in STRONG.items() if name != "n"},
    "a point beside the curve": EC_256 | {"y": number(P256.y ^ 1, 32)},
    "a point of the other curve": EC_384 | {"crv": "P-256"},
    "the point at nought": EC_256 | {"x": number(0, 32), "y": number(0, 32)},
    "a coordinate beyond the field": EC_256 | {"x": b64(b"\xff" * 32)},
    "no y": {name: value for name, value in EC_256.items() if name != "y"},
    "text that is no base64": STRONG | {"n": "A"},
}


@pytest.mark.parametrize("name", BAD)
def test_a_weak_or_broken_key_is_refused(name: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        Key(BAD[name])


def test_the_thumbprint_is_that_of_the_rfc() -> None:
    assert thumbprint(RFC_7638) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_the_thumbprint_is_that_of_another_library() -> None:
    for jwk, kind in ((STRONG, RSAKey), (EC_256, ECKey), (EC_384, ECKey)):
        public = {name: value for name, value in jwk.items() if name != "kid"}
        assert thumbprint(jwk) == kind.import_key(public).thumbprint()


def test_a_key_has_one_name_however_it_is_written() -> None:
    behind_zeros = RFC_7638 | {
        "n": b64(b"\0\0" + plain(RFC_7638["n"])),
        "e": b64(b"\0\1\0\1"),
        "kid": "other",
        "use": "sig",
    }
    assert thumbprint(behind_zeros) == thumbprint(RFC_7638)
    assert thumbprint(EC_256 | {"x": b64(b"\0" + P256.x.to_bytes(32))}) == thumbprint(EC_256)
