"""Boots a kernel several times: what it says behind a word differs each time. `python3 -m pith.differs WORD --kernel ELF …`.

For what has to be hard to guess: the number behind WORD must stand in every run's serial output, and no two runs may have the
same. The other options are those of pith.machine_test.
"""

import re
import sys
from collections.abc import Sequence

from pith.machine_test import MachineTest, consistent, parser_of, report

RUNS = 3


def value_behind(word: str, lines: Sequence[str]) -> str | None:
    """The number that stands behind `word`, or nothing."""
    pattern = re.compile(rf"\b{re.escape(word)} (0x[0-9a-f]+)")
    return next((match[1] for line in lines if (match := pattern.search(line))), None)


def failure(word: str, values: Sequence[str | None]) -> list[str]:
    """What is wrong with the values of all runs."""
    if None in values:
        return [f"a run has no number behind '{word}': {values}"]
    return [] if len(set(values)) == len(values) else [f"two runs have the same {word}: {values}"]


def main() -> int:
    parser = parser_of("pith.differs", __doc__)
    parser.add_argument("word", metavar="WORD", help="what stands before the number")
    options = consistent(parser)
    values = []
    for _ in range(RUNS):
        test = MachineTest(options)
        if status := report(test):
            return status
        values.append(value_behind(options.word, test.serial))
    for line in (wrong := failure(options.word, values)):
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
