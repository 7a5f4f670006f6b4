"""Which lines of the kernel the tests on the host reach: `./pith test --coverage`.

The host tests are built once more, so that clang counts what is executed, and run. A table counts lines by layer, and
out/coverage/index.html shows each file. Lines are the compiler's: those with code, in what these tests compile.
"""

import subprocess
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pith import build, layers, paths, process
from pith.errors import PithError

KERNEL = paths.ROOT / "kernel"
TARGET = "coverage-host-tests"
PROGRAM = paths.HOST_BUILD / "tests" / "host" / TARGET
OUT = paths.OUT / "coverage"


@dataclass
class Lines:
    """Of a file, or of several: how many lines have code, and which of them were not reached ("boot/pvh.cpp:17")."""

    count: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def percent(self) -> float:
        return 100 * (self.count - len(self.missed)) / self.count if self.count else 0.0

    def __iadd__(self, other: "Lines") -> "Lines":
        self.count += other.count
        self.missed += other.missed
        return self


def output(command: Sequence[str]) -> str:
    """What a tool prints; raises PithError when it fails."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise PithError(f"{command[0]} failed: {done.stderr.strip()}")
    return done.stdout


def merge(counts: Iterable[Path], profile: Path) -> None:
    """Makes a profile of what programs counted."""
    output(["llvm-profdata-19", "merge", "-o", str(profile), *map(str, counts)])


def lines_of(profile: Path, programs: Sequence[Path], sources: Iterable[Path]) -> dict[str, Lines]:
    """The lines of these sources, file by file, as seen by programs that are built to count."""
    first, *others = map(str, programs)
    return read_report(output(["llvm-cov-19", "export", "-format=lcov", f"-instr-profile={profile}", first,
                               *(f"-object={other}" for other in others), *map(str, sources)]).splitlines())


def read_report(report: Iterable[str]) -> dict[str, Lines]:
    """Reads lcov's format. Files are named as seen from kernel/."""
    found: dict[str, Lines] = {}
    source = ""
    for line in report:
        key, _, value = line.partition(":")
        if key == "SF":
            source = value.partition("/kernel/")[2] or value
            found[source] = Lines()
        elif key == "DA":
            number, count = value.split(",")[:2]
            found[source].count += 1
            if count == "0":
                found[source].missed.append(f"{source}:{number}")
    return found


def main() -> int:
    """Builds, runs and reports; returns the exit status."""
    build.target("host", TARGET)
    paths.made_directory(OUT)
    counts, profile = OUT / "host.profraw", OUT / "host.profdata"
    process.run_step("running the host tests", [str(PROGRAM), "--gtest_brief=1"], log=TARGET,
                     extra_environment={"LLVM_PROFILE_FILE": str(counts)})
    merge([counts], profile)
    report(lines_of(profile, [PROGRAM], [KERNEL]))
    output(["llvm-cov-19", "show", "-format=html", f"-output-dir={OUT}", f"-instr-profile={profile}", str(PROGRAM), str(KERNEL)])
    process.say(f"{paths.shown(OUT / 'index.html')} shows each line")
    return 0


def report(files: dict[str, Lines]) -> None:
    """Prints a row for each layer, and the sum."""
    by_layer: dict[str, Lines] = defaultdict(Lines)
    for name, lines in files.items():
        by_layer[name.partition("/")[0]] += lines
    print(f"{'layer':12}{'lines':>7}{'reached':>9}  sources that only a machine runs")
    for layer in layers.read(KERNEL):
        rest = _not_compiled(layer, files)
        print(f"{layer:12}{by_layer[layer].count:7}{by_layer[layer].percent:8.1f}%  {rest or '-'}")
    everything = Lines()
    for lines in by_layer.values():
        everything += lines
    print(f"host coverage: {everything.percent:.1f} % of {everything.count} lines")


def _not_compiled(layer: str, files: dict[str, Lines]) -> int:
    return sum(f"{layer}/{source.name}" not in files for source in (KERNEL / layer).glob("*.cpp"))
