"""`POST /oauth2/token`, metadata and keys; every bad assertion and every bad access token gets one and the same answer."""

import json
import re
import secrets
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from httpx import Response
from joserfc import jwk as second_jwk
from joserfc import jwt as second_jwt
from tests.access.assertions import NewKey, b64, es256, hs256, now, segment, token, with_keys
from tests.conftest import HELD, SIGNING, ApiClient, TenantFixture

from walmu_api.access.key_strength import thumbprint
from walmu_api.access.scopes import ROLES
from walmu_api.access.system_registry import Registry
from walmu_api.access.tokens import Tokens, public_jwk
from walmu_api.foundation.encryption import SigningKey, _new_signing_key

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ISSUER = "http://walmu.test"
Change = Callable[[dict[str, Any], dict[str, Any]], Any]


def claims_of(client_id: str, **changes: Any) -> dict[str, Any]:
    data = {
        "iss": client_id,
        "sub": client_id,
        "aud": ISSUER,
        "iat": now(),
        "exp": now() + 240,
        "jti": secrets.token_hex(8),
    }
    return {name: value for name, value in (data | changes).items() if value is not ...}


def header(**changes: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in ({"alg": "ES256", "kid": SIGNING.kid, "typ": "JWT"} | changes).items()
        if value is not ...
    }


async def ask(world: TenantFixture, assertion: str, **fields: str) -> Response:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": JWT_BEARER,
        "client_assertion": assertion,
    } | fields
    return await world.organiser.http.post("/oauth2/token", data=form, headers={"Authorization": ""})


def same_but_instance(answer: Response, *, challenge: bool = True) -> tuple[Any, ...]:
    """What two answers must have in common: all but the id of the request, and the challenge where it is judged apart."""
    data = answer.json()
    data.pop("instance")
    stored = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"x-request-id", "content-length", *(() if challenge else ("www-authenticate",))}
    }
    return answer.status_code, data, stored


@pytest.mark.parametrize("audience", [ISSUER, f"{ISSUER}/oauth2/token"])
async def test_a_good_assertion_gets_a_token_that_works(world: TenantFixture, audience: str) -> None:
    answer = await ask(world, token(header(), claims_of(world.provider_a.client_id, aud=audience)))
    assert answer.status_code == 200, answer.text
    data = answer.json()
    assert (data["token_type"], data["expires_in"]) == ("Bearer", 300)
    assert set(data["scope"].split()) == set(ROLES["provider"])
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    who = await world.organiser.get("/v1/whoami", Authorization=f"Bearer {data['access_token']}")
    organiser = await world.organiser.get(f"/v1/organisations/{who.json()['organiser']['id']}")
    assert (organiser.status_code, organiser.json()["kind"]) == (200, "organiser")
    assert who.json()["connected_system"]["client_id"] == world.provider_a.client_id


async def test_another_library_verifies_our_token_with_the_published_keys(world: TenantFixture) -> None:
    answer = await ask(world, token(header(), claims_of(world.provider_a.client_id)))
    keys = (await world.organiser.get("/.well-known/jwks.json", Authorization="")).json()
    read = second_jwt.decode(
        answer.json()["access_token"], second_jwk.KeySet.import_key_set(keys), algorithms=["ES256"]
    )
    assert read.header["typ"] == "at+jwt"
    assert read.claims["exp"] - read.claims["iat"] == 300
    assert (read.claims["iss"], read.claims["aud"], read.claims["client_id"]) == (
        ISSUER,
        ISSUER,
        world.provider_a.client_id,
    )
    assert set(read.claims) == {"iss", "aud", "sub", "client_id", "client_key", "iat", "exp", "jti", "scope"}


