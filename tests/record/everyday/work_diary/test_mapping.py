"""The tables of 19004–19007 and 19013 map to the diary entry, whole and in the right types."""

import pytest
from tests.record.case_file.documents.mapping import Table

from walmu_api.adapters.national.structures.definitions import structure_of
from walmu_api.record.case_file.documents.schemas import Belonging
from walmu_api.record.everyday.work_diary.rules import ALWAYS, MEMBERS, STRUCTURES
from walmu_api.record.everyday.work_diary.schemas import DiaryEntryEntry
from walmu_api.record.parties.codes.shipped import shipped_lists

OURS_ALONE = {
    **dict.fromkeys(Belonging.model_fields, "whose record it is stands in the document's envelope"),
    "kind": "many kinds share one structure",
    **dict.fromkeys(
        (
            "performance.tasks",
            "performance.rating",
            "performance.rating_note",
            "performance.support_given",
            "performance.form",
        ),
        "19007 has one field of text, which they make",
    ),
}


@pytest.mark.parametrize("oid", sorted(MEMBERS))
def test_every_row_has_its_member_and_every_member_of_the_kind_its_row(oid: str) -> None:
    table = Table(oid, DiaryEntryEntry)
    assert table.wrong == []
    ours = {"performance"} if oid == STRUCTURES["daily_performance"] else set()
    assert table.members | ours == MEMBERS[oid] | ALWAYS | {"author"}


def test_no_member_is_without_a_row_unless_it_is_ours_alone() -> None:
    tables = [Table(oid, DiaryEntryEntry) for oid in MEMBERS]
    mapped = set().union(*(table.mapped for table in tables))
    assert tables[0].leaves() - mapped == set(OURS_ALONE)


def test_every_kind_is_in_the_code_list_and_has_a_structure_of_ours() -> None:
    assert set(STRUCTURES) == set(shipped_lists()["diary_kind"].codes)
    assert set(STRUCTURES.values()) == set(MEMBERS)
    assert all(structure_of(oid) for oid in MEMBERS)
