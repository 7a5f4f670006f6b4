"""Runs the boot matrix: `python3 -m pith.boot_matrix --elf ELF --iso ISO [--fast] [--only PATTERN] [--list] [--jobs 2]`.

The table (tests/boot/matrix.json) says which machines there are, and what has to come of each; pith/pairwise.py makes rows of
it. On each machine the same session is played (tests/boot/matrix.session). A machine lives, or it is refused with a sentence;
one that hangs, resets, or does not say what it has to, has failed. By what that is known depends on what there is to look at: the
summary counts the ways (matrix_machine.Seen).
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pith import matrix_bochs, matrix_machine, matrix_table, paths, play_script, values
from pith.errors import reports_errors
from pith.matrix_machine import Images, Result, Seen
from pith.matrix_table import Case

TABLE = paths.ROOT / "tests" / "boot" / "matrix.json"
FONT = Path("/usr/share/consolefonts/Uni2-Terminus16.psf.gz")
MOST_SHOWN = 20   # failed machines of which all output is shown


@dataclass(frozen=True)
class Outcome:
    """What came of a machine: it "lived", was "refused", or "failed"."""

    case: Case
    result: Result
    seconds: float

    @property
    def word(self) -> str:
        if self.result.problem:
            return "failed"
        return "refused" if self.case.get("refuses") else "lived"

    def as_json(self) -> dict[str, object]:
        return {"machine": self.case.name, "outcome": self.word, "problem": self.result.problem,
                "seen": self.result.seen or "", "seconds": round(self.seconds, 1), "refusal": self.case.get("refuses") if self.word == "refused" else ""}


def cases_of(table: Path, fast: bool, pattern: str) -> list[Case]:
    cases = [case for matrix in matrix_table.read(table) for case in matrix.cases()]
    return [case for case in cases if (case.is_fast or not fast) and re.search(pattern, case.name)]


def run(cases: Sequence[Case], images: Images, session: Path, jobs: int) -> list[Outcome]:
    steps = play_script.parse(session.read_text())

    def one(case: Case) -> Outcome:
        start = time.monotonic()
        play = matrix_bochs.play if case.emulator == "bochs" else matrix_machine.play
        return Outcome(case, play(case, steps, images), time.monotonic() - start)

    outcomes: list[Outcome] = []
    shown = 0
    with ThreadPoolExecutor(jobs) as pool:
        for outcome in pool.map(one, cases):
            outcomes.append(outcome)
            if outcome.result.problem:
                print(f"FAILED {outcome.case.name}: {outcome.result.problem}", flush=True)
                shown += 1
                if shown <= MOST_SHOWN:
                    print("".join(f"    {line}\n" for line in outcome.result.lines), end="", flush=True)
    return outcomes


def summary(outcomes: Sequence[Outcome]) -> str:
    """The line that `./pith test` prints."""
    failed = sum(outcome.word == "failed" for outcome in outcomes)
    return (f"boot matrix: {len(outcomes)} machines: "
            + f"{_counted(outcomes, 'lived', (Seen.TRANSCRIPT, Seen.SCREEN, Seen.POWER_OFF))}, "
            + _counted(outcomes, "refused", (Seen.SENTENCE, Seen.NUMBER, Seen.SILENCE))
            + (f", {failed} failed" if failed else ""))


def _counted(outcomes: Sequence[Outcome], word: str, ways: Sequence[Seen]) -> str:
    """How many lived, or were refused, and by what that is known."""
    seen = [outcome.result.seen for outcome in outcomes if outcome.word == word]
    known = ", ".join(f"{seen.count(way)} {way}" for way in ways if way in seen)
    return f"{len(seen)} {word}" + (f" ({known})" if known else "")


@reports_errors
def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.boot_matrix", allow_abbrev=False)
    parser.add_argument("--elf", type=Path, default=paths.OUT / "pith.elf", metavar="ELF")
    parser.add_argument("--iso", type=Path, default=paths.OUT / "pith.iso", metavar="ISO")
    parser.add_argument("--table", type=Path, default=TABLE, metavar="FILE")
    parser.add_argument("--font", type=Path, default=FONT, metavar="PSF", help="in which the framebuffer has its text")
    parser.add_argument("--fast", action="store_true", help="only the rows that the table names for that")
    parser.add_argument("--only", type=values.pattern, default="", metavar="PATTERN", help="only machines whose names match")
    parser.add_argument("--list", action="store_true", help="list the machines, start none")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--output", type=Path, metavar="FILE", help="write each machine's outcome here, as JSON")
    options = parser.parse_args()
    return _main(options)


def _main(options: argparse.Namespace) -> int:
    cases = cases_of(options.table, options.fast, options.only)
    if options.list:
        print("\n".join(case.name for case in cases))
        return 0
    with tempfile.TemporaryDirectory(prefix="pith-matrix-") as scratch:
        images = Images(options.elf, options.iso, options.font, Path(scratch))
        outcomes = run(cases, images, options.table.with_name("matrix.session"), options.jobs)
    if options.output:
        text = json.dumps({"summary": summary(outcomes), "machines": [outcome.as_json() for outcome in outcomes]}, indent=1)
        paths.made_directory(options.output.parent)
        options.output.write_text(text + "\n")
    print(summary(outcomes))
    return 1 if not outcomes or any(outcome.result.problem for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
