"""Pith's own gdb commands. gdb runs this file; ./pith debug loads it. `pith-help` lists them.

QEMU's stub gives gdb the processor's registers, and its monitor (`monitor …`) reads physical memory.
"""

import os
import sys

import gdb

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from pith.page_tables import walk  # noqa: E402
from pith.screen import ADDRESS, SIZE, Screen  # noqa: E402


PAGING = 1 << 31  # in CR0


def physical_bytes(address: int, size: int) -> bytes:
    """Physical memory, as QEMU's monitor prints it: `00000000000b8000: 0x20 0x07 …`."""
    text = gdb.execute(f"monitor xp /{size}bx {address:#x}", to_string=True)
    if "Cannot" in text:
        raise gdb.GdbError(f"there is no memory at physical {address:#x}")
    return bytes(int(word, 16) for line in text.splitlines() for word in line.partition(":")[2].split())


def physical_word(address: int) -> int:
    return int.from_bytes(physical_bytes(address, 8), "little")


def register(name: str) -> int:
    """A register that the stub hands out, control registers included."""
    return int(gdb.parse_and_eval(f"(unsigned long)${name}"))


class PithCommand(gdb.Command):
    """A gdb command whose class docstring is its help."""

    commands: list["PithCommand"] = []

    def __init__(self, name: str) -> None:
        super().__init__(name, gdb.COMMAND_USER)
        self.name = name
        self.commands.append(self)


class Help(PithCommand):
    """pith-help: lists these commands."""

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        for command in self.commands:
            print(command.__doc__.splitlines()[0])


class Start(PithCommand):
    """pith-start: runs to kernel_main, or to the kernel's first instruction where there is none."""

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        gdb.execute(f"thbreak {self._place()}")
        gdb.execute("continue")

    def _place(self) -> str:
        try:
            gdb.decode_line("kernel_main")
            return "kernel_main"
        except gdb.error:
            files = gdb.execute("info files", to_string=True)
            return "*" + files.partition("Entry point: ")[2].split()[0]


class ShowScreen(PithCommand):
    """pith-screen: prints the VGA text screen."""

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        print("\n".join(Screen(physical_bytes(ADDRESS, SIZE)).lines()))


class Tables(PithCommand):
    """pith-tables ADDRESS: walks the page tables from CR3 and shows each entry for the address."""

    def invoke(self, argument: str, _from_tty: bool) -> None:
        if not argument:
            raise gdb.GdbError("pith-tables needs an address, e.g. pith-tables $rip")
        if not register("cr0") & PAGING:
            raise gdb.GdbError("paging is off: addresses are physical")
        address = int(gdb.parse_and_eval(f"(unsigned long)({argument})"))
        print("\n".join(walk(register("cr3"), address, physical_word)))


class Registers(PithCommand):
    """pith-registers: prints the control registers and the tables that the processor uses."""

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        wanted = ("CR0=", "GDT=", "IDT=", "TR =", "LDT=", "EFER=")
        for line in gdb.execute("monitor info registers", to_string=True).splitlines():
            if line.strip().startswith(wanted):
                print(line.strip())


class Log(PithCommand):
    """pith-log: prints what the kernel has written to the serial port."""

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        with open(os.path.join("out", "run", "serial.log"), errors="replace") as log:
            print(log.read(), end="")


Help("pith-help")
Start("pith-start")
ShowScreen("pith-screen")
Log("pith-log")
Tables("pith-tables")
Registers("pith-registers")