async def test_metadata_name_the_endpoints_and_keys_hold_nothing_private(world: TenantFixture) -> None:
    data = (await world.organiser.get("/.well-known/oauth-authorization-server", Authorization="")).json()
    where_others_look = await world.organiser.get("/.well-known/openid-configuration", Authorization="")
    assert where_others_look.json() == data
    assert data["token_endpoint"] == f"{ISSUER}/oauth2/token"
    assert data["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    keys = (await world.organiser.get("/.well-known/jwks.json", Authorization="")).json()["keys"]
    assert keys
    assert all(not {"d", "p", "q", "k"} & set(key) for key in keys)


@pytest.mark.parametrize("algorithm", ["ES384", "RS384"])
async def test_the_other_algorithms_of_the_profile_are_taken(world: TenantFixture, algorithm: str) -> None:
    created: Any = (
        ec.generate_private_key(ec.SECP384R1())
        if algorithm == "ES384"
        else rsa.generate_private_key(65537, 2048)
    )
    pem = created.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    key: Any = second_jwk.ECKey.import_key(pem) if algorithm == "ES384" else second_jwk.RSAKey.import_key(pem)
    public = key.as_dict(private=False) | {"kid": "other"}
    await set_keys(world, world.provider_a, [public])
    signed = second_jwt.encode(
        header(alg=algorithm, kid="other"), claims_of(world.provider_a.client_id), key, algorithms=[algorithm]
    )
    assert (await ask(world, signed)).status_code == 200


async def set_keys(world: TenantFixture, speaker: ApiClient, keys: list[dict[str, Any]]) -> None:
    await world.owner.execute(
        "update system_keys set jwks = $2 where client_id = $1", speaker.client_id, json.dumps({"keys": keys})
    )


OTHER = _new_signing_key()
OTHER_KEY = thumbprint(public_jwk(SigningKey(**OTHER)))
PUBLIC_PEM = (
    load_pem_private_key(SIGNING.pem.encode(), None)
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
)
PUBLIC_DER = (
    load_pem_private_key(SIGNING.pem.encode(), None)
    .public_key()
    .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
)
YEAR = 365 * 24 * 3600


def raw_claims(data: dict[str, Any], **texts: str) -> bytes:
    """Claims as JSON text with members that a library would not write."""
    plain = json.dumps({name: value for name, value in data.items() if name not in texts})
    return (plain[:-1] + "".join(f', "{name}": {text}' for name, text in texts.items()) + "}").encode()


def signed_with_secret(head: dict[str, Any], claims: Any, secret: bytes) -> str:
    signed = f"{segment(head)}.{segment(claims)}"
    return f"{signed}.{b64(hs256(signed, secret))}"


def _swap(text: str, other: str, at: int) -> str:
    parts, others = text.split("."), other.split(".")
    parts[at] = others[at]
    return ".".join(parts)


def _variants(pem: str, other_pem: str) -> dict[str, Change]:
    """What is wrong with a token in general: by name, from good header and claims to a bad token."""

    def good(h: Any, c: Any) -> str:
        return token(h, c, pem)

    return {
        "alg none": lambda h, c: token(h | {"alg": "none"}, c, pem, b""),
        "alg none, no dot": lambda h, c: ".".join(good(h | {"alg": "none"}, c).split(".")[:2]),
        "alg None": lambda h, c: token(h | {"alg": "None"}, c, pem),
        "HS256 with the public key (PEM)": lambda h, c: signed_with_secret(
            h | {"alg": "HS256"}, c, PUBLIC_PEM
        ),
        "HS256 with the public key (DER)": lambda h, c: signed_with_secret(
            h | {"alg": "HS256"}, c, PUBLIC_DER
        ),
        "HS256 with nothing": lambda h, c: signed_with_secret(h | {"alg": "HS256"}, c, b""),
        "another algorithm's name": lambda h, c: good(h | {"alg": "ES384"}, c),
        "RS256": lambda h, c: good(h | {"alg": "RS256"}, c),
        "no alg": lambda h, c: good({k: v for k, v in h.items() if k != "alg"}, c),
        "alg is a list": lambda h, c: good(h | {"alg": ["ES256"]}, c),
        "another key under the kid": lambda h, c: token(h, c, other_pem),
        "no kid": lambda h, c: good({k: v for k, v in h.items() if k != "kid"}, c),
        "unknown kid": lambda h, c: good(h | {"kid": "nobody"}, c),
        "kid is a number": lambda h, c: good(h | {"kid": 1}, c),
        "kid climbs": lambda h, c: good(h | {"kid": "../../dev/null"}, c),
        "kid of 8 kB": lambda h, c: good(h | {"kid": "k" * 8_000}, c),
        "crit": lambda h, c: good(h | {"crit": ["x"], "x": 1}, c),
        "b64": lambda h, c: good(h | {"b64": False, "crit": ["b64"]}, c),
        "jwk": lambda h, c: token(h | {"jwk": {"kty": "EC"}}, c, other_pem),
        "jku": lambda h, c: token(h | {"jku": "http://127.0.0.1:1/keys"}, c, other_pem),
        "x5u": lambda h, c: good(h | {"x5u": "http://127.0.0.1:1/c"}, c),
        "x5c": lambda h, c: good(h | {"x5c": ["AAAA"]}, c),
        "cty": lambda h, c: good(h | {"cty": "JWT"}, c),
        "another typ": lambda h, c: good(h | {"typ": "secevent+jwt"}, c),
        "header is a list": lambda _h, c: good([], c),
        "header is nested": lambda h, c: good(b'{"alg":"ES256","kid":' + b"[" * 200 + b"]" * 200 + b"}", c),
        "header member twice": lambda h, c: good(json.dumps(h)[:-1].encode() + b', "alg": "ES256"}', c),
        "exp is text": lambda h, c: good(h, c | {"exp": str(c["exp"])}),
        "exp has a fraction": lambda h, c: good(h, c | {"exp": c["exp"] + 0.5}),
        "exp 1e400": lambda h, c: good(h, raw_claims(c, exp="1e400")),
        "exp NaN": lambda h, c: good(h, raw_claims(c, exp="NaN")),
        "exp of 3000 digits": lambda h, c: good(h, raw_claims(c, exp="9" * 2000)),
        "exp null": lambda h, c: good(h, c | {"exp": None}),
        "exp true": lambda h, c: good(h, c | {"exp": True}),
        "exp negative": lambda h, c: good(h, c | {"exp": -1}),
        "no exp": lambda h, c: good(h, {k: v for k, v in c.items() if k != "exp"}),
        "expired": lambda h, c: good(h, c | {"iat": now() - 400, "exp": now() - 100}),
        "expired just now": lambda h, c: good(h, c | {"iat": now() - 200, "exp": now() - 11}),
        "lives 6 minutes": lambda h, c: good(h, c | {"exp": c["iat"] + 360}),
        "lives a year": lambda h, c: good(h, c | {"exp": c["iat"] + YEAR}),
        "iat in a year": lambda h, c: good(h, c | {"iat": now() + YEAR, "exp": now() + YEAR + 100}),
        "iat in a minute": lambda h, c: good(h, c | {"iat": now() + 60, "exp": now() + 200}),
        "iat is text": lambda h, c: good(h, c | {"iat": "0"}),
        "nbf in a minute": lambda h, c: good(h, c | {"nbf": now() + 60}),
        "aud is an empty list": lambda h, c: good(h, c | {"aud": []}),
        "aud is a list in a list": lambda h, c: good(h, c | {"aud": [[c["aud"]]]}),
        "aud is a list of many": lambda h, c: good(h, c | {"aud": [c["aud"], "http://other"]}),
        "another aud": lambda h, c: good(h, c | {"aud": "http://other"}),
        "aud with a slash": lambda h, c: good(h, c | {"aud": c["aud"] + "/"}),
        "no aud": lambda h, c: good(h, {k: v for k, v in c.items() if k != "aud"}),
        "aud null": lambda h, c: good(h, c | {"aud": None}),
        "sub is empty": lambda h, c: good(h, c | {"sub": ""}),
        "sub is another": lambda h, c: good(h, c | {"sub": "somebody-else"}),
        "no sub": lambda h, c: good(h, {k: v for k, v in c.items() if k != "sub"}),
        "sub is a number": lambda h, c: good(h, c | {"sub": 1}),
        "no iss": lambda h, c: good(h, {k: v for k, v in c.items() if k != "iss"}),
        "unknown iss": lambda h, c: good(h, c | {"iss": "nobody-" + secrets.token_hex(4)}),
        "iss with NUL": lambda h, c: good(h, c | {"iss": "a\0b"}),
        "no jti": lambda h, c: good(h, {k: v for k, v in c.items() if k != "jti"}),
        "jti is empty": lambda h, c: good(h, c | {"jti": ""}),
        "jti is a number": lambda h, c: good(h, c | {"jti": 7}),
        "jti of 3 kB": lambda h, c: good(h, c | {"jti": "j" * 3000}),
        "sub twice": lambda h, c: good(
            h, json.dumps(c)[:-1].encode() + b', "sub": "x", "sub": "' + c["sub"].encode() + b'"}'
        ),
        "claims are a list": lambda h, _c: good(h, []),
        "claims are text": lambda h, _c: good(h, b'"x"'),
        "claims are not JSON": lambda h, _c: good(h, b"kissa"),
        "claims are not UTF-8": lambda h, _c: good(h, b"\xff\xfe{}"),
        "claims are nested": lambda h, c: good(h, raw_claims(c, x="[" * 700 + "]" * 700)),
        "claims of 8 kB": lambda h, c: good(h, c | {"x": "y" * 8000}),
        "signature with padding": lambda h, c: good(h, c) + "==",
        "signature is empty": lambda h, c: token(h, c, pem, b""),
        "signature is cut": lambda h, c: good(h, c)[:-4],
        "signature as DER": lambda h, c: token(h, c, pem, b"\x30\x06\x02\x01\x01\x02\x01\x01"),
        "signature is zeros": lambda h, c: token(h, c, pem, b"\0" * 64),
        "signature of other claims": lambda h, c: _swap(good(h, c), good(h, c | {"jti": "other"}), 2),
        "claims of another": lambda h, c: _swap(good(h, c), good(h, c | {"jti": "other"}), 1),
        "four parts": lambda h, c: good(h, c) + ".AAAA",
        "two parts": lambda h, c: good(h, c).rpartition(".")[0],
        "no parts": lambda _h, _c: "kissa",
        "a star in it": lambda h, c: good(h, c)[:-2] + "**",
        "a line break in it": lambda h, c: good(h, c)[:50] + "\n" + good(h, c)[50:],
        "a letter of another alphabet": lambda h, c: good(h, c) + "ä",
    }


ASSERTIONS = _variants(SIGNING.pem, OTHER["pem"])


async def test_there_are_enough_ways_to_go_wrong() -> None:
    assert len(ASSERTIONS) >= 60


@pytest.mark.parametrize("name", [*ASSERTIONS, "empty"])
async def test_every_bad_assertion_gets_the_same_answer(world: TenantFixture, name: str) -> None:
    created = "" if name == "empty" else ASSERTIONS[name](header(), claims_of(world.provider_a.client_id))
    plain = await ask(world, "kissa")
    answer = await ask(world, created)
    if name == "empty":
        assert answer.status_code in {400, 401, 422}
        return
    assert answer.status_code == 401, answer.text
    assert answer.json()["error"] == "invalid_client"
    assert same_but_instance(answer) == same_but_instance(plain)
    good = await ask(world, token(header(), claims_of(world.provider_a.client_id)))
    assert good.status_code == 200, "the good one beside it still works"


async def test_an_assertion_is_good_once(world: TenantFixture) -> None:
    assertion = token(header(), claims_of(world.provider_a.client_id))
    assert (await ask(world, assertion)).status_code == 200
    again = await ask(world, assertion)
    assert same_but_instance(again) == same_but_instance(await ask(world, "kissa"))
    resigned = token(header(), claims_of(world.provider_a.client_id, jti="fixed"))
    assert (await ask(world, resigned)).status_code == 200
    assert (
        await ask(world, token(header(), claims_of(world.provider_a.client_id, jti="fixed")))
    ).status_code == 401
    assert (
        await ask(world, token(header(), claims_of(world.provider_b.client_id, jti="fixed")))
    ).status_code == 200


async def test_two_uses_of_one_assertion_at_once_let_one_pass(world: TenantFixture) -> None:
    import asyncio

    assertion = token(header(), claims_of(world.provider_a.client_id))
    answers = await asyncio.gather(*(ask(world, assertion) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]


@pytest.mark.parametrize(
    "jti", ["a\0b", "\ud800", "\u0085", "ä" * 100], ids=["NUL", "surrogate", "control", "letters"]
)
async def test_a_hostile_jti_is_no_fault_of_ours(world: TenantFixture, jti: str) -> None:
    answer = await ask(world, token(header(), claims_of(world.provider_a.client_id, jti=jti)))
    assert answer.status_code in {200, 401}, answer.text


@pytest.mark.parametrize(
    "act",
    [
        "text",
        5,
        [],
        {},
        {"name": "nameless"},
        {"sub": "u", "shoe": 43},
        {"sub": 5},
        {"sub": "u\u202e"},
        {"sub": "u", "name": "\ud800"},
    ],
)
async def test_an_acting_person_that_is_not_one_is_refused(world: TenantFixture, act: Any) -> None:
    answer = await ask(world, token(header(), claims_of(world.provider_a.client_id, act=act)))
    assert answer.status_code == 401, answer.text


@pytest.mark.parametrize(("letters", "status"), [(40, 200), (200, 401)])
async def test_a_person_that_would_not_fit_into_a_token_is_refused(
    world: TenantFixture, letters: int, status: int
) -> None:
    act = {"sub": "u", "name": "ä" * letters, "title": "ö" * letters, "registration_number": "å" * letters}
    claims = json.dumps(claims_of(world.provider_a.client_id, act=act), ensure_ascii=False).encode()
    answer = await ask(world, token(header(), claims))
    assert answer.status_code == status, answer.text
    if status == 200:
        bearer = f"Bearer {answer.json()['access_token']}"
        assert (await world.organiser.get("/v1/whoami", Authorization=bearer)).json()["acting_person"] == act


async def test_the_acting_person_lands_in_whoami_use_log_and_record(world: TenantFixture) -> None:
    act = {"sub": "u-1", "name": "Ääkkönen Öljynen", "title": "ohjaaja", "registration_number": "12345678901"}
    data = (await ask(world, token(header(), claims_of(world.provider_a.client_id, act=act)))).json()
    bearer = f"Bearer {data['access_token']}"
    agreement = await world.signed_agreement()
    who = await world.provider_a.get("/v1/whoami", Authorization=bearer)
    assert who.json()["acting_person"] == act
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    day = await world.provider_a.put(path, {"status": "present"}, Authorization=bearer)
    assert day.json()["recorded_by"]["person"] == act
    assert (await world.provider_a.get(path)).json()["recorded_by"]["person"] == act
    (row,) = await world.use_log(operation="recordAttendance")
    assert json.loads(row["person"]) == act
    listed = (await world.auditor.get("/v1/use-log?limit=200")).json()["items"]
    assert [item["person"] for item in listed if item["operation"] == "recordAttendance"] == [act]
    journal = "select actor_person from journal where organiser_id = $1 and resource_type = 'attendance'"
    assert json.loads(await world.owner.fetchval(journal, world.organiser_id)) == act


async def test_scopes_can_be_narrowed_and_never_widened(world: TenantFixture) -> None:
    narrow = await ask(world, token(header(), claims_of(world.provider_a.client_id)), scope="agreements:read")
    assert narrow.json()["scope"] == "agreements:read"
    bearer = f"Bearer {narrow.json()['access_token']}"
    assert (await world.provider_a.get("/v1/agreements", Authorization=bearer)).status_code == 200
    refused = await world.provider_a.get("/v1/clients", Authorization=bearer)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    for scope in ("clients:write", "agreements:read clients:write", "nothing", " "):
        wide = await ask(world, token(header(), claims_of(world.provider_a.client_id)), scope=scope)
        assert (wide.status_code, wide.json()["error"]) == (400, "invalid_scope"), scope


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "application/x-www-form-urlencoded", 400),
        (b"grant_type=password&x=y", "application/x-www-form-urlencoded", 400),
        (
            b"grant_type=client_credentials&grant_type=client_credentials",
            "application/x-www-form-urlencoded",
            422,
        ),
        (
            b"grant_type=client_credentials&client_assertion_type=" + JWT_BEARER.encode(),
            "application/x-www-form-urlencoded",
            422,
        ),
        (b"\xff=1", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a%d=1" % at for at in range(50)), "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 415),
        (b"a=" + b"x" * 20_000, "application/x-www-form-urlencoded", 413),
    ],
)
async def test_the_form_is_strict(world: TenantFixture, body: bytes, content_type: str, status: int) -> None:
    answer = await world.organiser.http.post(
        "/oauth2/token", content=body, headers={"Content-Type": content_type}
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def access_claims(world: TenantFixture, **changes: Any) -> dict[str, Any]:
    client_id = world.provider_a.client_id
    data = {
        "iss": ISSUER,
        "aud": ISSUER,
        "sub": client_id,
        "client_id": client_id,
        "client_key": HELD,
        "iat": now(),
        "exp": now() + 240,
        "jti": secrets.token_hex(8),
        "scope": "agreements:read",
    }
    return data | changes


def ours(world: TenantFixture) -> tuple[str, dict[str, Any]]:
    key = world.app_context.keyring.signing[0]
    return key.pem, {"alg": "ES256", "kid": key.kid, "typ": "at+jwt"}


ACCESS_ONLY: dict[str, Change] = {
    "an assertion's type": lambda h, c: (h | {"typ": "JWT"}, c),
    "no type": lambda h, c: ({k: v for k, v in h.items() if k != "typ"}, c),
    "no client_id": lambda h, c: (h, {k: v for k, v in c.items() if k != "client_id"}),
    "no client_key": lambda h, c: (h, {k: v for k, v in c.items() if k != "client_key"}),
    "a key that is not the client's": lambda h, c: (h, c | {"client_key": OTHER_KEY}),
    "client_key is a list": lambda h, c: (h, c | {"client_key": [HELD]}),
    "no scope": lambda h, c: (h, {k: v for k, v in c.items() if k != "scope"}),
    "scope is a list": lambda h, c: (h, c | {"scope": ["agreements:read"]}),
    "no iat": lambda h, c: (h, {k: v for k, v in c.items() if k != "iat"}),
    "another issuer": lambda h, c: (h, c | {"iss": "http://other"}),
    "a client that is gone": lambda h, c: (h, c | {"client_id": "gone", "sub": "gone"}),
}
NOT_FOR_ACCESS = {
    "unknown iss",
    "iss with NUL",
}  # of an access token the issuer is ours; "another issuer" stands for it


@pytest.mark.parametrize("name", [*sorted(set(ASSERTIONS) - NOT_FOR_ACCESS), *ACCESS_ONLY])
async def test_every_bad_access_token_gets_the_same_answer(world: TenantFixture, name: str) -> None:
    pem, head = ours(world)
    claims = access_claims(world)
    if name in ACCESS_ONLY:
        changed_head, changed_claims = ACCESS_ONLY[name](head, claims)
        created = token(changed_head, changed_claims, pem)
    else:
        created = _variants(pem, OTHER["pem"])[name](head, claims)
    plain = await world.provider_a.get("/v1/agreements", Authorization="Bearer kissa")
    answer = await world.provider_a.http.get(
        "/v1/agreements", headers=[(b"Authorization", f"Bearer {created}".encode())]
    )
    assert answer.status_code == 401, answer.text
    reason = ', error_description="expired"' if name.startswith("expired") else ""
    assert answer.headers["www-authenticate"] == f'Bearer error="invalid_token"{reason}'
    assert same_but_instance(answer, challenge=False) == same_but_instance(plain, challenge=False)
    good = await world.provider_a.get("/v1/agreements", Authorization=f"Bearer {token(head, claims, pem)}")
    assert good.status_code == 200, "the good one beside it still works"


NO_TOKEN = {"", "Bearer", "Bearer ", "Basic YTpi", "bearer", "Token x"}
"""RFC 6750, 3.1: without a token there is no error to name."""


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Basic YTpi", "bearer", "Bearer a b c", "Token x"]
)
async def test_a_header_that_is_no_bearer_token_gets_the_same_answer(
    world: TenantFixture, value: str
) -> None:
    answer = await world.provider_a.get("/v1/agreements", Authorization=value)
    expected = "Bearer" if value in NO_TOKEN else 'Bearer error="invalid_token"'
    assert answer.headers["www-authenticate"] == expected
    plain = await world.provider_a.get("/v1/agreements", Authorization="Bearer kissa")
    assert same_but_instance(answer, challenge=False) == same_but_instance(plain, challenge=False)


