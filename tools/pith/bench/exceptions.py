"""./pith bench exceptions: a breakpoint and a page fault."""

from pith.bench.counted import Counts, Kernel
from pith.bench.figure import INSTRUCTIONS, Figure

KERNEL = Kernel("bench-inside", "inside.elf")


def counted() -> list[Figure]:
    return figures(KERNEL.twice())


def figures(counts: Counts) -> list[Figure]:
    """What exceptions cost, in guest instructions, beside the hand-written floor in the same run."""
    return [Figure(what, counts[name], INSTRUCTIONS, floor_times * counts[f"{name}-floor"], "floor", counts[f"{name}-floor"])
            for name, what, floor_times in (("breakpoint", "breakpoint and back", 1.4), ("page-fault", "page fault, mapped", 3))]
