"""Tokens: issued and verified here, and nowhere else is python-jose imported.

python-jose is at its end of life. It checks signatures; everything it is lax about is checked here first:
sizes, alphabet, header members, the one key that `kid` names, types and times of the claims. Every refusal is
one and the same problem; the reason goes to the log as a code. To replace the library, change the four places
that use it: `Key`, `_signature_holds`, `_sign`, `public_jwk`. `tests/access/test_second_reader.py` reads all
with another one.

ADR 8."""

import base64
import hashlib
import json
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

import structlog
from jose import jwk as jose_jwk
from jose import jws as jose_jws

from walmu_api.access import key_strength
from walmu_api.foundation.encryption import SigningKey
from walmu_api.foundation.problems import Problem, ProblemType

INVALID_TOKEN = ProblemType("invalid-token", 401)
INVALID_CLIENT = ProblemType("invalid-client", 401)
log = structlog.get_logger()
_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")
MAX_TOKEN = 4096
LEEWAY = 10
EXPIRED, NO_TOKEN = "expired", "no-token"
ACCESS_TYPE = "at+jwt"
PROOF_TYPE = "key-proof+jwt"
"""A type of its own, so that a proof of possession is no client assertion and an assertion no proof."""
ASSERTION_ALGORITHMS = {"ES256": "P-256", "ES384": "P-384", "RS384": "RSA"}


class TokenError(Exception):
    """Why a token is refused: a code for the log, never for the answer."""


@dataclass(frozen=True)
class Expected:
    """What a token of one kind must be."""

    algorithms: frozenset[str]
    types: frozenset[str | None]
    audiences: frozenset[str]
    longest_life: int
    required: frozenset[str]


