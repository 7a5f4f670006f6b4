"""./pith bench: measures, prints a table beside the goals, and writes out/bench/results.json.

Each part is a module that measures one matter: `counted` gives the figures that are the same in every run, `timed` those
that this machine's clock tells. It has one of the two, or both. A part that has a KERNEL is compared with the tree (counts.py).
"""

import argparse

from pith import packages
from pith.bench import (boot, console, counts, exceptions, figure, growth, heap, interrupts, memory, memory_functions, page_tables,
                        sizes, starting, tasks)
from pith.errors import UsageError
from pith.nearest import did_you_mean

PARTS = {
    "boot": boot,
    "console": console,
    "exceptions": exceptions,
    "growth": growth,
    "heap": heap,
    "interrupts": interrupts,
    "memory": memory,
    "memory-functions": memory_functions,
    "page-tables": page_tables,
    "sizes": sizes,
    "starting": starting,
    "tasks": tasks,
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("part", nargs="*", metavar="PART",
                        help=f"of {', '.join(PARTS)}; without, all (for --update-counts also PART/COUNT, with * and ?)")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--counted", action="store_true", help="only what is the same in every run, and no times")
    instead.add_argument("--check-counts", action="store_true",
                         help="compare the counts with bench/counts.json; fail if one is more than 3 %% off")
    instead.add_argument("--update-counts", metavar="REASON", help="write those that are to that file, and why")


def main(options: argparse.Namespace) -> int:
    """./pith bench [PART…]"""
    if options.update_counts is not None:
        packages.need(["build", "run", "host"], options.yes)
        return counts.update(options.part, options.update_counts)
    _refuse_unknown(options.part)
    if options.check_counts:
        return _check_counts(options)
    packages.need(["build", "run", "host", "allocators"], options.yes)
    groups = {(part, how): getattr(module, how)() for how in ("counted", *(() if options.counted else ("timed",)))
              for part, module in PARTS.items() if part in (options.part or PARTS) and hasattr(module, how)}
    figures = [measured for group in groups.values() for measured in group]
    misses = figure.known_misses()
    figure.write(groups)
    figure.show(figures, misses)
    is_all = not options.part and not options.counted
    strangers = misses.keys() - {measured.name for measured in figures} if is_all else ()
    return _status([*figure.goals_as_told(figures, misses),
                    *(f"{name}: nothing that is measured is called so, but a known miss is" for name in sorted(strangers))])


def _refuse_unknown(parts: list[str]) -> None:
    for part in parts:
        if part not in PARTS:
            raise UsageError(f"there is no part '{part}'{did_you_mean(part, PARTS)} (there are {', '.join(PARTS)})")


def _check_counts(options: argparse.Namespace) -> int:
    for part in options.part:
        if part not in counts.PARTS:
            raise UsageError(f"the part '{part}' has no counts in the tree (there are {', '.join(counts.PARTS)})")
    packages.need(["build", "run", "host"], options.yes)
    return counts.check(options.part or list(counts.PARTS))


def _status(complaints: list[str]) -> int:
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0
