"""A second library (joserfc) reads every token and key that python-jose makes here, and the other way round.

python-jose is at its end of life. These tests show that it can be replaced: what it writes is plain JOSE, and
the hostile tokens that the other library accepts are listed by name: `access/tokens.py` must go on refusing them."""

from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey
from tests.access.assertions import now, token
from tests.access.test_tokens_api import ASSERTIONS, ISSUER, claims_of, header
from tests.conftest import HELD, SIGNING

from walmu_api.access.tokens import (
    ACCESS_TYPE,
    ASSERTION_ALGORITHMS,
    Expected,
    Key,
    TokenError,
    Tokens,
    assertion,
    public_jwk,
    verify,
)
from walmu_api.foundation.encryption import SigningKey, _new_signing_key

ACT = {"sub": "u-1", "name": "Ääkkönen Öljynen", "title": "ohjaaja"}
CLIENT = "provider-a"
ASSERTION = Expected(
    algorithms=frozenset(ASSERTION_ALGORITHMS), types=frozenset({None, "JWT"}), audiences=frozenset({ISSUER}),
    longest_life=300, required=frozenset({"iss", "sub", "jti"}),
)  # fmt: skip
KEYS = {SIGNING.kid: Key(public_jwk(SIGNING))}
PUBLISHED = {"keys": [public_jwk(SIGNING)]}


def second_reading(
    made: str, keys: Any, issuer: str, subject: str = "", algorithm: str = "ES256"
) -> dict[str, Any]:
    """What joserfc reads with its own checks on: signature, algorithm, `crit`, issuer, audience, times."""
    read = jwt.decode(made, KeySet.import_key_set(keys), algorithms=[algorithm])
    registry = jwt.JWTClaimsRegistry(
        leeway=10,
        iss={"essential": True, "value": issuer},
        sub={"essential": True, "value": subject or issuer},
        aud={"essential": True, "value": ISSUER},
        exp={"essential": True},
        jti={"essential": True},
    )
    registry.validate(read.claims)
    return read.claims


@pytest.mark.parametrize("act", [None, ACT])
def test_every_access_token_is_read_alike(act: dict[str, str] | None) -> None:
    tokens = Tokens(ISSUER, [SigningKey(**_new_signing_key()), SIGNING])
    issued = tokens.issue(CLIENT, HELD, ["agreements:read", "clients:read"], act, now=now())
    claims = second_reading(issued, {"keys": tokens.public}, ISSUER, CLIENT)
    assert claims == tokens.verify(issued)
    assert claims.get("act") == act
    assert jws.extract_compact(issued.encode()).headers() == {
        "alg": "ES256", "kid": tokens.public[0]["kid"], "typ": ACCESS_TYPE,
    }  # fmt: skip


@pytest.mark.parametrize("act", [None, ACT])
def test_every_client_assertion_is_read_alike(act: dict[str, str] | None) -> None:
    made = assertion(CLIENT, ISSUER, SIGNING.pem, SIGNING.kid, act)
    claims = second_reading(made, PUBLISHED, CLIENT)
    assert claims == verify(made, KEYS, ASSERTION, now())
    assert jws.extract_compact(made.encode()).headers() == {"alg": "ES256", "kid": SIGNING.kid, "typ": "JWT"}


def test_a_published_key_is_the_one_that_the_other_library_makes_of_the_private_key() -> None:
    other = ECKey.import_key(SIGNING.pem).as_dict(private=False)
    ours: dict[str, Any] = dict(public_jwk(SIGNING))
    assert {name: ours[name] for name in ("kty", "crv", "x", "y")} == {
        name: other[name] for name in ("kty", "crv", "x", "y")
    }
    assert ECKey.import_key(ours).thumbprint() == ECKey.import_key(SIGNING.pem).thumbprint()


MADE_ELSEWHERE: dict[str, ECKey | RSAKey] = {
    "ES256": ECKey.generate_key("P-256"),
    "ES384": ECKey.generate_key("P-384"),
    "RS384": RSAKey.generate_key(2048),
}


@pytest.mark.parametrize("algorithm", sorted(ASSERTION_ALGORITHMS))
def test_keys_and_assertions_of_the_other_library_are_taken(algorithm: str) -> None:
    key = MADE_ELSEWHERE[algorithm]
    public: dict[str, Any] = {**key.as_dict(private=False), "kid": "k-1"}
    made = jwt.encode({"alg": algorithm, "kid": "k-1"}, claims_of(CLIENT), key, algorithms=[algorithm])
    claims = verify(made, {"k-1": Key(public)}, ASSERTION, now())
    assert claims == second_reading(made, {"keys": [public]}, CLIENT, algorithm=algorithm)


ONLY_OURS = {
    "another typ", "aud is a list", "aud is a list of many", "claims are nested", "claims of 8 kB", "cty",
    "exp has a fraction", "exp of 3000 digits", "header member twice", "jti of 3 kB", "lives 6 minutes",
    "lives a year", "no kid", "sub twice", "x5c", "x5u",
}  # fmt: skip
"""Accepted by joserfc, refused by `access/tokens.py` itself: these checks stay when the library is replaced."""
BY_THE_ISSUER = {"unknown iss", "iss with NUL", "sub is another"}
"""Refused where the client is looked up, before or after `verify`: see `test_tokens_api`."""


def passes_the_second_reader(made: str, keys: Any, issuer: str, subject: str) -> bool:
    try:
        second_reading(made, keys, issuer, subject)
    except (JoseError, ValueError):
        return False
    return True


@pytest.mark.parametrize("name", sorted(set(ASSERTIONS) - BY_THE_ISSUER))
def test_a_hostile_assertion_is_refused_by_both_or_by_a_check_of_ours(name: str) -> None:
    made = ASSERTIONS[name](header(), claims_of(CLIENT))
    with pytest.raises(TokenError):
        verify(made, KEYS, ASSERTION, now())
    assert passes_the_second_reader(made, PUBLISHED, CLIENT, CLIENT) == (name in ONLY_OURS)


@pytest.mark.parametrize("name", sorted(set(ASSERTIONS) - BY_THE_ISSUER))
def test_a_hostile_access_token_is_refused_by_both_or_by_a_check_of_ours(name: str) -> None:
    tokens = Tokens(ISSUER, [SIGNING])
    claims = claims_of(CLIENT, iss=ISSUER) | {
        "client_id": CLIENT,
        "client_key": HELD,
        "scope": "agreements:read",
    }
    good = header(typ=ACCESS_TYPE)
    assert tokens.verify(token(good, claims))["sub"] == CLIENT, "the good one beside it is taken"
    made = ASSERTIONS[name](good, claims)
    with pytest.raises(TokenError):
        tokens.verify(made)
    assert passes_the_second_reader(made, PUBLISHED, ISSUER, CLIENT) == (name in ONLY_OURS)
