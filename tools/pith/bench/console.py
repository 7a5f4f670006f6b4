"""./pith bench console: a line on the serial port, on the text screen, and on a framebuffer."""

from pith.bench.counted import Counts, Kernel, Kernels
from pith.bench.figure import INSTRUCTIONS, Figure

KERNEL = Kernels({"": Kernel("bench-console", "console.elf"), "pixels": Kernel("bench-pixels", "pixels.elf")})


def counted() -> list[Figure]:
    return figures(KERNEL.twice())


def figures(counts: Counts) -> list[Figure]:
    """What a line of 61 characters costs, and more on a framebuffer, in guest instructions, beside finished text or pixels that
    are brought to the device.
    """
    rows = (("formatted", "formatted-floor", "line with four numbers, formatted"), ("serial", "serial-floor", "line on the serial port"),
            ("screen", "screen-floor", "line on the text screen"), ("scrolled", "scrolled-floor", "line that scrolls the screen"),
            ("start-pixels", "start-floor-pixels", "a framebuffer becomes a screen"),
            ("line-pixels", "line-floor-pixels", "line on the framebuffer"),
            ("scrolled-pixels", "all-floor-pixels", "987 characters scroll there"),
            ("all-pixels", "all-floor-pixels", "all 6144 cells change there"))
    return [Figure(what, counts[name], INSTRUCTIONS, None, "floor", counts[floor]) for name, floor, what in rows]
