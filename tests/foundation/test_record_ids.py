"""Ids that the server makes are unique, of version 7, and in the order of time."""

import time

from walmu_api.foundation.record_ids import uuid7, uuid7s


def test_ids_are_unique_version_7_and_ordered_by_time() -> None:
    ids = uuid7s(10_000)
    assert len(set(ids)) == 10_000
    assert {(each.version, each.variant) for each in ids} == {(7, "specified in RFC 4122")}
    stamp = ids[0].int >> 80
    assert abs(stamp - time.time_ns() // 1_000_000) < 5_000
    created = []
    for _ in range(20):
        created.append(uuid7())
        time.sleep(0.002)
    assert created == sorted(created)
