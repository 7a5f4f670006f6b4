"""What a machine wrote to its serial port, and after how many instructions: read from the log of QEMU.

The log is that of `-d plugin,trace:serial_write` with the plugin tools/plugins/count_outputs.cpp: of each output, first how many
instructions had run by then, how many of them waited, and how many blocks of them QEMU had translated; and then, if it went to
a serial port, to which register what was written.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from pith.errors import PithError

# Registers of a 16550, and the bits of them that send what is written to register 0 elsewhere than to the line.
DATA, LINE_CONTROL, MODEM_CONTROL = 0, 3, 4
DIVISOR_ACCESS, LOOPBACK = 1 << 7, 1 << 4

_SERIAL_WRITE = re.compile(r"serial_write write addr 0x(?P<register>[0-9a-f]+) val 0x(?P<value>[0-9a-f]+)")


class Work(NamedTuple):
    """What had been done by some moment since the kernel's entry."""

    instructions: int
    waited: int    # of these: in loops that wait
    blocks: int


@dataclass
class Outputs:
    """The bytes that went out on the line since the kernel's entry, each with the work until then."""

    text: bytearray = field(default_factory=bytearray)
    counts: list[Work] = field(default_factory=list)

    def first(self) -> Work:
        """What the first byte took."""
        if not self.counts:
            raise PithError("the kernel wrote nothing to the serial port, or was never entered")
        return self.counts[0]

    def until(self, words: bytes) -> Work:
        """What it took until these words were written, for the first time."""
        start = self.text.find(words)
        if start < 0:
            raise PithError(f"the kernel never wrote {words.decode()!r}; it wrote {self.text[-200:].decode(errors='replace')!r}")
        return self.counts[start + len(words) - 1]


def read(lines: Iterable[str]) -> Outputs:
    outputs, done, line_control, modem_control = Outputs(), Work(0, 0, 0), 0, 0
    for line in lines:
        if line.startswith("ENTRY"):   # what was before is the firmware's, or a boot loader's
            outputs = Outputs()
        elif line.startswith("OUT "):
            done = Work(*map(int, line.split()[1:]))
        elif write := _SERIAL_WRITE.match(line):
            register, value = int(write["register"], 16), int(write["value"], 16)
            if register == LINE_CONTROL:
                line_control = value
            elif register == MODEM_CONTROL:
                modem_control = value
            elif register == DATA and not line_control & DIVISOR_ACCESS and not modem_control & LOOPBACK:
                outputs.text.append(value)
                outputs.counts.append(done)
    return outputs
