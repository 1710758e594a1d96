"""`walmu-api codes`: a file becomes a list of one organiser, whole or not at all, and the same again changes nothing."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from tests import instant
from tests.conftest import TenantFixture, forward

from walmu_api.foundation.clock import Clock
from walmu_api.record.parties.codes.command import CommandError, import_file, listed
from walmu_api.record.parties.codes.service import Imported
from walmu_api.settings import read_settings

OID = "1.2.246.537.6.1222"


async def given(world: TenantFixture, text: str, name: str = OID, **more: Any) -> str:
    organiser = str(world.organiser_id)
    return await import_file(world.app_context.database, organiser, Imported(name, **more), text.encode())


async def data_of(world: TenantFixture, name: str = OID) -> dict[str, Any]:
    answer = await world.provider_a.get(f"/v1/code-systems/{name}")
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def test_a_national_set_is_imported_whole(world: TenantFixture, elsewhere: TenantFixture) -> None:
    before = await data_of(elsewhere)
    data = await given(
        world,
        "code;fi;sv\n55;Työtoiminta;Arbetsverksamhet\n60;Uusi;\n",
        verified=True,
        source="Code server, 1.9.2026",
        version="2008",
    )
    assert data == f"{OID}: 2 added, 0 changed, 0 as they were, 0 ended."
    now = await data_of(world)
    assert (now["verified"], now["version"], now["source"]) == (True, "2008", "Code server, 1.9.2026")
    assert now["title"] == before["title"]
    assert [each["code"] for each in now["codes"]] == ["55", "60"]
    assert await data_of(elsewhere) == before
    lines = list(await listed(world.app_context.database, str(world.organiser_id)))
    assert f"{OID}\t2008\t2 codes\tverified\tSosiaalipalvelut\tCode server, 1.9.2026" in lines


async def test_the_same_file_again_changes_nothing_and_tells_nobody(world: TenantFixture) -> None:
    text = "code,fi,valid_from\n1,Yksi,2020-01-01\n2,Kaksi,\n"
    await given(world, text, verified=True, source="x")
    _, link = await world.feed(world.organiser)
    assert (
        await given(world, text, verified=True, source="x")
        == f"{OID}: 0 added, 0 changed, 2 as they were, 0 ended."
    )
    assert (await world.feed(world.organiser, link))[0] == []
    assert "1 changed" in await given(world, text.replace("Yksi", "Ykkönen"))
    ((item,), _) = await world.feed(world.organiser, link)
    assert (item["resource_type"], item["change"], item["version"]) == ("code-system", "updated", 2)


async def test_a_file_that_adds_leaves_the_rest(world: TenantFixture) -> None:
    count = (await data_of(world))["code_count"]
    await given(world, "code;fi\n55;Toisin sanottu\n700;Uusi\n")
    now = await data_of(world)
    assert (now["verified"], now["code_count"]) == (False, count + 1)
    assert "Toisin sanottu" in {each["fi"] for each in now["codes"]}


async def test_what_a_whole_file_no_longer_has_is_ended(world: TenantFixture, clock: Clock) -> None:
    await given(world, "code;fi\n1;Yksi\n2;Kaksi\n", verified=True)
    assert "1 ended" in await given(world, "code;fi\n1;Yksi\n", verified=True)
    for days_ago, codes in ((1, ["1", "2"]), (0, ["1"])):
        answer = await world.organiser.get(f"/v1/code-systems/{OID}?valid_at={world.day(days_ago)}")
        assert [each["code"] for each in answer.json()["codes"]] == codes
    forward(clock, days=3)
    assert "0 ended" in await given(world, "code;fi\n1;Yksi\n", verified=True)


@pytest.mark.parametrize(
    ("name", "text", "data"),
    [
        (OID, "code;fi;valid_from;valid_to\n1;A;;\n2;B;2025-01-02;2025-01-01\n", "line 3: /valid_to"),
        (
            "absence_reason",
            "code;fi;mapping_system;mapping_code;mapping_display\nown;A;urn:oid:1.2.3.4;1;x",
            "line 2: /mapping/system",
        ),
        ("absence_reason", "code;fi\nown_illness;Oma sairaus", "line 2: /mapping: "),
        ("attendance_status", "code;fi\nown;Oma", "Codes are added"),
        ("Kissa", "code;fi\n1;A", "--system"),
        ("urn:oid:1.2.3", "code;fi\n1;A", "--system"),
        (OID, "code;fi\n1;=A\n2;B", "line 2: /fi"),
    ],
)
async def test_nothing_is_imported_unless_all_is_right(
    world: TenantFixture, name: str, text: str, data: str
) -> None:
    with pytest.raises(CommandError) as refused:
        await given(world, text, name)
    assert data in str(refused.value)
    assert (
        await world.owner.fetchval("select count(*) from codes where organiser_id = $1", world.organiser_id)
        == 0
    )


async def test_many_wrong_lines_are_told_in_part(world: TenantFixture) -> None:
    with pytest.raises(CommandError) as refused:
        await given(world, "code;fi\n" + "x;A\n" * 200)
    assert str(refused.value).splitlines()[-1] == "… and 149 more"


async def test_an_own_list_is_made_by_importing_it_and_takes_additions(world: TenantFixture) -> None:
    await given(world, "code;fi\nwood;Puutyö\n", "skills", title="Taidot", source="Järjestäjä", verified=True)
    now = await data_of(world, "skills")
    assert (now["title"], now["additions"], now["verified"]) == ({"fi": "Taidot"}, True, True)
    assert (
        await world.organiser.put("/v1/code-systems/skills/codes/metal", {"fi": "Metalli"})
    ).status_code == 201


async def test_of_several_organisers_one_must_be_named(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    for named in (None, "nobody"):
        with pytest.raises(CommandError, match="--organiser"):
            await import_file(world.app_context.database, named, Imported(OID), b"code;fi\n1;A")


async def test_twenty_thousand_codes_are_imported_and_served(world: TenantFixture) -> None:
    name = "1.2.246.537.6.1"
    text = "code;fi\n" + "".join(f"C{number};Koodi {number}\n" for number in range(20_000))
    assert "20000 added" in await given(world, text, name, verified=True)
    assert "20000 as they were" in await given(world, text, name, verified=True)
    assert (await data_of(world, name))["code_count"] == 20_000
    (item,) = [
        each
        for each in (await world.provider_a.get("/v1/code-systems")).json()["items"]
        if each["name"] == name
    ]
    assert (item["code_count"], "codes" in item) == (20_000, False)
    agreement = await world.signed_agreement()
    day = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    assert (
        await world.provider_a.put(day, {"status": "absent", "absence_reason": "own_illness"})
    ).status_code == 201


async def test_the_command_itself(world: TenantFixture, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_bytes(b"\xef\xbb\xbfcode;fi\n1;Yksi\n")

    settings = {"DATABASE_URL": database_url, "WALMU_DATA_DIR": str(tmp_path)}
    instant.set_clock_of(read_settings(settings))

    async def run(*arguments: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "walmu_api.cli",
            "codes",
            *arguments,
            "--organiser",
            str(world.organiser_id),
            env=os.environ | settings,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        data, _ = await process.communicate()
        return process.returncode or 0, data.decode()

    system = (
        "--system",
        f"urn:oid:{OID}",
        "--verified",
        "--valid-from",
        "2026-01-01",
        "--list-version",
        "2026",
    )
    assert await run("import", str(file), *system) == (
        0,
        f"{OID}: 1 added, 0 changed, 0 as they were, 0 ended.\n",
    )
    code, data = await run("list")
    assert (code, f"{OID}\t2026\t1 codes\tverified" in data) == (0, True)
    file.write_bytes(b"code;fi\n1;=1+1\n")
    code, data = await run("import", str(file), *system)
    assert (code, data.splitlines()[0]) == (2, "Nothing was imported:")
    assert (await data_of(world))["valid_from"] == "2026-01-01"
