"""./pith bench interrupts: interrupts, timers and the clock."""

from pith import build, paths
from pith.bench.counted import twice
from pith.bench.figure import Figure

KERNEL = paths.OUT / "bench" / "interrupts.elf"


def counted() -> list[Figure]:
    """What interrupts, timers and the clock cost, in guest instructions."""
    build.target("kernel", "bench-interrupts")
    # On microvm, where time comes from the time-stamp counter, as on the machines of today.
    costs = twice(KERNEL, "microvm")
    beside_floor = (("interrupt and back", "interrupt", 3.5), ("timer's interrupt and back", "timer-interrupt", 8.5))
    # To the others there is nothing to compare.
    alone = (("from the entry to a handler", "latency", 40), ("reading the clock", "clock", 36),
             ("a timer moved, beside 1", "move-1", 180), ("a timer moved, beside 100", "move-100", 180),
             ("a timer moved, beside 10 000", "move-10000", 180))
    floor = costs["interrupt-floor"]
    return [*(Figure(what, costs[name], "", times * floor, "floor", floor) for what, name, times in beside_floor),
            *(Figure(what, costs[name], "", goal) for what, name, goal in alone)]
