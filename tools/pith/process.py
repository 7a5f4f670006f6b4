"""Runs other programs: in sight in a terminal, else quietly into a log that is shown when they fail."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from pith import paths
from pith.errors import PithError


def say(text: str) -> None:
    """One line from the tool itself, in order with what the programs we start print."""
    print(f"pith: {text}", flush=True)


def run_step(what: str, command: Sequence[str], log: str, extra_environment: Mapping[str, str] = {}) -> None:
    """Runs one step, e.g. what="building pith"; raises PithError when it fails."""
    environment = {**os.environ, **extra_environment}
    if sys.stdout.isatty():
        if subprocess.run(command, cwd=paths.ROOT, env=environment).returncode != 0:
            raise PithError(f"{what} failed (see above)")
        return
    log_file = paths.made_directory(paths.LOGS) / f"{log}.log"
    _run_logged(what, command, log_file, environment)


def _run_logged(what: str, command: Sequence[str], log_file: Path, environment: Mapping[str, str]) -> None:
    with log_file.open("w") as output:
        status = subprocess.run(command, cwd=paths.ROOT, env=environment, stdin=subprocess.DEVNULL,
                                stdout=output, stderr=subprocess.STDOUT).returncode
    if status != 0:
        print(log_file.read_text(errors="replace"), end="", flush=True)
        raise PithError(f"{what} failed (the output above is in {paths.shown(log_file)})")
