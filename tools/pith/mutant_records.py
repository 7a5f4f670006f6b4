"""Mutants as they are written down: tests/mutants/LAYER.txt, one small mistake after the other, and which tests catch it.

    ragged_end: of a page that is memory only in part, all is handed out
        in kernel/frames/usable_memory.cpp
        by host.UsableMemory.rounds_inwards
        -        auto const last_end   = round_down(end, page_bytes);
        +        auto const last_end   = round_up(end, page_bytes);

A line `by` names a test, as CTest does; all that are named must fail. `refused TEXT` in its place: the mistake must not
compile, and the compiler says TEXT. `hangs`: a test that runs out of time has failed. `builds TARGET` names what these tests
start, where their names do not say it. The lines of code are those of a diff (`-` old, `+` new, a blank what stays); the old
ones must stand in the file exactly once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pith import layers, paths
from pith.errors import PithError, UsageError
from pith.nearest import did_you_mean

FOLDER = paths.ROOT / "tests" / "mutants"
INDENT = "    "
# What has to be built for a test, by how its name begins. (What must not compile is compiled by the test.)
TARGETS = {"host.": ["host-tests"], "machine.": ["machine-tests"], "boot.": ["pith"], "image.": ["pith"], "session.": ["pith"],
           "compile.": []}


@dataclass
class Mutant:
    """One mistake: where, what is changed into what, and who has to notice."""

    layer: str
    name: str
    what: str
    file: str = ""
    tests: list[str] = field(default_factory=list)
    refused: str = ""
    builds: list[str] = field(default_factory=list)
    hangs: bool = False
    diff: list[str] = field(default_factory=list)

    @property
    def full_name(self) -> str:
        return f"{self.layer}.{self.name}"

    @property
    def preset(self) -> str:
        """In which build it is tried. What the compiler refuses, it refuses in both."""
        return "host" if any(test.startswith("host.") for test in self.tests) else "kernel"

    @property
    def targets(self) -> list[str]:
        if self.builds or self.refused:
            return self.builds or ["machine-tests"]
        named = [target for test in self.tests for start, targets in TARGETS.items() if test.startswith(start)
                 for target in targets]
        return list(dict.fromkeys(named))

    def lines(self, *signs: str) -> str:
        return "".join(f"{line[1:]}\n" for line in self.diff if line[0] in signs)

    def applied(self, text: str) -> str:
        """The file's text with the mistake in it. The old lines must stand there exactly once."""
        old, new, whole = self.lines("-", " "), self.lines("+", " "), f"\n{text}"
        if (count := whole.count(f"\n{old}")) != 1:
            raise PithError(f"the mutant {self.full_name} is stale: its old text stands in {self.file} {count} times, not once")
        return whole.replace(f"\n{old}", f"\n{new}")[1:]


def read(text: str, layer: str) -> list[Mutant]:
    """The mutants of one file."""
    mutants: list[Mutant] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if not line.startswith(INDENT):
            name, colon, what = line.partition(": ")
            _expect(bool(colon) and name.isidentifier(), layer, number, "a mutant begins with `name: what it does`")
            mutants.append(Mutant(layer, name, what))
            continue
        _expect(bool(mutants), layer, number, "a mutant begins with its name, at the line's beginning")
        _add(mutants[-1], line.removeprefix(INDENT), number)
    for mutant in mutants:
        _expect(all([mutant.file, mutant.lines("-"), bool(mutant.tests) != bool(mutant.refused)]), layer, 0,
                f"{mutant.name} lacks `in`, its old lines, or (one of the two) `by` and `refused`")
        _expect(len({test.startswith("host.") for test in mutant.tests}) <= 1, layer, 0,
                f"{mutant.name} names tests of both builds: choose")
    return mutants


def _add(mutant: Mutant, line: str, number: int) -> None:
    word, _, rest = line.partition(" ")
    if line[0] in "-+ ":
        mutant.diff.append(line)
    elif word == "in":
        mutant.file = rest
    elif word == "by":
        mutant.tests.append(rest)
    elif word == "builds":
        mutant.builds.append(rest)
    elif word == "hangs":
        mutant.hangs = True
    elif word == "refused":
        mutant.refused = rest
    else:
        _expect(False, mutant.layer, number, f"'{word}' is no word of a mutant")


def _expect(is_so: bool, layer: str, number: int, what: str) -> None:
    if not is_so:
        raise PithError(f"tests/mutants/{layer}.txt{f':{number}' if number else ''}: {what}")


def load(folder: Path = FOLDER) -> list[Mutant]:
    """All mutants, in the order of the layers."""
    order = layers.read(paths.ROOT / "kernel")
    files = sorted(folder.glob("*.txt"), key=lambda file: order.index(file.stem))
    return [mutant for file in files for mutant in read(file.read_text(), file.stem)]


def choose(mutants: Iterable[Mutant], wanted: str) -> list[Mutant]:
    """All of them (""), a layer's ("frames") or one ("frames.ragged_end")."""
    every = list(mutants)
    chosen = [mutant for mutant in every if wanted in ("", mutant.layer, mutant.full_name)]
    if not chosen:
        names = [name for mutant in every for name in (mutant.layer, mutant.full_name)]
        raise UsageError(f"there is no mutant, and no layer with mutants, called '{wanted}'{did_you_mean(wanted, names)}")
    return chosen


def stale(mutants: Iterable[Mutant], root: Path = paths.ROOT) -> Iterator[str]:
    """What is wrong with these mutants' old texts."""
    for mutant in mutants:
        file = root / mutant.file
        try:
            if mutant.applied(file.read_text()) == file.read_text():
                yield f"the mutant {mutant.full_name} changes nothing"
        except (PithError, OSError) as error:
            yield str(error)
