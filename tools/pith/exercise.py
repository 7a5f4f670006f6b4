"""./pith exercise: gives the reader what an exercise begins with, and says whether the answer is right."""

import argparse
import shutil
from pathlib import Path

from pith import build, exercises, own, packages, paths
from pith.exercises import Exercise
from pith.own import Own
from pith.process import say

ANSWERS = paths.ROOT / "exercises"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", nargs="?", metavar="NUMBER", help="e.g. 11.2; without it, they are listed")
    parser.add_argument("--again", action="store_true", help="begin anew; the answer so far is kept beside")


def main(options: argparse.Namespace) -> int:
    """./pith exercise [NUMBER]"""
    known = exercises.load()
    if options.number is None:
        print(*(f"{one.name:>5}  {'begun' if answer_folder(one).exists() else '     '}  {one.title}" for one in known), sep="\n")
        return 0
    exercise = exercises.find(options.number, known)
    if options.again:
        _put_aside(answer_folder(exercise))
    if not answer_folder(exercise).exists():
        _begin(exercise)
        return 0
    packages.need(["build", "run"], options.yes)
    return _check(exercise)


def answer_folder(exercise: Exercise) -> Path:
    """Where the reader's answer is."""
    return ANSWERS / exercise.name


def _begin(exercise: Exercise) -> None:
    folder = paths.made_directory(answer_folder(exercise))
    for file in exercise.files("start"):
        shutil.copyfile(file, folder / file.name.replace("start", "answer", 1))
    say(f"exercise {exercise.name}: {exercise.title}")
    for file in sorted(folder.iterdir()):
        say(f"write your answer in {paths.shown(file)}")
    say(f"then './pith exercise {exercise.name}' says whether it is right")


def _put_aside(folder: Path) -> None:
    """Renames what is there: nobody's work is lost."""
    if folder.exists():
        number = 1
        while (kept := folder.with_name(f"{folder.name}-before-{number}")).exists():
            number += 1
        folder.rename(kept)
        say(f"the answer so far is in {paths.shown(kept)}")


def _check(exercise: Exercise) -> int:
    folder = answer_folder(exercise)
    checks = ";".join(str(file) for file in exercise.files("check"))
    sources = own.sources_in(folder)
    own.add(Own(name=exercise.name, folder=str(exercise.folder), layer=exercise.layer,
                sources=f"{sources};{checks}" if checks else sources))
    build.target("kernel", f"own-{exercise.name}")
    test = exercises.check(exercise, paths.OUT / "own" / f"{exercise.name}.elf")
    shown = test.screen if exercise.screen else test.serial
    print(*shown, sep="\n", flush=True)
    if test.failure:
        print(*(f"pith: {line}" for line in test.failure), sep="\n")
        say(f"exercise {exercise.name} is not solved yet; your answer is in {paths.shown(folder)}")
        return 1
    say(f"exercise {exercise.name} is solved; ours is in {paths.shown(exercise.folder)}")
    return 0
