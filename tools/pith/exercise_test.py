"""Tests an exercise: `python3 -m pith.exercise_test FOLDER ELF --expect start|solution`; CTest calls it.

What the reader begins with must not pass for an answer, and must run, so that its check can say what is missing. Our solution
must pass.
"""

import argparse
import sys
from pathlib import Path

from pith import exercises
from pith.errors import PithError

START_SECONDS, SOLUTION_SECONDS = 15, 120   # a start may hang; that it comes to nothing is all that is wanted of it


def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.exercise_test", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("elf", type=Path)
    parser.add_argument("--expect", choices=("start", "solution"), required=True)
    options = parser.parse_args()
    try:
        seconds = START_SECONDS if options.expect == "start" else SOLUTION_SECONDS
        test = exercises.check(exercises.read(options.folder), options.elf, seconds)
    except PithError as error:
        print(f"pith: {error}", file=sys.stderr)
        return 1
    print("--- serial output:", *test.serial, "--- screen:", *test.screen, sep="\n")
    print("--- what was wrong with it:", *(test.failure or ["(nothing)"]), sep="\n")
    passed = not test.failure
    if passed != (options.expect == "solution"):
        print(f"the {options.expect} is {'taken for an answer' if passed else 'not accepted'}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
