"""A small trial, as part of every check: a few kills under load, nothing lost and nothing doubled."""

import asyncio
from pathlib import Path

from contract_tests.history.trial import Plan, Trial


def test_nothing_acknowledged_is_lost_or_doubled_over_a_few_kills(tmp_path: Path) -> None:
    plan = Plan(seed=8, kills=8, clients=8, pause=(0.3, 1.5))
    report = asyncio.run(Trial(tmp_path, plan).run())
    print(report.table())
    assert report.violations == [], report.table()
    assert report.tally["unresolved"] == 0
    assert report.tally["acknowledged"] > 50, "hardly anything was written: that shows nothing"
