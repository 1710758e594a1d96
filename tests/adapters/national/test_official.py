"""The operator's official schema files are asked as well, and their findings are told like ours."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.national.generated import no_codes_known, smallest
from tests.adapters.national.test_judging import by_number, changed, without

from walmu_api.adapters.national.structures.definitions import oids
from walmu_api.adapters.national.validation.official_schema import Official, OfficialFilesMissing
from walmu_api.adapters.national.validation.validate_document import examine
from walmu_api.foundation.encryption import Keyring

ENTRY = by_number["19007"]
ROOT = ENTRY.root.key


@pytest.fixture
def stricter(tmp_path: Path) -> Official:
    """Official files as they could be: of 19007 with a demand that our table does not have, of the others nothing."""
    for oid in oids():
        (tmp_path / f"{oid}.json").write_text("{}")
    person = {
        "type": "object",
        "properties": {"sukunimi": {"maxLength": 3}},
        "required": ["etunimet", "tehtavanimike"],
    }
    entry = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            ROOT: {
                "properties": {"laatija": person, "asiakas": {}, "paivamaara": {"type": "string"}},
                "additionalProperties": False,
            }
        },
    }
    (tmp_path / f"{ENTRY.oid}.json").write_text(json.dumps(entry))
    return Official(tmp_path)


def data_of(found: list[Any]) -> list[tuple[str, str]]:
    return [(each.pointer, each.kind.code) for each in found if each.severity == "error"]


def test_what_only_the_official_file_refuses_is_told_at_its_place(stricter: Official) -> None:
    found = examine(ENTRY, smallest(ENTRY), no_codes_known, stricter, ("content",))
    assert sorted(data_of(found)) == [
        (f"/content/{ROOT}/asiakaskertomusmerkinta", "unknown-property"),
        (f"/content/{ROOT}/laatija/sukunimi", "invalid-value"),
        (f"/content/{ROOT}/laatija/tehtavanimike", "missing"),
    ]
    assert "maxLength" in str([each.render("en") for each in found])
    assert "Nimi" not in str([each.render("en") for each in found])
    assert {each.source for each in found} >= {"schema"}


def test_a_place_that_we_refuse_already_is_told_once(stricter: Official) -> None:
    document = without(changed(smallest(ENTRY), (ROOT, "paivamaara"), 1), (ROOT, "laatija", "etunimet"))
    places = [place for place, _ in data_of(examine(ENTRY, document, no_codes_known, stricter))]
    assert places.count(f"/{ROOT}/paivamaara") == 1
    assert places.count(f"/{ROOT}/laatija/etunimet") == 1


def test_without_the_files_our_tables_judge_alone() -> None:
    assert data_of(examine(ENTRY, smallest(ENTRY), no_codes_known, None)) == []


def test_a_folder_that_lacks_a_file_is_refused_and_says_which(tmp_path: Path, stricter: Official) -> None:
    (tmp_path / f"{ENTRY.oid}.json").unlink()
    with pytest.raises(OfficialFilesMissing, match=ENTRY.oid):
        Official(tmp_path)


def test_the_server_does_not_start_with_a_folder_that_lacks_files(tmp_path: Path) -> None:
    Keyring.create(tmp_path / "keyring.json")
    environment = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "WALMU_AUDITOR_URL": "postgresql://nobody@127.0.0.1:1/none",
        "WALMU_DATA_DIR": str(tmp_path),
        "WALMU_SOSMETA_DIR": str(tmp_path),
    }
    command = [sys.executable, "-m", "walmu_api.cli", "serve"]
    done = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "WALMU_SOSMETA_DIR" in done.stderr
    assert ENTRY.oid in done.stderr
