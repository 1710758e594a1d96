"""The tables of 19002, 19012 and 4002 map to the service event, whole and in the right types."""

import pytest
from tests.record.case_file.documents.mapping import Table

from walmu_api.record.case_file.documents.schemas import Belonging
from walmu_api.record.everyday.service_events.rules import MEMBERS, REQUIRED, STRUCTURES
from walmu_api.record.everyday.service_events.schemas import ServiceEventEntry

OF_PAUSES = {"extra_days_elsewhere.days_per_week", "extra_days_elsewhere.place"}
OURS_ALONE = {
    **dict.fromkeys(Belonging.model_fields, "whose record it is stands in the document's envelope"),
    "kind": "it names the structure",
    "onward_path": "the national ending has no field for it",
    "onward_path_note": "the same",
    "transition": "the national documents have no fields for it",
    **dict.fromkeys(OF_PAUSES, "a pause is no national document"),
}
BESIDE = {
    "started": {"transition"},
    "ended": {"transition", "onward_path", "onward_path_note"},
    "notice": set[str](),
}


@pytest.mark.parametrize("kind", sorted(STRUCTURES))
def test_every_row_has_its_member_and_every_member_of_the_kind_its_row(kind: str) -> None:
    table = Table(STRUCTURES[kind], ServiceEventEntry)
    assert table.wrong == []
    assert table.members | BESIDE[kind] == MEMBERS[kind]


def test_no_member_is_without_a_row_unless_it_is_ours_alone() -> None:
    tables = [Table(oid, ServiceEventEntry) for oid in STRUCTURES.values()]
    mapped = set().union(*(table.mapped for table in tables))
    left = tables[0].leaves() - mapped
    assert {"transition" if name.startswith("transition.") else name for name in left} == set(OURS_ALONE)


def test_what_a_kind_needs_is_what_it_may_have() -> None:
    assert all(REQUIRED[kind] <= MEMBERS[kind] for kind in MEMBERS)
