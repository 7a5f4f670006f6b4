"""./pith bench interrupts: interrupts, timers and the clock."""

from pith.bench.counted import Counts, Kernel
from pith.bench.figure import INSTRUCTIONS, Figure

# On microvm, where time comes from the time-stamp counter, as on the machines of today.
KERNEL = Kernel("bench-interrupts", "interrupts.elf", "microvm")


def counted() -> list[Figure]:
    return figures(KERNEL.twice())


def figures(counts: Counts) -> list[Figure]:
    """What interrupts, timers and the clock cost, in guest instructions."""
    floor = counts["interrupt-floor"]
    beside_floor = (("interrupt and back", "interrupt", 3.5 * floor),
                    ("timer's interrupt and back", "timer-interrupt", 8.5 * floor), ("reading the clock", "clock", 36))
    # To the others there is nothing to compare: of the latency the floor is taken off already.
    alone = (("from the entry to a handler", "latency", 40),
             ("a timer moved, beside 1", "move-1", 180), ("a timer moved, beside 100", "move-100", 180),
             ("a timer moved, beside 10 000", "move-10000", 180))
    return [*(Figure(what, counts[name], INSTRUCTIONS, goal, "floor", counts[f"{name}-floor"]) for what, name, goal in beside_floor),
            *(Figure(what, counts[name], INSTRUCTIONS, goal) for what, name, goal in alone)]
