"""The keys that were registered before each belonged to one system: whose they are is written down by the migration."""

import base64
import hashlib
import importlib.util
import json
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, RSAKey
from tests.access.assertions import NewKey, b64
from tests.conftest import TenantFixture

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


def statement(file: str = "0016_who_registers_whom.py") -> str:
    spec = importlib.util.spec_from_file_location("migration", VERSIONS / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.KEYS_SO_FAR)


async def holders(world: TenantFixture, migration: str, names: list[str]) -> dict[str, UUID]:
    """Whose these keys are after the migration, which is taken back again."""
    transaction = world.owner.transaction()
    await transaction.start()
    await world.owner.execute(migration)
    rows = await world.owner.fetch(
        "select thumbprint, system_id from held_keys where organiser_id = $1 and thumbprint = any($2)",
        world.organiser_id,
        names,
    )
    await transaction.rollback()
    return {row["thumbprint"]: row["system_id"] for row in rows}


async def test_each_key_gets_its_holder_by_the_name_another_library_gives_it(world: TenantFixture) -> None:
    numbers = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key().public_numbers()
    of_rsa: dict[str, Any] = {"kty": "RSA", "n": b64(numbers.n.to_bytes(256)), "e": "AQAB"}
    of_ec, shared = NewKey(), NewKey()
    for system, keys in (
        (world.provider_a, [of_ec.public, of_rsa | {"kid": "r"}, shared.public]),
        (world.provider_b, [shared.public]),
    ):
        await world.owner.execute(
            "update system_keys set jwks = $2 where system_id = $1",
            system.system_id,
            json.dumps({"keys": keys}),
        )
    names = [RSAKey.import_key(of_rsa).thumbprint()]
    names += [ECKey.import_key(key.public).thumbprint() for key in (of_ec, shared)]
    first = min(world.provider_a.system_id, world.provider_b.system_id)
    assert await holders(world, statement(), names) == {
        names[0]: world.provider_a.system_id,
        names[1]: world.provider_a.system_id,
        names[2]: first,
    }


async def test_keys_with_one_private_half_get_one_holder(world: TenantFixture) -> None:
    numbers = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key().public_numbers()
    modulus, point = numbers.n.to_bytes(256), NewKey().public
    of_rsa: dict[str, Any] = {"kty": "RSA", "kid": "r", "n": b64(modulus), "e": "AQAB"}
    again = of_rsa | {"n": b64(b"\0\0" + modulus), "e": "AQAD"}
    for system, keys in ((world.provider_a, [of_rsa, point]), (world.provider_b, [again])):
        stored = json.dumps({"keys": keys})
        await world.owner.execute(
            "update system_keys set jwks = $2 where system_id = $1", system.system_id, stored
        )
    x = int.from_bytes(base64.urlsafe_b64decode(f"{point['x']}="))
    texts = (b"RSA" + modulus, b"P-256" + x.to_bytes((x.bit_length() + 7) // 8))
    names = [b64(hashlib.sha256(text).digest()) for text in texts]
    first = min(world.provider_a.system_id, world.provider_b.system_id)
    assert await holders(world, statement("0027_keys_by_their_private_half.py"), names) == {
        names[0]: first,
        names[1]: world.provider_a.system_id,
    }
