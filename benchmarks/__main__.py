"""`python -m benchmarks [--rounds N] [--memory-seconds N] [--profile]`: the speed table of this machine, as ratios against floors of the same run."""

import argparse
import pstats
import tempfile
from pathlib import Path

import uvloop

from benchmarks import memory, overload
from benchmarks.rows import TARGETS, Figures, Target, measured
from benchmarks.world import make_world
from walmu_dev.postgres.embedded import temporary_cluster

PROFILE = Path("benchmark.prof")


def _line(figures: Figures, target: Target) -> str:
    ratio = figures.ratio(target)
    reached = ratio >= target.target if target.least else ratio <= target.target
    sign = "≥" if target.least else "≤"
    ours, floor = figures.median(target.ours), figures.median(target.floor)
    return (
        f"{target.name:38} {ours:10,.1f} {floor:10,.1f} {target.unit:11} {ratio:6.2f}   {sign} {target.target:<5}"
        f" {'met' if reached else 'SHORT'}"
    )


async def run(rounds: int, memory_seconds: float, profile: Path | None) -> None:
    with tempfile.TemporaryDirectory(prefix="walmu-bench-") as folder:
        async with (
            temporary_cluster() as cluster,
            make_world(cluster, Path(folder), profile=profile) as world,
        ):
            figures = await measured(world, rounds)
            beside = await overload.report(world)
            beside.append(await memory.report(world, memory_seconds))
    print(f"\n{'':38} {'ours':>10} {'floor':>10} {'':11} {'ratio':>6}   target")
    for target in TARGETS:
        print(_line(figures, target))
    print(
        f"Medians of {rounds} alternating rounds; a ratio is the median of the rounds' ratios. Everything on."
    )
    print("\n".join(beside))
    if profile is not None:
        print("\nUnder the profiler the figures above mean nothing; where the server's own time goes:")
        pstats.Stats(str(profile)).sort_stats("tottime").print_stats(40)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--memory-seconds", type=float, default=60, help="ten minutes are in `make bench-large`"
    )
    parser.add_argument(
        "--profile", action="store_true", help=f"run the server under cProfile, into {PROFILE}"
    )
    given = parser.parse_args()
    uvloop.run(run(given.rounds, given.memory_seconds, PROFILE if given.profile else None))


main()
