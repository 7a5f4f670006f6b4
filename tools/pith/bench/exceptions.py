"""./pith bench exceptions: a breakpoint and a page fault."""

from pith import build, paths
from pith.bench.counted import twice
from pith.bench.figure import Figure

KERNEL = paths.OUT / "bench" / "inside.elf"


def counted() -> list[Figure]:
    """What exceptions cost, in guest instructions, beside the hand-written floor in the same run."""
    build.target("kernel", "bench-inside")
    first = twice(KERNEL)
    return [Figure(f"{what}, instructions", first[name], "", floor_times * first[f"{name}-floor"], "floor",
                   first[f"{name}-floor"])
            for name, what, floor_times in (("breakpoint", "breakpoint and back", 1.41),
                                            ("page-fault", "page fault, mapped", 3.0))]
