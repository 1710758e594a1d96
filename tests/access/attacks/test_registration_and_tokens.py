"""Attacks on registration and tokens that go beyond one rule: by roles, by mixing keys and by what changed meanwhile."""

import base64
import json
import secrets
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from httpx import Response
from joserfc import jwk as second_jwk
from joserfc import jwt as second_jwt
from tests.access.assertions import NewKey, b64, hs256, now, segment, with_keys
from tests.access.assertions import token as signed
from tests.access.test_registration_api import SYSTEMS, delegate, entry, refused_at, speaker_of, token_status
from tests.access.test_tokens_api import ask, claims_of, header
from tests.conftest import TenantFixture

P256_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF


def _pem(key: Any) -> str:
    made: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.decode()


def _raw(text: Any) -> bytes:
    return base64.urlsafe_b64decode(f"{text}{'=' * (-len(text) % 4)}")


def codes(answer: Response) -> list[str]:
    return [error["code"] for error in answer.json()["errors"]]


def rsa_jwk(key: rsa.RSAPrivateKey, exponent: int, kid: str) -> tuple[dict[str, Any], Any]:
    """The public half with this exponent, and a signer: with the factors, whoever has one exponent has the other."""
    numbers = key.private_numbers()
    d = pow(exponent, -1, (numbers.p - 1) * (numbers.q - 1))
    private = rsa.RSAPrivateNumbers(
        p=numbers.p,
        q=numbers.q,
        d=d,
        dmp1=d % (numbers.p - 1),
        dmq1=d % (numbers.q - 1),
        iqmp=numbers.iqmp,
        public_numbers=rsa.RSAPublicNumbers(exponent, numbers.public_numbers.n),
    ).private_key()
    made = second_jwk.RSAKey.import_key({"kty": "RSA", **_components(private, exponent), "kid": kid})
    return made.as_dict(private=False) | {"kid": kid}, made


