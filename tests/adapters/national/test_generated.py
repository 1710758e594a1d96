"""What is made from our tables is a document by our judgement and by the official schema."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.adapters.national.generated import GENERATED, OFFICIAL, documents, fullest, smallest
from tests.sizes import examples

from walmu_api.adapters.national.structures.definitions import Structure
from walmu_api.adapters.national.validation.structure_rules import check_structure
from walmu_api.adapters.national.validation.validate_document import known_codes
from walmu_api.foundation.identity_codes import ANYWHERE, is_synthetic
from walmu_api.record.parties.codes.shipped import shipped_lists


def named(structure: Structure) -> str:
    return structure.number


def found_wrong(structure: Structure, document: object) -> list[tuple[str, str]]:
    found = check_structure(structure, document, known_codes(shipped_lists()))
    official = list(OFFICIAL.findings(structure, document)) if OFFICIAL else []
    return [(each.kind.code, each.pointer) for each in (*found, *official) if each.severity == "error"]


@pytest.mark.parametrize("structure", GENERATED, ids=named)
def test_generated_documents_pass_our_tables_and_the_official_schema(structure: Structure) -> None:
    @settings(
        max_examples=examples(60, long=1000),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(documents(structure))
    def pass_both(document: dict[str, object]) -> None:
        assert found_wrong(structure, document) == []

    pass_both()


@pytest.mark.parametrize("structure", GENERATED, ids=named)
def test_the_smallest_and_the_fullest_document_pass_both(structure: Structure) -> None:
    assert found_wrong(structure, smallest(structure)) == []
    assert found_wrong(structure, fullest(structure)) == []


def test_only_identity_codes_that_nobody_has_are_generated() -> None:
    found: list[str] = []

    @settings(
        max_examples=50,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(GENERATED).flatmap(documents))
    def look(document: dict[str, object]) -> None:
        found.extend(each[0] for each in ANYWHERE.finditer(str(document)))

    look()
    assert len(found) > 30
    assert all(is_synthetic(code) for code in found)
