"""`make faults`: a hundred kills under load, and the table of what held. `--control`: a run that must fail."""

import argparse
import asyncio
import secrets
import sys
import tempfile
from collections import Counter
from pathlib import Path

from contract_tests.history.trial import Plan, Report, Trial

CONTROLS = 5


def _run(plan: Plan, keep: Path | None) -> Report:
    print(f"seed {plan.seed}, {plan.kills} kills", flush=True)
    with tempfile.TemporaryDirectory(prefix="walmu-history-") as folder:
        where = keep or Path(folder)
        where.mkdir(parents=True, exist_ok=True)
        where.chmod(0o711)  # the embedded server may run as another user; its own folder is closed
        report = asyncio.run(Trial(where, plan).run())
    print(report.table())
    for violation in report.violations[:20]:
        print(f"  {violation.kind}: {violation.what}")
    return report


def _control(seed: int) -> int:
    """With commits that are acknowledged before they are on the disk, kills of the database must lose some."""
    for attempt in range(CONTROLS):
        plan = Plan(seed + attempt, 8, clients=8, weights={"database": 1}, pause=(1.5, 4.0), forgetful=True)
        lost = Counter(v.kind for v in _run(plan, None).violations)["lost write"]
        if lost:
            print(f"The control failed as it must: {lost} acknowledged writes are lost.")
            return 0
    print(f"Nothing was lost in {CONTROLS} controls: the checker, or the kill, is not worth much.")
    return 1


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m contract_tests.history", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument(
        "--control", action="store_true", help="a run with synchronous_commit = off, which must lose writes"
    )
    parser.add_argument("--keep", type=Path, help="the folder for data and logs; by default a temporary one")
    asked = parser.parse_args()
    if asked.control:
        return _control(asked.seed)
    return 1 if _run(Plan(asked.seed, asked.kills), asked.keep).violations else 0


if __name__ == "__main__":
    sys.exit(main())
