"""./pith bench tasks: waiting, and going on."""

from pith.bench.counted import Counts, Kernel
from pith.bench.figure import INSTRUCTIONS, Figure

KERNEL = Kernel("bench-tasks", "tasks.elf")


def counted() -> list[Figure]:
    return figures(KERNEL.twice())


def figures(counts: Counts) -> list[Figure]:
    """What tasks cost, in guest instructions, beside stacks that are switched by hand, and a function that cannot wait."""
    return [Figure(what, counts[name], INSTRUCTIONS, None, "floor", counts[f"{name}-floor"])
            for name, what in (("switch", "task switch, there and back"), ("call", "task called and awaited"))]
