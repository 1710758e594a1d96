"""Proof of possession: a new key is taken only with a JWT that it signed itself, for us, a moment ago, and once.

The conditions are those of the law on audiences: our `aud`, `exp` at most five minutes ahead, single-use `jti`."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwk as second_jwk
from joserfc import jwt as second_jwt
from tests.access.assertions import NewKey, now, with_keys
from tests.access.test_registration_api import SYSTEMS, entry, refused_at, token_status
from tests.access.test_tokens_api import ask, claims_of
from tests.conftest import SIGNING, TenantFixture

BAD: dict[str, Callable[[NewKey], str]] = {
    "signed by another key": lambda key: key.proof(pem=NewKey().pem),
    "of another kid": lambda key: key.proof(head={"kid": "other"}),
    "without kid": lambda key: key.proof(head={"kid": ...}),
    "an assertion's type": lambda key: key.proof(head={"typ": "JWT"}),
    "no type": lambda key: key.proof(head={"typ": ...}),
    "alg none": lambda key: key.proof(head={"alg": "none"}),
    "another algorithm": lambda key: key.proof(head={"alg": "ES384"}),
    "crit": lambda key: key.proof(head={"crit": ["x"]}),
    "for another service": lambda key: key.proof(aud="http://other"),
    "for many": lambda key: key.proof(aud=["http://walmu.test", "http://other"]),
    "for nobody": lambda key: key.proof(aud=...),
    "expired": lambda key: key.proof(iat=now() - 400, exp=now() - 100),
    "without end": lambda key: key.proof(exp=...),
    "lives six minutes": lambda key: key.proof(exp=now() + 360),
    "ends in six minutes, and says no beginning": lambda key: key.proof(iat=..., exp=now() + 360),
    "of tomorrow": lambda key: key.proof(iat=now() + 86400, exp=now() + 86500),
    "without jti": lambda key: key.proof(jti=...),
    "jti is empty": lambda key: key.proof(jti=""),
    "jti is a number": lambda key: key.proof(jti=7),
    "jti with NUL": lambda key: key.proof(jti="a\0b"),
    "jti of 3 kB": lambda key: key.proof(jti="j" * 3000),
    "cut": lambda key: key.proof()[:-4],
    "with padding": lambda key: key.proof() + "==",
}


@pytest.mark.parametrize("name", BAD)
async def test_a_key_without_a_good_proof_is_refused(world: TenantFixture, name: str) -> None:
    key = NewKey()
    new = entry(world.provider_a.organisation_id, "provider", key, proofs=[BAD[name](key)])
    answer = await world.provider_a.post(SYSTEMS, new)
    assert refused_at(answer) <= {"/jwks/keys/0", "/proofs/0"}, answer.text
    assert {error["code"] for error in answer.json()["errors"]} <= {"key-not-proven", "invalid-value"}
    good = await world.provider_a.post(SYSTEMS, new | with_keys(key))
    assert good.status_code == 201, "the good one still works"


@pytest.mark.parametrize("proofs", [[], None, "x", [5], ["x" * 5000], [""] * 9, ["ä"], ["\0"]])
async def test_what_is_no_list_of_proofs_is_refused(world: TenantFixture, proofs: Any) -> None:
    answer = await world.provider_a.post(
        SYSTEMS, entry(world.provider_a.organisation_id, "provider", proofs=proofs)
    )
    assert answer.status_code == 422, answer.text
    left_out = entry(world.provider_a.organisation_id, "provider")
    del left_out["proofs"]
    assert refused_at(await world.provider_a.post(SYSTEMS, left_out)) == {"/jwks/keys/0"}


async def test_each_new_key_is_proven_by_itself(world: TenantFixture) -> None:
    first, second = NewKey(), NewKey()
    half = entry(world.provider_a.organisation_id, "provider") | with_keys(first, second, proven=(first,))
    answer = await world.provider_a.post(SYSTEMS, half)
    assert refused_at(answer) == {"/jwks/keys/1"}
    both = half | with_keys(second, first)
    assert (await world.provider_a.post(SYSTEMS, both)).status_code == 201


async def test_a_proof_is_good_once(world: TenantFixture) -> None:
    key = NewKey()
    new = entry(world.provider_a.organisation_id, "provider", key)
    path = (await world.provider_a.post(SYSTEMS, new)).headers["location"]
    without = new | with_keys(NewKey())
    assert (await world.provider_a.put(path, without, If_Match='"1"')).status_code == 200
    back = await world.provider_a.put(path, new, If_Match='"2"')
    assert refused_at(back) == {"/jwks/keys/0"}, (
        "the key was removed: it is new again, and its proof is spent"
    )
    assert (await world.provider_a.put(path, new | with_keys(key), If_Match='"2"')).status_code == 200


async def test_a_refused_request_does_not_spend_its_proof(world: TenantFixture) -> None:
    key = NewKey()
    path = f"{SYSTEMS}/{world.provider_a.system_id}"
    there = (await world.provider_a.get(path)).json()
    fixed = {name: there[name] for name in ("organisation_id", "client_id", "name", "role")} | with_keys(key)
    assert (await world.provider_a.put(path, fixed)).status_code == 428
    assert (await world.provider_a.put(path, fixed, If_Match='"7"')).status_code == 412
    assert (await world.provider_a.put(path, fixed, If_Match='"1"')).status_code == 200


async def test_a_key_that_stays_needs_no_proof(world: TenantFixture) -> None:
    key = NewKey()
    new = entry(world.provider_a.organisation_id, "provider", key)
    path = (await world.provider_a.post(SYSTEMS, new)).headers["location"]
    renamed = new | {"name": "Muu"}
    del renamed["proofs"]
    assert (await world.provider_a.put(path, renamed, If_Match='"1"')).status_code == 200
    other_kid = renamed | {"jwks": {"keys": [key.public | {"kid": "other"}]}}
    assert (await world.provider_a.put(path, other_kid, If_Match='"2"')).status_code == 200


async def test_the_organiser_needs_the_proof_too(world: TenantFixture) -> None:
    new = entry(world.provider_a.organisation_id, "provider", proofs=[])
    assert refused_at(await world.organiser.post(SYSTEMS, new)) == {"/jwks/keys/0"}


async def test_a_proof_is_no_assertion_and_an_assertion_no_proof(world: TenantFixture) -> None:
    """Whoever registers somebody's key holds its proof: with it no token may be had."""
    key = NewKey()
    client_id = f"new-{secrets.token_hex(5)}"
    proof = key.proof(iss=client_id, sub=client_id)
    new = entry(world.provider_a.organisation_id, "provider", key, client_id=client_id)
    assert (await world.organiser.post(SYSTEMS, new)).status_code == 201
    assert (await ask(world, proof)).status_code == 401
    assertion = key.proof(head={"typ": "JWT"}, iss=client_id, sub=client_id)
    other = entry(world.provider_b.organisation_id, "provider", key, proofs=[assertion])
    assert refused_at(await world.organiser.post(SYSTEMS, other)) == {"/jwks/keys/0"}


