"""./pith bench sizes: how large the kernel is, and how little memory it starts in."""

import tempfile
import time
from pathlib import Path

from pith import build, chapters, iso
from pith.bench.figure import Figure
from pith.qemu import Machine
from pith.session import Session

GREETING = "Pith"
MEMORY_SIZES = (2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128)  # MiB
BOOT_SECONDS = 5


def counted() -> list[Figure]:
    """How large the kernel is, and how little memory it starts in."""
    kernel = chapters.SYSTEM
    build.target("kernel", kernel.target)
    return [Figure("stripped kernel", _stripped_kilobytes(kernel.elf), "KB", 300, "NOVA", 90),
            Figure("least memory", _least_memory(kernel.elf), "MiB", 4, "LK", 4)]


def _stripped_kilobytes(elf: Path) -> float:
    with tempfile.TemporaryDirectory(prefix="pith-bench-") as scratch:
        output = Path(scratch, "kernel.elf")
        iso.strip(elf, output)
        return output.stat().st_size / 1000


def _least_memory(elf: Path) -> float:
    return next((size for size in MEMORY_SIZES if _greets(Machine(kernel=elf, memory=f"{size}M"))), float("inf"))


def _greets(machine: Machine) -> bool:
    """Whether the kernel comes as far as its greeting on this machine."""
    deadline = time.monotonic() + BOOT_SECONDS
    with tempfile.TemporaryDirectory(prefix="pith-bench-") as scratch:
        log = Path(scratch, "serial.log")
        with Session(machine, f"file,path={log}") as session:
            while session.wait() and not session.halted() and time.monotonic() < deadline:
                if GREETING in log.read_text(errors="replace"):
                    break
        return GREETING in log.read_text(errors="replace")
