"""./pith bench console: a line on the serial port, and on the text screen."""

from pith.bench.counted import Counts, Kernel
from pith.bench.figure import INSTRUCTIONS, Figure

KERNEL = Kernel("bench-console", "console.elf")


def counted() -> list[Figure]:
    return figures(KERNEL.twice())


def figures(counts: Counts) -> list[Figure]:
    """What a line of 61 characters costs, in guest instructions, beside a finished text that is brought to the device."""
    return [Figure(what, counts[name], INSTRUCTIONS, None, "floor", counts[f"{name}-floor"])
            for name, what in (("formatted", "line with four numbers, formatted"), ("serial", "line on the serial port"),
                               ("screen", "line on the text screen"), ("scrolled", "line that scrolls the screen"))]