def _components(private: rsa.RSAPrivateKey, exponent: int) -> dict[str, str]:
    numbers = private.private_numbers()
    named = {"n": numbers.public_numbers.n, "e": exponent, "d": numbers.d, "p": numbers.p, "q": numbers.q}
    named |= {"dp": numbers.dmp1, "dq": numbers.dmq1, "qi": numbers.iqmp}
    return {name: b64(value.to_bytes((value.bit_length() + 7) // 8)) for name, value in named.items()}


def rsa_proof(signer: Any, kid: str) -> str:
    claims = {"aud": "http://walmu.test", "exp": now() + 200, "jti": secrets.token_hex(8)}
    return second_jwt.encode(
        {"alg": "RS384", "kid": kid, "typ": "key-proof+jwt"}, claims, signer, algorithms=["RS384"]
    )


async def test_one_modulus_is_one_key_whatever_its_exponent(world: TenantFixture) -> None:
    """Who knows the factors signs for every exponent: two systems with one modulus share their secret."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    answers = []
    for kid, exponent, party in (("a", 65537, world.provider_a), ("b", 65539, world.provider_b)):
        public, signer = rsa_jwk(key, exponent, kid)
        new = entry(party.organisation_id, "provider", proofs=[rsa_proof(signer, kid)])
        answers.append(await party.post(SYSTEMS, new | {"jwks": {"keys": [public]}}))
    assert answers[0].status_code == 201, answers[0].text
    assert codes(answers[1]) == ["key-in-use"]


async def test_a_point_and_its_mirror_are_one_key(world: TenantFixture) -> None:
    """The private half of the mirrored point is the order less the other one: who has one has both."""
    first = NewKey()
    private = second_jwk.ECKey.import_key(first.pem).as_dict(private=True)
    d = P256_N - int.from_bytes(_raw(private["d"]))
    mirrored = ec.derive_private_key(d, ec.SECP256R1())
    y = P256_P - int.from_bytes(_raw(private["y"]))
    assert mirrored.public_key().public_numbers().y == y
    other = NewKey("mirrored", _pem(mirrored))
    held = await world.provider_a.post(SYSTEMS, entry(world.provider_a.organisation_id, "provider", first))
    assert held.status_code == 201
    answer = await world.provider_b.post(SYSTEMS, entry(world.provider_b.organisation_id, "provider", other))
    assert codes(answer) == ["key-in-use"]


async def test_a_system_changes_the_exponent_of_its_own_key(world: TenantFixture) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (first, by_first), (second, by_second) = rsa_jwk(key, 65537, "a"), rsa_jwk(key, 65539, "b")
    new = entry(world.provider_a.organisation_id, "provider", proofs=[rsa_proof(by_first, "a")])
    new["jwks"] = {"keys": [first]}
    path = (await world.provider_a.post(SYSTEMS, new)).headers["location"]
    both = new | {"jwks": {"keys": [first, second]}, "proofs": [rsa_proof(by_second, "b")]}
    assert (await world.provider_a.put(path, both, If_Match='"1"')).status_code == 200
    one = both | {"jwks": {"keys": [second]}, "proofs": []}
    assert (await world.provider_a.put(path, one, If_Match='"2"')).status_code == 200
    taken = entry(world.provider_b.organisation_id, "provider", proofs=[rsa_proof(by_first, "a")])
    answer = await world.provider_b.post(SYSTEMS, taken | {"jwks": {"keys": [first]}})
    assert codes(answer) == ["key-in-use"], "with one of the two it holds the modulus still"


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
async def test_a_private_member_is_refused_and_not_told_back(world: TenantFixture, member: str) -> None:
    key, secret = NewKey(), "c2VjcmV0LXRoYXQtaXMtbm90LXRvbGQ"
    new = entry(world.provider_a.organisation_id, "provider", key)
    new["jwks"]["keys"][0][member] = secret
    answer = await world.provider_a.post(SYSTEMS, new)
    assert f"/jwks/keys/0/{member}" in refused_at(answer)
    assert secret not in answer.text


@pytest.mark.parametrize(
    "changes",
    [
        {"kty": "oct", "k": "AAAA"},
        {"kty": "OKP", "crv": "Ed25519"},
        {"crv": "secp256k1"},
        {"crv": "P-521"},
        {"crv": "P-384"},
        {"alg": "ES384"},
        {"alg": "none"},
        {"alg": "HS256"},
        {"use": "enc"},
        {"x": "AA", "y": "AA"},
        {"y": None},
        {"x": "AAAA" * 300},
    ],
)
async def test_another_curve_or_use_or_a_point_off_the_curve_is_no_key(
    world: TenantFixture, changes: dict[str, Any]
) -> None:
    new = entry(world.provider_a.organisation_id, "provider")
    jwk = new["jwks"]["keys"][0] | changes
    new["jwks"]["keys"][0] = {name: value for name, value in jwk.items() if value is not None}
    assert (await world.provider_a.post(SYSTEMS, new)).status_code == 422


async def test_the_public_key_is_no_shared_secret(world: TenantFixture) -> None:
    """HS256 over the text of the public key, in each way that it is written."""
    key = NewKey()
    new = entry(world.provider_a.organisation_id, "provider", key)
    assert (await world.provider_a.post(SYSTEMS, new)).status_code == 201
    for secret in (json.dumps(key.public), json.dumps(key.public, separators=(",", ":")), key.public["x"]):
        head = {"alg": "HS256", "kid": key.kid, "typ": "JWT"}
        claims = claims_of(new["client_id"])
        by_hand = hs256(f"{segment(head)}.{segment(claims)}", secret.encode())
        assert (await ask(world, signed(head, claims, signature=by_hand))).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": []},
        {"aud": [["http://walmu.test"]]},
        {"aud": ["http://walmu.test", "http://other"]},
        {"aud": {"http://walmu.test": 1}},
        {"aud": "http://walmu.test/"},
        {"aud": "http://walmu.test/oauth2/token/"},
        {"exp": now() + 86_400},
        {"exp": float(now() + 200)},
        {"exp": str(now() + 200)},
        {"exp": now() - 60, "iat": now() - 120},
        {"exp": ...},
        {"jti": ...},
        {"jti": ""},
        {"sub": "another"},
        {"sub": ...},
    ],
)
async def test_claims_that_are_almost_right(world: TenantFixture, changes: dict[str, Any]) -> None:
    key = NewKey()
    new = entry(world.provider_a.organisation_id, "provider", key)
    assert (await world.provider_a.post(SYSTEMS, new)).status_code == 201
    claims = claims_of(new["client_id"], **changes)
    assert (await ask(world, signed(header(kid=key.kid), claims, key.pem))).status_code == 401
    assert await token_status(world, new["client_id"], key) == 200


async def test_the_kid_of_another_system_opens_nothing(world: TenantFixture) -> None:
    ours, theirs = NewKey(), NewKey()
    mine = entry(world.provider_a.organisation_id, "provider", ours)
    other = entry(world.provider_b.organisation_id, "provider", theirs)
    for new in (mine, other):
        assert (await world.organiser.post(SYSTEMS, new)).status_code == 201
    for client_id, kid, pem in (
        (mine["client_id"], theirs.kid, theirs.pem),
        (mine["client_id"], theirs.kid, ours.pem),
        (mine["client_id"], ours.kid, theirs.pem),
        (other["client_id"], ours.kid, ours.pem),
    ):
        assert (await ask(world, signed(header(kid=kid), claims_of(client_id), pem))).status_code == 401


async def test_a_token_narrowed_to_a_right_its_role_lacks_is_not_given(world: TenantFixture) -> None:
    key = NewKey()
    new = entry(world.provider_a.organisation_id, "provider", key)
    assert (await world.provider_a.post(SYSTEMS, new)).status_code == 201
    for scope in ("use-log:read", "connected-systems:write use-log:read", "*", "organiser", " "):
        asked = await ask(
            world, signed(header(kid=key.kid), claims_of(new["client_id"]), key.pem), scope=scope
        )
        assert asked.status_code in {400, 422}, scope


async def test_what_was_delegated_and_taken_back_is_nobodys_way_in(world: TenantFixture) -> None:
    """The system that a provider made for a workplace stays the workplace's: the provider sees, changes, keys and
    revokes it no more, and registers no second one."""
    assert (await delegate(world, world.workplace)).status_code == 200
    key = NewKey()
    new = entry(world.workplace.organisation_id, "workplace", key)
    path = (await world.provider_a.post(SYSTEMS, new)).headers["location"]
    assert (await delegate(world)).status_code == 200
    changed = new | with_keys(NewKey())
    assert (await world.provider_a.get(path)).status_code == 404
    assert (await world.provider_a.put(path, changed, If_Match='"1"')).status_code == 404
    assert (await world.provider_a.post(f"{path}/revoke", None)).status_code == 404
    assert (await world.provider_a.post(SYSTEMS, new)).status_code == 422, (
        "not by sending the same again either"
    )
    second = entry(world.workplace.organisation_id, "workplace")
    assert refused_at(await world.provider_a.post(SYSTEMS, second)) == {"/organisation_id"}
    assert new["client_id"] not in json.dumps(await world.pages(world.provider_a, SYSTEMS))
    assert (await world.organiser.post(f"{path}/revoke", None)).status_code == 200
    assert await token_status(world, new["client_id"], key) == 401


async def test_roles_that_nobody_over_http_gives(world: TenantFixture) -> None:
    operator = await speaker_of(world, "operator")
    every = ("organiser", "ehr", "auditor", "operator", "provider", "workplace")
    parties = (world.organiser, world.provider_a, world.provider_b, world.workplace)
    given = set()
    for caller, name in (
        (world.organiser, "organiser"),
        (world.provider_a, "provider"),
        (operator, "operator"),
    ):
        for role in every:
            for party in parties:
                answer = await caller.post(SYSTEMS, entry(party.organisation_id, role))
                if answer.status_code == 201:
                    given.add((name, role, parties.index(party)))
    assert given == {
        ("organiser", "organiser", 0),
        ("organiser", "ehr", 0),
        ("organiser", "operator", 0),
        ("organiser", "provider", 1),
        ("organiser", "provider", 2),
        ("organiser", "workplace", 3),
        ("provider", "provider", 1),
    }


async def test_a_key_that_was_rotated_away_signs_for_nobody(world: TenantFixture) -> None:
    old, new_key = NewKey(), NewKey()
    new = entry(world.provider_a.organisation_id, "provider", old)
    path = (await world.provider_a.post(SYSTEMS, new)).headers["location"]
    assertion = signed(header(kid=old.kid), claims_of(new["client_id"]), old.pem)
    assert (await world.provider_a.put(path, new | with_keys(new_key), If_Match='"1"')).status_code == 200
    assert (await ask(world, assertion)).status_code == 401
    renamed = NewKey(new_key.kid, old.pem)
    assert await token_status(world, new["client_id"], renamed) == 401
    back = await world.provider_a.put(path, new | with_keys(new_key, old, proven=()), If_Match='"2"')
    assert codes(back) == ["key-not-proven"], "once removed it is new again"
