"""What is typed as ä may come as one character or as two (a and a diaeresis): to a person it is the same text. It is brought to
NFC where it comes in (Unicode Standard Annex 15), whatever carries it, so that names, goals and recipients compare."""

import json
import time
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.assertions import token
from tests.access.test_tokens_api import ask, claims_of, header
from tests.conftest import TenantFixture
from tests.record.case_file.workplace_agreements.test_safety_and_support_api import (
    SEIZURE,
    item,
    permit_item,
    read_as,
    signed,
)
from tests.record.everyday.attendance.imports.sheets import done

from walmu_api.foundation.texts import folded, in_nfc, json_in_nfc
from walmu_api.record.parties.codes import importing

NAME = "Väinö Åkerblom"
APART = unicodedata.normalize("NFD", NAME)
"""As some keyboards and file systems write it."""


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {"family_name": name, "given_names": "Testi", "turvakielto": False, "source_id": "k-1"} | more


@pytest.mark.parametrize("ensure_ascii", [True, False], ids=["escaped", "plain"])
async def test_a_name_is_read_in_nfc_and_sent_again_it_is_the_same_record(
    world: TenantFixture, ensure_ascii: bool
) -> None:
    body = json.dumps(entry(APART), ensure_ascii=ensure_ascii).encode()
    created = await world.organiser.post("/v1/clients", body)
    assert (created.status_code, created.json()["family_name"]) == (201, NAME)
    for again in (entry(NAME), entry(APART)):
        answer = await world.organiser.post("/v1/clients", again)
        assert (answer.status_code, answer.json()) == (200, created.json())


async def test_the_person_who_acts_is_known_by_name_however_it_is_spelt(world: TenantFixture) -> None:
    for number, (written, acts) in enumerate(((NAME, APART), (APART, NAME))):
        agreement = await signed(world)
        named = item(instructors=[{"name": written}])
        await permit_item(world, agreement, safety_and_support=named, source_id=f"p-{number}")
        items = (await read_as(world, agreement, {"sub": "u-1", "name": acts})).json()["items"]
        assert [each["text"] for each in items] == [SEIZURE]


async def test_the_acting_person_of_a_token_is_in_nfc(world: TenantFixture) -> None:
    act = {"sub": "u-1", "name": APART}
    data = (await ask(world, token(header(), claims_of(world.provider_a.client_id, act=act)))).json()
    who = await world.provider_a.get("/v1/whoami", Authorization=f"Bearer {data['access_token']}")
    assert who.json()["acting_person"]["name"] == NAME


@pytest.mark.parametrize("written", ["code;fi\na;{}\n", '[{{"code": "a", "fi": "{}"}}]'], ids=["CSV", "JSON"])
def test_a_list_of_codes_is_read_in_nfc(written: str) -> None:
    (value,) = importing.read(written.format(APART).encode()).values
    assert value.fi == NAME


async def test_a_worker_is_found_by_an_id_however_it_is_spelt(world: TenantFixture) -> None:
    worker = {"family_name": "A", "given_names": "B", "id": APART}
    made = await world.relationship(
        (await world.client())["id"], responsible_workers={"organiser": worker, "provider": worker}
    )
    for asked in (NAME, APART):
        answer = await world.organiser.get(f"/v1/service-relationships?responsible_worker={asked}")
        assert [each["id"] for each in answer.json()["items"]] == [made["id"]]


async def test_a_worksheet_and_its_mapping_are_read_in_nfc(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    agreement = await world.agreement(relationship, await world.decision(relationship), source_id="S-1")
    text = f"Sopimus;Päivä;Merkintä\nS-1;{world.day(1)};läsnä\nS-1;{world.day(2)};käymälä\n"
    mapping = {"translations": [{"field": "status", "text": "käymälä", "value": "present"}]}
    data = await done(
        world.provider_a,
        unicodedata.normalize("NFD", text),
        json.loads(unicodedata.normalize("NFD", json.dumps(mapping, ensure_ascii=False))),
    )
    assert data["counts"]["created"] == 2, data
    assert [each["column"] for each in data["read_as"]["columns"]][1:] == ["Päivä", "Merkintä"]
    assert (
        len((await world.provider_a.get(f"/v1/attendance?agreement_id={agreement['id']}")).json()["items"])
        == 2
    )


async def test_an_older_record_in_two_characters_is_sent_back_as_it_was_read(world: TenantFixture) -> None:
    """It comes to NFC when it is next written, and what compares it minds neither form."""
    client = await world.client(family_name="Lahti")
    await world.owner.execute("update clients set family_name = $1 where id::text = $2", APART, client["id"])
    read = (await world.organiser.get(f"/v1/clients/{client['id']}")).json()
    answer = await world.organiser.put(f"/v1/clients/{client['id']}", read, If_Match='"1"')
    assert answer.status_code == 200, answer.text
    assert answer.json()["family_name"] == NAME


_texts = st.text(st.sampled_from('aän\\"{}:,\n\u0303\u0308\u0041\u030a\u0344é<\u0338'), max_size=8)
_values = st.recursive(
    _texts | st.integers(-9, 9) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=8,
)


def _all_in_nfc(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {_all_in_nfc(name): _all_in_nfc(each) for name, each in value.items()}
    return [_all_in_nfc(each) for each in value] if isinstance(value, list) else value


@given(_values, st.booleans())
def test_json_keeps_its_meaning_and_has_its_texts_in_nfc(value: Any, ensure_ascii: bool) -> None:
    """A line feed before a tilde stays a line feed, whose escape would become another letter."""
    raw = json.dumps(value, ensure_ascii=ensure_ascii).encode()
    assert json.loads(json_in_nfc(raw)) == _all_in_nfc(value)
    assert json_in_nfc(json_in_nfc(raw)) == json_in_nfc(raw)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b'{"a', b'"\\u03', b'"\xff"', b'"\\ud800\\u0308"', b"\\u0308", b'"\\u0308' + b'\\"' * 10**6],
    ids=lambda raw: repr(raw[:12]),
)
def test_what_is_no_json_is_left_to_who_reads_it(raw: bytes) -> None:
    assert json_in_nfc(raw) == raw


def test_a_line_that_is_no_json_does_not_hide_the_next() -> None:
    lines = f'{{"a": "\n{{"a": "{APART}"}}\n'.encode()
    assert json_in_nfc(lines).decode() == f'{{"a": "\n{json.dumps({"a": NAME})}\n'


@pytest.mark.parametrize("mark", ["\u0327", "\u0f73", "\u0f75", "\u0f81"])
def test_a_run_of_marks_that_no_writing_has_stays_as_it_is(mark: str) -> None:
    """To put so many in order would take a minute, and everybody would wait. The vowel signs stand for two marks each: by
    themselves they are none to the standard library, and are put in order like marks."""
    text = "a" + f"\u0301{mark}" * 10_000
    raw = f'"{text}"'.encode()
    began = time.process_time()
    assert json_in_nfc(raw) == raw
    assert folded(text) == text
    assert time.process_time() - began < 0.5


def test_letters_with_marks_in_them_are_no_run() -> None:
    word = "\u1ec7" * 40 + "e\u0323\u0302"
    assert in_nfc(word) == "\u1ec7" * 41