def _plain_json(segment: str, limit: int) -> dict[str, Any]:
    if len(segment) > limit:
        raise TokenError("too-long")
    raw = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != segment:
        raise TokenError("alphabet")
    text = raw.decode("utf-8")
    if sum(text.count(c) for c in "[{") > 8:
        raise TokenError("nesting")
    value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_no_constant)
    if not isinstance(value, dict):
        raise TokenError("not-an-object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise TokenError("duplicate-member")
    return dict(pairs)


def _no_constant(_text: str) -> NoReturn:
    raise TokenError("number")


def _header(segment: str, expected: Expected) -> tuple[str, str]:
    header = _plain_json(segment, 1024)
    if set(header) - {"alg", "kid", "typ"}:
        raise TokenError("header-member")
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in expected.algorithms:
        raise TokenError("algorithm")
    if header.get("typ") not in expected.types:
        raise TokenError("type")
    if not isinstance(kid, str) or not 0 < len(kid) <= 128:
        raise TokenError("kid")
    return algorithm, kid


def _check_text(claims: Mapping[str, Any], name: str) -> None:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= (2000 if name == "scope" else 256):
        raise TokenError(f"claim-{name}")


def _check_claims(claims: dict[str, Any], expected: Expected, now: float) -> None:
    for name in expected.required:
        if name not in {"exp", "iat", "nbf"}:
            _check_text(claims, name)
    _check_times(claims, expected, now)
    audience = claims.get("aud")
    if isinstance(audience, list) and len(audience) == 1:  # RFC 7519, 4.1.3: a list is the usual form
        (audience,) = audience
    if not isinstance(audience, str) or audience not in expected.audiences:
        raise TokenError("audience")


def _check_times(claims: dict[str, Any], expected: Expected, now: float) -> None:
    times = {name: claims[name] for name in ("exp", "iat", "nbf") if name in claims}
    if "exp" not in times or ("iat" in expected.required and "iat" not in times):
        raise TokenError("times-missing")
    for name, value in times.items():
        if type(value) is not int or not 1_577_836_800 <= value < 4_102_444_800:
            raise TokenError(f"claim-{name}")
    issued = times.get("iat", int(now))
    if times["exp"] <= now - LEEWAY:
        raise TokenError(EXPIRED)
    if max(issued, times.get("nbf", 0)) > now + LEEWAY:
        raise TokenError("not-yet")
    if times["exp"] - issued > expected.longest_life or times["exp"] > now + expected.longest_life + LEEWAY:
        raise TokenError("lives-too-long")


class Key:
    """One public key, made once. `jwk` is checked: kind, curve, strength, use and algorithm."""

    def __init__(self, jwk: Mapping[str, Any]) -> None:
        self.kid: str = jwk["kid"]
        family = {"EC": jwk.get("crv"), "RSA": "RSA"}.get(jwk.get("kty", ""))
        algorithms = [name for name, needs in ASSERTION_ALGORITHMS.items() if needs == family]
        if not algorithms or jwk.get("use", "sig") != "sig" or jwk.get("alg", algorithms[0]) != algorithms[0]:
            raise ValueError("not a signing key of a kind that is accepted")
        self.algorithm = algorithms[0]
        public = {name: jwk[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk}
        key_strength.check(public)
        self.thumbprint = key_strength.thumbprint(public)
        self.secret_name = key_strength.secret_name(public)
        self.constructed = jose_jwk.construct(public, self.algorithm)


def named(kid: object, jwks: Iterable[Mapping[str, Any]]) -> Key | None:
    """The key of this `kid`, if it may be signed with: not one that was taken when less was asked of keys."""
    with suppress(Exception):  # whatever the library says of a key, it is not usable
        return next((Key(jwk) for jwk in jwks if jwk["kid"] == kid), None)
    return None


def _signature_holds(signed: str, signature: str, key: Key) -> bool:
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != signature:
        return False
    return bool(key.constructed.verify(signed.encode(), raw))


def _sign(claims: dict[str, Any], pem: str, kid: str, algorithm: str, kind: str) -> str:
    return str(jose_jws.sign(claims, pem, headers={"kid": kid, "typ": kind}, algorithm=algorithm))


def peek(token: str, part: int = 1) -> dict[str, Any]:
    """The claims of a token (or part 0, its header) before its signature is checked: only to find the key to check
    it with."""
    try:
        if len(token) > MAX_TOKEN or token.count(".") != 2:
            raise TokenError("shape")
        return _plain_json(token.split(".")[part], 3072)
    except TokenError:
        raise
    except Exception as error:
        raise TokenError("unreadable") from error


def verify(token: str, keys: Mapping[str, Key], expected: Expected, now: float) -> dict[str, Any]:
    """The claims of a good token; TokenError for every other, whatever it holds."""
    try:
        parts = token.split(".") if len(token) <= MAX_TOKEN else []
        if len(parts) != 3 or not all(_SEGMENT.fullmatch(part) for part in parts):
            raise TokenError("shape")
        algorithm, kid = _header(parts[0], expected)
        key = keys.get(kid)
        if key is None or key.algorithm != algorithm:
            raise TokenError("key")
        claims = _plain_json(parts[1], 3072)
        if not _signature_holds(f"{parts[0]}.{parts[1]}", parts[2], key):
            raise TokenError("signature")
        _check_claims(claims, expected, now)
        if (
            "cnf" in claims
        ):  # bound to a key of the sender: no bearer token, and no proof of the key is asked for here
            raise TokenError("bound")
    except TokenError:
        raise
    except Exception as error:  # the library raises outside its own family on hostile input
        raise TokenError("unreadable") from error
    return claims


def refuse(kind: ProblemType, error: TokenError, challenge: str) -> Problem:
    """The refusal, and in the log why. What callers are told of the reason is in `challenge`."""
    log.info("token refused", reason=str(error))
    return kind().with_headers(WWW_Authenticate=challenge)


def challenge_for(error: TokenError) -> str:
    """RFC 6750, 3.1. A token that this service signed and whose time is over is told apart, so that its owner knows to
    fetch another one; of every other bad token nothing is told, and without a token there is no error to name."""
    reason = str(error)
    if reason == NO_TOKEN:
        return "Bearer"
    expired = ', error_description="expired"' if reason == EXPIRED else ""
    return f'Bearer error="invalid_token"{expired}'


class Tokens:
    """Issues and verifies this service's access tokens (ES256, `at+jwt`, RFC 9068; five minutes)."""

    LIFE = 300
    _CACHED = 4096

    def __init__(self, issuer: str, signing: list[SigningKey]) -> None:
        self.issuer = issuer
        self._signing = signing[0]
        self.public = [public_jwk(key) for key in signing]
        self._keys = {jwk["kid"]: Key(jwk) for jwk in self.public}
        self._expected = Expected(
            algorithms=frozenset({"ES256"}),
            types=frozenset({ACCESS_TYPE}),
            audiences=frozenset({issuer}),
            longest_life=self.LIFE,
            required=frozenset({"iss", "sub", "client_id", "client_key", "iat", "exp", "jti", "scope"}),
        )
        self._verified: dict[bytes, dict[str, Any]] = {}

    def issue(
        self, client_id: str, key: str, scopes: list[str], act: Mapping[str, Any] | None, *, now: float
    ) -> str:
        """A token for the system that has this client id and this key, named by its thumbprint: when the key is
        removed the token ends."""
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.issuer,
            "sub": client_id,
            "client_id": client_id,
            "client_key": key,
            "iat": int(now),
            "exp": int(now) + self.LIFE,
            "jti": secrets.token_urlsafe(16),
            "scope": " ".join(scopes),
        }
        if act:
            claims["act"] = dict(act)
        return _sign(claims, self._signing.pem, self._signing.kid, "ES256", ACCESS_TYPE)

    def verify(self, token: str) -> dict[str, Any]:
        """A token's signature and what it says are checked once; its times are checked at every use."""
        now = time.time()
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        if (claims := self._verified.get(digest)) is not None:
            _check_times(claims, self._expected, now)
            return claims
        claims = verify(token, self._keys, self._expected, now)
        if claims["iss"] != self.issuer or claims["sub"] != claims["client_id"]:
            raise TokenError("issuer")
        if len(self._verified) >= self._CACHED:
            self._verified.clear()
        self._verified[digest] = claims
        return claims


def public_jwk(key: SigningKey) -> dict[str, str]:
    """The public half of a signing key, as it is published."""
    created = jose_jwk.construct(key.pem, "ES256").public_key().to_dict()
    plain = {name: value.decode() if isinstance(value, bytes) else value for name, value in created.items()}
    return {**plain, "kid": key.kid, "use": "sig", "alg": "ES256"}


def assertion(client_id: str, audience: str, pem: str, kid: str, act: Mapping[str, Any] | None = None) -> str:
    """A client assertion (RFC 7523) as a connected system makes it; used by the CLI, the story and the tests."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": now,
        "exp": now + 240,
        "jti": secrets.token_urlsafe(16),
    }
    if act:
        claims["act"] = dict(act)
    return _sign(claims, pem, kid, "ES256", "JWT")


def key_proof(audience: str, pem: str, kid: str) -> str:
    """A proof that whoever sends a new key holds its private half, as a connected system makes it."""
    now = int(time.time())
    claims = {"aud": audience, "iat": now, "exp": now + 240, "jti": secrets.token_urlsafe(16)}
    return _sign(claims, pem, kid, "ES256", PROOF_TYPE)
