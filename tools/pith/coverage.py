"""Which lines of the kernel the tests reach, on the host and in machines: `./pith test --coverage`.

On the host clang counts what is executed: the host tests are built once more for that, and run. In machines QEMU marks the
instructions that are (executed.py), while CTest runs the kernels as they are. Lines are those with code, to the one in what these
tests compile, to the other in the optimised kernels. A table counts them by layer; out/coverage/index.html shows the host's, file by file,
and out/coverage/missed.txt has the lines that neither reaches.
"""

import itertools
import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pith import build, executed, layers, paths, process, symbols
from pith.errors import PithError

KERNEL = paths.ROOT / "kernel"
TARGET = "coverage-host-tests"
PROGRAM = paths.HOST_BUILD / "tests" / "host" / TARGET
OUT = paths.OUT / "coverage"
MISSED = OUT / "missed.txt"
# What starts no kernel in QEMU, or one that says nothing new: readers' solutions, and the kernels with sanitizers.
NO_MACHINES = "^(bench|bochs|book|compile|debug|exercise|image|sanitized)[.]"


@dataclass
class Lines:
    """Lines with code ("boot/pvh.cpp:17"), of a file or of several: those that were reached, and the others."""

    reached: set[str] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)

    @property
    def count(self) -> int:
        return len(self.reached) + len(self.missed)

    @property
    def percent(self) -> float:
        return 100 * len(self.reached) / self.count if self.count else 0.0

    def add(self, line: str, is_reached: bool) -> None:
        (self.reached if is_reached else self.missed).add(line)

    def __iadd__(self, other: "Lines") -> "Lines":
        """Joins them: a line is reached if one of both has reached it."""
        self.reached |= other.reached
        self.missed = (self.missed | other.missed) - self.reached
        return self


def place(line: str) -> tuple[str, int]:
    """A line's file, and its number."""
    file, _, number = line.rpartition(":")
    return file, int(number)


def in_order(lines: Iterable[str]) -> list[str]:
    """By file and number."""
    return sorted(lines, key=place)


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
            found[source].add(f"{source}:{number}", count != "0")
    return found


def main() -> int:
    """Builds, runs and reports; returns the exit status."""
    paths.made_directory(OUT)
    on_host = _on_host()
    in_machines, passed = _in_machines()
    _write_missed(report(on_host, in_machines).missed)
    process.say(f"{paths.shown(OUT / 'index.html')} shows each line of the host's, {paths.shown(MISSED)} what neither reaches")
    return 0 if passed else 1


def _on_host() -> dict[str, Lines]:
    build.target("host", TARGET)
    counts, profile = OUT / "host.profraw", OUT / "host.profdata"
    process.run_step("running the host tests", [str(PROGRAM), "--gtest_brief=1"], log=TARGET,
                     extra_environment={"LLVM_PROFILE_FILE": str(counts)})
    merge([counts], profile)
    output(["llvm-cov-19", "show", "-format=html", f"-output-dir={OUT}", f"-instr-profile={profile}", str(PROGRAM), str(KERNEL)])
    return lines_of(profile, [PROGRAM], [KERNEL])


def _in_machines() -> tuple[dict[str, Lines], bool]:
    """Also whether all tests passed: what a machine that failed had reached counts."""
    executed.build_plugin()
    build.target("kernel")
    marks = OUT / "marks"
    shutil.rmtree(marks, ignore_errors=True)
    process.say("running the tests in machines")
    done = subprocess.run(["ctest", "--test-dir", str(paths.KERNEL_BUILD), f"-j{os.cpu_count()}", "-E", NO_MACHINES,
                           "--output-on-failure", "--quiet", "--output-log", str(OUT / "machines.log")],
                          env={**os.environ, executed.MARKS: str(marks)})
    if done.returncode != 0:
        process.say(f"tests failed: {paths.shown(OUT / 'machines.log')} says which")
    return _lines_in_machines(executed.marked_kernels(marks)), done.returncode == 0


def _lines_in_machines(kernels: Mapping[Path, Path]) -> dict[str, Lines]:
    """File by file, as those of the host."""
    found: dict[str, Lines] = defaultdict(Lines)
    for kernel, marks in kernels.items():
        try:
            counts = executed.read_marks(marks)
        except PithError as error:   # it came to no entry in any machine; of the others there is something to say
            process.say(str(error))
            continue
        for (file, number), is_reached in executed.lines(symbols.read_functions(str(kernel)), counts).items():
            if file.startswith("kernel/"):
                source = file.removeprefix("kernel/")
                line = Lines()
                line.add(f"{source}:{number}", is_reached)
                found[source] += line
    return found


def report(on_host: Mapping[str, Lines], in_machines: Mapping[str, Lines]) -> Lines:
    """Prints a row for each layer, and the sums; returns all lines, reached or not."""
    names = layers.read(KERNEL)
    host, machines = _by_layer(on_host), _by_layer(in_machines)
    print(f"{'layer':12}{'on the host':>16}{'in machines':>16}{'in either':>16}")
    sums = [Lines(), Lines(), Lines()]
    for layer in [*names, *sorted((host.keys() | machines.keys()) - set(names))]:
        either = Lines()
        either += host[layer]
        either += machines[layer]
        columns = [host[layer], machines[layer], either]
        print(f"{layer:12}" + "".join(f"{lines.count:8}{lines.percent:6.1f} %" for lines in columns))
        for total, lines in zip(sums, columns):
            total += lines
    print(*(f"{where} coverage: {lines.percent:.1f} % of {lines.count} lines"
            for where, lines in zip(("host", "machine", "whole"), sums)), sep="\n")
    return sums[-1]


def _by_layer(files: Mapping[str, Lines]) -> dict[str, Lines]:
    found: dict[str, Lines] = defaultdict(Lines)
    for name, lines in files.items():
        found[name.partition("/")[0]] += lines
    return found


def _write_missed(missed: Iterable[str]) -> None:
    """Each with what stands there."""
    with MISSED.open("w") as written:
        for file, places in itertools.groupby(map(place, in_order(missed)), key=lambda found: found[0]):
            text = (KERNEL / file).read_text().splitlines()
            for _, number in places:
                print(f"{file}:{number}: {text[number - 1].strip()}", file=written)
