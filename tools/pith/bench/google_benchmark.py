"""Runs programs made with Google Benchmark, and reads what they measured."""

import json
import os
import statistics
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from pith import paths
from pith.errors import PithError

PROGRAMS = paths.OUT / "build" / "host" / "bench"


def rows(program: Path, chosen: str, seconds: float = 0.1, preload: str = "") -> dict[str, dict[str, float]]:
    """What the program says of each benchmark whose name begins as `chosen` (a regular expression) says.

    `preload` is a shared library that stands before all others: an allocator.
    """
    command = [program, f"--benchmark_filter=^({chosen})", f"--benchmark_min_time={seconds}", "--benchmark_format=json"]
    environment = {**os.environ, **({"LD_PRELOAD": preload} if preload else {})}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment)
    if ran.returncode != 0:
        raise PithError(f"{program.name} failed: {ran.stderr.strip()}")
    return {row["name"]: row for row in json.loads(ran.stdout)["benchmarks"]}


def times(program: Path, chosen: str, seconds: float = 0.02, preload: str = "") -> dict[str, float]:
    """The nanoseconds of processor time of each."""
    return {name: row["cpu_time"] for name, row in rows(program, chosen, seconds, preload).items()}


def medians(measure: Callable[[], Mapping[str, float]], rounds: int = 5) -> dict[str, float]:
    """Of each value the median of some rounds. A round measures all: what disturbs the machine disturbs all alike."""
    samples: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, value in measure().items():
            samples.setdefault(name, []).append(value)
    return {name: statistics.median(values) for name, values in samples.items()}
