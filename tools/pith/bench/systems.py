"""The systems whose start is measured: Pith in its three ways, the probe, and what Debian has."""

import dataclasses
import struct
from dataclasses import dataclass
from pathlib import Path

from pith import build, chapters, paths
from pith.bench import debian
from pith.image_check import Elf
from pith.qemu import Machine

MEMORY = "128M"      # Linux needs most of it
PROBE = paths.OUT / "bench" / "probe.elf"
# Where the code of a bzImage begins that QEMU gives the machine: 16-bit code, behind the first sector.
# Reference: Linux, "The Linux/x86 Boot Protocol", "Loading The Rest of The Kernel"; QEMU, hw/i386/x86.c.
LINUX_ENTRY = 0x10200
NOTE_SEGMENT = 4     # PT_NOTE


@dataclass(frozen=True)
class System:
    """What boots, the address at which it is entered, and what it writes when it is ready."""

    name: str
    machine: Machine
    entry: int
    ready: str
    seconds: float = 300   # in which it must be ready: a few, but for Linux whose instructions are counted, or on a busy machine


def ours() -> dict[str, System]:
    """Pith, and the probe."""
    kernel = chapters.SYSTEM
    for target in (f"{kernel.target}-iso", kernel.target, "bench-probe"):
        build.target("kernel", target)
    systems = [_by_pvh("probe, pc", PROBE, "pc", "P"), _by_pvh("probe, microvm", PROBE, "microvm", "P"),
               _by_pvh("Pith, pc", kernel.elf, "pc", kernel.prompt.strip()),
               _by_pvh("Pith, microvm", kernel.elf, "microvm", kernel.prompt.strip()),
               System("Pith, GRUB", Machine(boot="bios", iso=kernel.iso, model="pc", memory=MEMORY), elf_entry(kernel.elf),
                      kernel.prompt.strip())]
    return {system.name: system for system in systems}


def others() -> dict[str, System]:
    """Debian's; raises PithError if they cannot be had. Each is told to write to the serial port."""
    initial_files = ("-initrd", str(debian.busybox_alone()))
    linux = Machine(kernel=debian.linux(), model="pc", memory=MEMORY, command_line="console=ttyS0", extra=initial_files)
    # It finds no timer in the ACPI tables of microvm, and waits for ever; without ACPI it takes what a PC has. And there the
    # firmware would bring to the serial port what is said before the kernel is unpacked, of disks that are looked for.
    linux_on_microvm = dataclasses.replace(linux, model="microvm", command_line="console=ttyS0 edd=off",
                                           extra=(*initial_files, "-machine", "acpi=off"))
    xen = Machine(kernel=debian.xen(), model="pc", memory=MEMORY, command_line="com1=115200,8n1 console=com1")
    systems = [System("Linux, pc", linux, LINUX_ENTRY, "/ # "), System("Linux, microvm", linux_on_microvm, LINUX_ENTRY, "/ # "),
               # Without a first guest it ends in a panic: so its first line is all that is awaited.
               System("Xen", xen, elf_entry(debian.XEN), "Xen version")]
    return {system.name: system for system in systems}


def _by_pvh(name: str, kernel: Path, model: str, ready: str) -> System:
    return System(name, Machine(kernel=kernel, model=model, memory=MEMORY), pvh_entry(kernel), ready)


def elf_entry(elf: Path) -> int:
    """Where a Multiboot loader enters it; of an ELF of 32 and of 64 bits, below 4 GiB."""
    return struct.unpack_from("<I", elf.read_bytes(), 24)[0]


def pvh_entry(elf: Path) -> int:
    """What its note for PVH says: the last word of the only note."""
    image = Elf(elf)
    note = next(segment for segment in image.segments if segment.kind == NOTE_SEGMENT)
    return struct.unpack("<I", image.content(note)[-4:])[0]
