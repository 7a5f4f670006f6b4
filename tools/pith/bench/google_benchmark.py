"""Runs programs made with Google Benchmark, and reads what they measured."""

import json
import subprocess
from pathlib import Path

from pith.errors import PithError


def rows(program: Path, chosen: str) -> dict[str, dict[str, float]]:
    """What the program says of each benchmark whose name begins as `chosen` (a regular expression) says."""
    command = [program, f"--benchmark_filter=^({chosen})", "--benchmark_min_time=0.1", "--benchmark_format=json"]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode != 0:
        raise PithError(f"{program.name} failed: {ran.stderr.strip()}")
    return {row["name"]: row for row in json.loads(ran.stdout)["benchmarks"]}
