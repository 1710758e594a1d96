"""Encrypted columns: bound to row, column and tenant; the blind index tells equality inside one tenant only."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from walmu_api.foundation.encryption import Keyring, KeyringError
from walmu_api.foundation.record_ids import uuid7

PLACE = "clients|identity"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    Keyring.create(tmp_path / "keyring.json")
    return tmp_path / "keyring.json"


def content(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text())  # type: ignore[no-any-return]


def test_a_value_comes_back_and_is_not_in_its_ciphertext(file: Path) -> None:
    keyring, tenant, row = Keyring.read(file), uuid7(), uuid7()
    sealed = keyring.encrypt(b"311080-999X", PLACE, tenant, row)
    assert b"311080" not in sealed
    assert keyring.decrypt(sealed, PLACE, tenant, row) == b"311080-999X"
    assert sealed != keyring.encrypt(b"311080-999X", PLACE, tenant, row)


@pytest.mark.parametrize("moved", ["row", "tenant", "column", "flipped", "cut"])
def test_a_ciphertext_moved_or_altered_does_not_open(file: Path, moved: str) -> None:
    keyring, tenant, row = Keyring.read(file), uuid7(), uuid7()
    sealed = keyring.encrypt(b"311080-999X", PLACE, tenant, row)
    place = "clients|other" if moved == "column" else PLACE
    if moved == "flipped":
        sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    if moved == "cut":
        sealed = sealed[:-1]
    with pytest.raises(KeyringError):
        keyring.decrypt(
            sealed, place, uuid7() if moved == "tenant" else tenant, uuid7() if moved == "row" else row
        )


def test_a_new_primary_key_encrypts_and_the_old_one_still_opens(file: Path) -> None:
    old, tenant, row = Keyring.read(file), uuid7(), uuid7()
    sealed = old.encrypt(b"x", PLACE, tenant, row)
    data = content(file)
    data["data"] = {"primary": "new1", "keys": data["data"]["keys"] | {"new1": data["index"]}}
    turned = Keyring(data)
    assert turned.decrypt(sealed, PLACE, tenant, row) == b"x"
    resealed = turned.encrypt(b"x", PLACE, tenant, row)
    assert resealed[2:6] == b"new1"
    with pytest.raises(KeyringError, match="lacks the key new1"):
        old.decrypt(resealed, PLACE, tenant, row)


def test_another_key_under_the_same_id_does_not_open(file: Path) -> None:
    tenant, row = uuid7(), uuid7()
    sealed = Keyring.read(file).encrypt(b"x", PLACE, tenant, row)
    data = content(file)
    data["data"]["keys"] = {data["data"]["primary"]: data["index"]}
    with pytest.raises(KeyringError):
        Keyring(data).decrypt(sealed, PLACE, tenant, row)


def test_the_blind_index_differs_by_tenant_purpose_value_and_key(file: Path, tmp_path: Path) -> None:
    keyring, one, two = Keyring.read(file), uuid7(), uuid7()
    index = keyring.blind_index(one, "hetu", "311080-999X")
    assert index == keyring.blind_index(one, "hetu", "311080-999X")
    others = {
        keyring.blind_index(two, "hetu", "311080-999X"),
        keyring.blind_index(one, "other", "311080-999X"),
        keyring.blind_index(one, "hetu", "311080Y999X"),
        Keyring.create(tmp_path / "other.json").blind_index(one, "hetu", "311080-999X"),
    }
    assert len(others | {index}) == 5


def test_a_keyring_is_made_once_and_for_its_owner_only(file: Path) -> None:
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600  # noqa: PTH116
    before = file.read_text()
    with pytest.raises(FileExistsError):
        Keyring.create(file)
    assert file.read_text() == before
    assert [path.name for path in file.parent.iterdir()] == ["keyring.json"]


@pytest.mark.parametrize(
    "wrong", ["{}", "[]", "not json", '{"data": {"keys": {}, "primary": "x"}, "index": "", "signing": []}']
)
def test_a_keyring_that_cannot_be_used_is_named_without_its_content(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "keyring.json"
    file.write_text(wrong)
    with pytest.raises(KeyringError, match="keyring"):
        Keyring.read(file)


def test_a_missing_keyring_tells_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match="keys create"):
        Keyring.read(tmp_path / "none.json")
