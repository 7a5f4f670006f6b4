"""The book's exercises, and what an answer to one has to do.

An exercise is a folder `chapters/NN-name/exercises/K-name` with exercise.json, `start.*` (what a reader begins with),
`solution.*` (ours) and, where the kernel can print, `check.*`: it calls what the reader writes, says what is wrong with it, and
prints `solved` if nothing is.
"""

import argparse
import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pith import iso, machine_test, paths
from pith.errors import PithError, UsageError
from pith.machine_test import MachineTest

SOLVED = "solved"
_FOLDER = re.compile(r"chapters/0*(\d+)-[^/]+/exercises/(\d+)-[^/]+$")
_NUMBER = re.compile(r"(\d+)\.(\d+)")
KEYS = {"title", "layer", "append", "boot", "contains", "lacks", "screen", "until"}


@dataclass(frozen=True)
class Exercise:
    """One of them. `until` is how the machine has to end; `contains`, `lacks` and `screen` are what it has to show then."""

    chapter: int
    number: int
    folder: Path
    title: str
    layer: str
    append: str = ""
    boot: str = "pvh"
    until: str = "halt"
    contains: Sequence[str] = (SOLVED,)
    lacks: Sequence[str] = field(default=())
    screen: str = ""

    @property
    def name(self) -> str:
        return f"{self.chapter}.{self.number}"

    def files(self, kind: str) -> list[Path]:
        """Its files of one kind: "start", "check" or "solution"."""
        return sorted(file for file in self.folder.glob(f"{kind}*.*") if file.suffix in (".cpp", ".S"))


def load(root: Path = paths.ROOT) -> list[Exercise]:
    """All exercises, in the book's order."""
    files = root.glob("chapters/*/exercises/*/exercise.json")
    return sorted((read(file.parent) for file in files), key=lambda one: (one.chapter, one.number))


def read(folder: Path) -> Exercise:
    """The exercise in this folder; raises PithError if it is not as the book wants it."""
    match = _FOLDER.search(str(folder))
    if not match:
        raise PithError(f"{folder}: an exercise's folder is chapters/NN-name/exercises/K-name")
    said = json.loads((folder / "exercise.json").read_text())
    if unknown := set(said) - KEYS:
        raise PithError(f"{folder}/exercise.json: '{unknown.pop()}' is none of {', '.join(sorted(KEYS))}")
    if "screen" in said:
        said = {"contains": (), "boot": "bios"} | said
    return Exercise(chapter=int(match[1]), number=int(match[2]), folder=folder, **said)


def find(word: str, exercises: Sequence[Exercise]) -> Exercise:
    """The exercise that is called so, e.g. "11.2"; raises UsageError when there is none."""
    match = _NUMBER.fullmatch(word)
    if not match:
        raise UsageError(f"'{word}' is not the number of an exercise, such as 11.2")
    found = [one for one in exercises if one.name == f"{int(match[1])}.{int(match[2])}"]
    if not found:
        beside = [one.name for one in exercises if one.chapter == int(match[1])]
        raise UsageError(f"there is no exercise {word}; "
                         + (f"chapter {match[1]} has {', '.join(beside)}" if beside else "'./pith exercise' lists them all"))
    return found[0]


def check(exercise: Exercise, elf: Path, seconds: int = 60) -> MachineTest:
    """Runs a kernel as an answer: `failure` of what is returned says what is wrong with it, or is empty. Who hangs is given
    so many seconds."""
    with tempfile.TemporaryDirectory(prefix="pith-exercise-") as scratch:
        if exercise.boot == "pvh":
            image = ["--kernel", str(elf), "--append", exercise.append]
        else:
            made = Path(scratch, "exercise.iso")
            iso.make(elf, made, exercise.append)
            image = ["--iso", str(made), "--elf", str(elf)]
        words = [*image, "--boot", exercise.boot, "--until", exercise.until, "--timeout", str(seconds),
                 *(word for text in exercise.contains for word in ("--contains", text)),
                 *(word for text in exercise.lacks for word in ("--lacks", text)),
                 *(("--screen-contains", exercise.screen) if exercise.screen else ())]
        test = MachineTest(_options(words))
        test.run()
    # The line that says it is solved is a line of its own: a sentence about it is not it.
    if not test.failure and SOLVED in exercise.contains and SOLVED not in test.serial:
        test.failure = [f"the serial output has no line '{SOLVED}'"]
    return test


def _options(words: Sequence[str]) -> argparse.Namespace:
    return machine_test.parser_of("exercise", "").parse_args(words)
