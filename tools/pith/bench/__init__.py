"""./pith bench: measures, prints a table beside the goals, and writes out/bench/results.json.

Each part is a module that measures one matter: `counted` gives the figures that are the same in every run, `timed` those
that this machine's clock tells. It has one of the two, or both.
"""

import argparse

from pith import packages
from pith.bench import (boot, console, counts, exceptions, figure, growth, heap, interrupts, memory, memory_functions, page_tables,
                        sizes, tasks)
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
    "tasks": tasks,
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("part", nargs="?", metavar="PART", help=f"one of {', '.join(PARTS)}; without, all")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--counted", action="store_true", help="only what is the same in every run, and no times")
    instead.add_argument("--check-counts", action="store_true",
                         help="compare the counts from inside with bench/counts.json; fail if one is more than 3 %% worse")
    instead.add_argument("--update-counts", metavar="REASON", help="write what has changed to that file, and why")


def main(options: argparse.Namespace) -> int:
    """./pith bench [PART]"""
    if options.part is not None and options.part not in PARTS:
        raise UsageError(f"there is no part '{options.part}'{did_you_mean(options.part, PARTS)} "
                         f"(there are {', '.join(PARTS)})")
    if options.check_counts or options.update_counts is not None:
        return _against_the_tree(options)
    packages.need(["build", "run", "host", "allocators"], options.yes)
    chosen = [PARTS[options.part]] if options.part else list(PARTS.values())
    figures = [measured for part in chosen if hasattr(part, "counted") for measured in part.counted()]
    if not options.counted:
        figures += [measured for part in chosen if hasattr(part, "timed") for measured in part.timed()]
    figure.write(figures)
    figure.show(figures)
    return 0 if all(measured.met is not False for measured in figures) else 1


def _against_the_tree(options: argparse.Namespace) -> int:
    if options.part is not None and options.part not in counts.PARTS:
        raise UsageError(f"the part '{options.part}' counts nothing from inside (there are {', '.join(counts.PARTS)})")
    packages.need(["build", "run", "host"], options.yes)
    chosen = [options.part] if options.part else list(counts.PARTS)
    return counts.check(chosen) if options.check_counts else counts.update(chosen, options.update_counts)