async def test_the_audience_may_stand_in_a_list(world: TenantFixture) -> None:
    """RFC 7519, 4.1.3: a list is the usual form, and what many libraries send."""
    claims = claims_of(world.provider_a.client_id)
    signed = token(header(), claims | {"aud": [claims["aud"]]}, SIGNING.pem)
    answer = await ask(world, signed)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion": None}, "invalid_request"),
        ({"client_assertion": "kissa"}, "invalid_client"),
        ({"scope": "agreements:read kissa"}, "invalid_scope"),
    ],
)
async def test_refusals_of_tokens_are_what_oauth_clients_read(
    world: TenantFixture, form: dict[str, str | None], error: str
) -> None:
    """RFC 6749, 5.2: `error`, and `error_description` in its alphabet, whatever language was asked for."""
    whole = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": token(header(), claims_of(world.provider_a.client_id), SIGNING.pem),
    } | form
    sent = {name: value for name, value in whole.items() if value is not None}
    answer = await world.provider_a.http.post("/oauth2/token", data=sent, headers={"Accept-Language": "fi"})
    body = answer.json()
    assert (body["error"], answer.headers["content-type"]) == (error, "application/problem+json")
    assert re.fullmatch(r"[ !#-\[\]-~]{20,}", body["error_description"])


