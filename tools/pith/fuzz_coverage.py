"""How much of each reader of outside bytes its fuzzers reach: `./pith fuzz --coverage [NAME]`, and `python3 -m pith.fuzz_coverage`.

tests/fuzz/readers.txt says which fuzzers read with which sources. Each runs with its seeds and a fixed number of inputs made from
them, always the same, built so that clang counts what is executed (tests/fuzz/CMakeLists.txt). Lines are the compiler's: those with code.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pith import coverage, paths
from pith.errors import PithError, UsageError, reports_errors
from pith.nearest import did_you_mean

READERS = paths.ROOT / "tests" / "fuzz" / "readers.txt"
NOT_READERS = READERS.with_name("not-readers.txt")
KERNEL = paths.ROOT / "kernel"
SUFFIXES = (".hpp", ".cpp")          # what can be covered
ALL_SUFFIXES = (*SUFFIXES, ".S")
PROGRAMS = paths.HOST_BUILD / "tests" / "fuzz"
WANTED = 95.0
JOBS = 2
MOST_SHOWN = 12   # lines that were not reached


@dataclass(frozen=True)
class Reader:
    """A row of readers.txt."""

    name: str
    fuzzers: tuple[str, ...]
    sources: tuple[str, ...]   # without their suffixes: header and .cpp are one

    def files(self) -> list[Path]:
        """Its sources as files."""
        return [file for source in self.sources for suffix in SUFFIXES if (file := KERNEL / f"{source}{suffix}").exists()]


@dataclass(frozen=True)
class Covered:
    """A reader, and which of its lines were reached."""

    reader: Reader
    lines: coverage.Lines


def readers() -> list[Reader]:
    return [Reader(name, tuple(fuzzers.split()), tuple(sources.split())) for name, fuzzers, sources in _rows(READERS)]


def not_readers() -> dict[str, str]:
    """Sources and folders that read nothing from outside, each with the reason."""
    return {source: why for why, sources in _rows(NOT_READERS) for source in sources.split()}


def _rows(table: Path) -> list[list[str]]:
    """The rows of a text file, split at their colons."""
    return [[part.strip() for part in line.split(":")] for line in table.read_text().splitlines()
            if line and not line.startswith("#")]


def unnamed() -> list[str]:
    """The kernel's sources that neither text file names, or that both do."""
    named = [*(source for reader in readers() for source in reader.sources), *not_readers()]
    sources = {file.relative_to(KERNEL).with_suffix("") for file in KERNEL.rglob("*") if file.suffix in ALL_SUFFIXES}
    times = {source.as_posix(): named.count(source.as_posix()) or int(any(f"{folder.as_posix()}/" in named for folder in source.parents))
             for source in sources}
    return sorted(source for source, count in times.items() if count != 1)


def chosen(fuzzer: str | None) -> list[Reader]:
    """The readers of one fuzzer, or all."""
    everything = readers()
    found = [reader for reader in everything if fuzzer is None or fuzzer in reader.fuzzers]
    if not found:
        names = sorted({name for reader in everything for name in reader.fuzzers})
        raise UsageError(f"tests/fuzz/readers.txt names no fuzzer '{fuzzer}'{did_you_mean(fuzzer or '', names)}")
    return found


def measure(wanted: Sequence[Reader]) -> list[Covered]:
    """Runs the fuzzers, and counts."""
    runs = dict(line.split("=") for line in (PROGRAMS / "coverage.runs").read_text().split())
    with tempfile.TemporaryDirectory(prefix="pith-coverage-") as scratch, ThreadPoolExecutor(JOBS) as pool:
        folder = Path(scratch)
        names = sorted({name for reader in wanted for name in reader.fuzzers})
        list(pool.map(lambda name: _run(name, runs[name], folder), names))
        return list(pool.map(lambda reader: _covered(reader, folder), wanted))


def _run(name: str, runs: str, folder: Path) -> None:
    command = [str(PROGRAMS / f"coverage-{name}"), "-seed=1", f"-runs={runs}", f"-seed_inputs=@{PROGRAMS / name}.seeds",
               f"-artifact_prefix={folder}/{name}-"]
    done = subprocess.run(command, capture_output=True, text=True, env={"LLVM_PROFILE_FILE": f"{folder}/{name}.profraw"})
    if done.returncode != 0:
        raise PithError(f"the fuzzer '{name}' failed: {done.stderr[-2000:]}")


def _covered(reader: Reader, folder: Path) -> Covered:
    profile = folder / f"{reader.name.replace(' ', '-')}.profdata"
    coverage.merge([folder / f"{name}.profraw" for name in reader.fuzzers], profile)
    lines = coverage.Lines()
    for part in coverage.lines_of(profile, [PROGRAMS / f"coverage-{name}" for name in reader.fuzzers],
                                  reader.files()).values():
        lines += part
    return Covered(reader, lines)


def report(results: Sequence[Covered]) -> int:
    """Prints the table; returns 1 if some reader is not read enough."""
    print(f"{'reader':20}{'fuzzers':28}{'lines':>6}{'reached':>9}")
    everything = coverage.Lines()
    for result in results:
        lines, missed = result.lines, coverage.in_order(result.lines.missed)
        print(f"{result.reader.name:20}{' '.join(result.reader.fuzzers):28}{lines.count:6}{lines.percent:8.1f}%")
        if missed:
            more = len(missed) - MOST_SHOWN
            print(f"    not {', '.join(missed[:MOST_SHOWN])}" + (f" and {more} more" if more > 0 else ""))
        everything += lines
    low = [result.reader.name for result in results if result.lines.percent < WANTED]
    print(f"fuzz coverage: {len(results)} readers, {everything.percent:.1f} % of {everything.count} lines"
          + (f"; below {WANTED:g} %: {', '.join(low)}" if low else f", each at least {min(r.lines.percent for r in results):.1f} %"))
    return 1 if low else 0


@reports_errors
def main() -> int:
    return report(measure(chosen(None)))


if __name__ == "__main__":
    sys.exit(main())