async def test_a_key_that_another_system_holds_is_refused_whoever_has_it(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    key = NewKey()
    held = entry(world.provider_a.organisation_id, "provider", key)
    assert (await world.provider_a.post(SYSTEMS, held)).status_code == 201
    answers = []
    for where, who in (
        (world, world.provider_b),
        (world, world.organiser),
        (elsewhere, elsewhere.provider_a),
    ):
        organisation = who.organisation_id if who is not world.organiser else where.provider_a.organisation_id
        renamed = NewKey(secrets.token_hex(4), key.pem)
        answer = await who.post(SYSTEMS, entry(organisation, "provider", renamed))
        assert refused_at(answer) == {"/jwks/keys/0"}
        answers.append([error["code"] for error in answer.json()["errors"]])
        for hidden in (world.organiser_id, world.provider_a.organisation_id, held["client_id"]):
            assert str(hidden) not in answer.text
    assert answers == [["key-in-use"]] * 3
    unproven = entry(elsewhere.provider_a.organisation_id, "provider", key, proofs=[])
    answer = await elsewhere.provider_a.post(SYSTEMS, unproven)
    assert [error["code"] for error in answer.json()["errors"]] == ["key-not-proven"], (
        "whoever does not hold a key does not learn whether somebody does"
    )


async def test_a_key_written_another_way_is_the_same_key(world: TenantFixture) -> None:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    key: Any = second_jwk.RSAKey.import_key(pem)
    public = key.as_dict(private=False)

    def proof(kid: str) -> str:
        head = {"alg": "RS384", "kid": kid, "typ": "key-proof+jwt"}
        claims = {"aud": "http://walmu.test", "exp": now() + 200, "jti": secrets.token_hex(8)}
        return second_jwt.encode(head, claims, key, algorithms=["RS384"])

    first = entry(world.provider_a.organisation_id, "provider", proofs=[proof("a")])
    first["jwks"] = {"keys": [public | {"kid": "a"}]}
    assert (await world.organiser.post(SYSTEMS, first)).status_code == 201
    zeros = "AAAA" + public["n"]
    second = entry(world.provider_b.organisation_id, "provider", proofs=[proof("b")])
    second["jwks"] = {"keys": [public | {"kid": "b", "n": zeros}]}
    answer = await world.organiser.post(SYSTEMS, second)
    assert [error["code"] for error in answer.json()["errors"]] == ["key-in-use"]


async def test_a_key_of_a_revoked_system_stays_its_own_and_a_removed_one_is_free(
    world: TenantFixture,
) -> None:
    revoked, removed = NewKey(), NewKey()
    of_a = world.provider_a.organisation_id
    first = await world.organiser.post(SYSTEMS, entry(of_a, "provider", revoked))
    await world.organiser.post(f"{first.headers['location']}/revoke", None)
    again = await world.organiser.post(SYSTEMS, entry(of_a, "provider", revoked))
    assert refused_at(again) == {"/jwks/keys/0"}
    second = entry(of_a, "provider", removed)
    path = (await world.organiser.post(SYSTEMS, second)).headers["location"]
    assert (await world.organiser.put(path, second | with_keys(NewKey()), If_Match='"1"')).status_code == 200
    assert (await world.organiser.post(SYSTEMS, entry(of_a, "provider", removed))).status_code == 201


async def test_of_two_who_register_one_key_at_once_one_gets_it(world: TenantFixture) -> None:
    key = NewKey()
    answers = await asyncio.gather(
        *(
            world.organiser.post(SYSTEMS, entry(world.provider_a.organisation_id, "provider", key))
            for _ in range(4)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]


async def test_a_weak_key_that_is_stored_gets_no_token_and_breaks_no_other(world: TenantFixture) -> None:
    import json

    weak = {"kty": "RSA", "kid": "weak", "n": "AAAA" + "x" * 350, "e": "Aw"}
    from walmu_api.access.tokens import public_jwk

    await world.owner.execute(
        "update system_keys set jwks = $2 where client_id = $1",
        world.provider_a.client_id,
        json.dumps({"keys": [weak, public_jwk(SIGNING)]}),
    )
    key = NewKey(SIGNING.kid, SIGNING.pem)
    assert await token_status(world, world.provider_a.client_id, key) == 200
    named = NewKey("weak", SIGNING.pem)
    head = {"alg": "ES256", "kid": "weak", "typ": "JWT"}
    from tests.access.assertions import token

    assert (
        await ask(world, token(head, claims_of(world.provider_a.client_id), named.pem))
    ).status_code == 401