async def test_a_token_that_was_good_expires(world: TenantFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    from walmu_api.access import tokens

    class Later:
        @staticmethod
        def time() -> float:
            return time.time() + 320

    assert (await world.provider_a.get("/v1/agreements")).status_code == 200
    monkeypatch.setattr(tokens, "time", Later)
    assert (await world.provider_a.get("/v1/agreements")).status_code == 401


async def test_every_operation_behind_the_guard_refuses_without_a_token(world: TenantFixture) -> None:
    refused = 0
    for path, item in world.app.state.described()["paths"].items():
        for method, operation in item.items():
            if operation["security"]:
                place = path.replace("{date}", "2026-10-05").replace("{name}", "x")
                while "{" in place:
                    start, end = place.index("{"), place.index("}")
                    place = place[:start] + str(world.organiser_id) + place[end + 1 :]
                answer = await world.organiser(method.upper(), place, Authorization="")
                assert answer.status_code == 401, (method, path)
                refused += 1
    assert refused > 30


def test_with_two_signing_keys_the_first_signs_and_both_verify() -> None:
    old, new = SigningKey(**_new_signing_key()), SigningKey(**_new_signing_key())
    before, between, after = (Tokens(ISSUER, keys) for keys in ([old], [new, old], [new]))
    issued = before.issue("client", HELD, ["a:read"], None, now=now())
    assert between.verify(issued)["client_id"] == "client"
    renewed = between.issue("client", HELD, ["a:read"], None, now=now())
    assert after.verify(renewed)["client_id"] == "client"
    assert [key["kid"] for key in between.public] == [new.kid, old.kid]
    with pytest.raises(Exception, match="key"):
        after.verify(issued)


async def test_a_system_changes_its_keys_without_a_pause(world: TenantFixture) -> None:
    new = NewKey()
    both = [public_jwk(SIGNING), new.public]
    path = f"/v1/connected-systems/{world.provider_a.system_id}"
    data = (await world.organiser.get(path)).json()
    entry = {name: data[name] for name in ("organisation_id", "client_id", "name", "role")}
    added = entry | {"jwks": {"keys": both}, "proofs": [new.proof()]}
    answer = await world.organiser.put(path, added, If_Match='"1"')
    assert answer.status_code == 200, answer.text
    claims = claims_of(world.provider_a.client_id)
    assert (await ask(world, token(header(kid=new.kid), claims, new.pem))).status_code == 200
    assert (await ask(world, token(header(), claims_of(world.provider_a.client_id)))).status_code == 200
    await world.organiser.put(path, entry | {"jwks": {"keys": both[1:]}}, If_Match='"2"')
    assert (await ask(world, token(header(), claims_of(world.provider_a.client_id)))).status_code == 401


async def test_a_revoked_system_is_refused_after_the_registrys_memory(
    world: TenantFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await world.provider_a.get("/v1/agreements")).status_code == 200
    revoked = await world.organiser.post(f"/v1/connected-systems/{world.provider_a.system_id}/revoke", None)
    assert revoked.status_code == 200, revoked.text
    assert revoked.json()["revoked_on"]
    assert (await ask(world, token(header(), claims_of(world.provider_a.client_id)))).status_code == 401
    assert Registry.REMEMBERED <= 30
    registry = world.app_context.registry
    until, system = registry._known[world.provider_a.client_id, HELD]
    registry._known[world.provider_a.client_id, HELD] = (until - Registry.REMEMBERED, system)
    answer = await world.provider_a.get("/v1/agreements")
    assert same_but_instance(answer) == same_but_instance(
        await world.provider_b.get("/v1/agreements", Authorization="Bearer kissa")
    )


async def test_a_system_is_registered_by_the_organiser_and_gets_tokens(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    name, key = f"new-{secrets.token_hex(4)}", NewKey()
    entry = {
        "organisation_id": str(world.provider_a.organisation_id),
        "client_id": name,
        "name": "Uusi",
        "role": "provider",
        "source_id": "new",
        **with_keys(key),
    }
    response = await world.organiser.post("/v1/connected-systems", entry)
    assert response.status_code == 201, response.text
    assert (await world.organiser.post("/v1/connected-systems", entry)).status_code == 200
    assert (await ask(world, token(header(kid=key.kid), claims_of(name), key.pem))).status_code == 200
    foreign = await elsewhere.organiser.post(
        "/v1/connected-systems", entry | {"client_id": f"{name}-2", "source_id": "2"} | with_keys(NewKey())
    )
    assert (foreign.status_code, foreign.json()["errors"][0]["pointer"]) == (422, "/organisation_id")
    wrong_role = await world.organiser.post(
        "/v1/connected-systems", entry | {"client_id": f"{name}-3", "source_id": "3", "role": "auditor"}
    )
    assert wrong_role.status_code == 422
    assert UUID(response.json()["id"])


BAD_KEYS: dict[str, dict[str, Any]] = {
    "private": {"kty": "EC", "crv": "P-256", "x": "A", "y": "A", "kid": "k", "d": "A"},
    "symmetric": {"kty": "oct", "kid": "k", "k": "AAAA"},
    "off the curve": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "k"},
    "small RSA": {"kty": "RSA", "n": "A" * 100, "e": "AQAB", "kid": "k"},
    "another curve": {"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA", "kid": "k"},
    "no coordinates": {"kty": "EC", "crv": "P-256", "kid": "k"},
    "no kid": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
}


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS)
async def test_a_key_that_cannot_be_used_is_not_registered(world: TenantFixture, key: dict[str, Any]) -> None:
    entry = {
        "organisation_id": str(world.provider_a.organisation_id),
        "client_id": f"bad-{secrets.token_hex(4)}",
        "name": "X",
        "role": "provider",
        "jwks": {"keys": [key]},
        "source_id": "bad",
    }
    answer = await world.organiser.post("/v1/connected-systems", entry)
    assert answer.status_code == 422, answer.text
    assert all(error["pointer"].startswith("/jwks/keys") for error in answer.json()["errors"])


async def test_whoami_says_who_and_what(world: TenantFixture) -> None:
    data = (await world.workplace.get("/v1/whoami")).json()
    assert data["role"] == "workplace"
    assert data["organisation"]["kind"] == "workplace"
    organiser = await world.workplace.get(f"/v1/organisations/{data['organiser']['id']}")
    assert (organiser.status_code, organiser.json()["kind"]) == (200, "organiser")
    assert set(data["scopes"]) == set(ROLES["workplace"])
    assert data["limits"] == {
        "body_bytes": 262144,
        "batch_bytes": 8388608,
        "batch_lines": 10000,
        "page_limit": 200,
        "token_seconds": 300,
        "requests_per_second": 1000,
        "requests_in_one_go": 5000,
        "requests_at_once": 64,
        "requests_side_by_side": 4,
        "bytes_of_one_request": 4096,
    }


def test_the_signature_made_here_is_the_librarys() -> None:
    """The hand-made signer is right: else every refusal above would be for its sake."""
    assert len(es256("a.b", SIGNING.pem)) == 64
