"""./pith bench sizes: how large the kernel is, and how little memory it comes to its prompt in."""

import tempfile
from pathlib import Path

from pith import build, chapters, iso, process
from pith.bench import debian
from pith.bench.counted import Counts
from pith.bench.figure import Figure
from pith.bench.watched import Watched
from pith.errors import PithError
from pith.qemu import Machine

MEMORY_SIZES = (2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128)  # MiB
BOOT_SECONDS = 20   # a fraction of one, but on a busy machine


class Image:
    """What is compared with the tree (counts.py): the bytes of the kernel, as they are loaded."""

    def once(self) -> Counts:
        build.target("kernel", chapters.SYSTEM.target)
        with tempfile.TemporaryDirectory(prefix="pith-bench-") as scratch:
            output = Path(scratch, "kernel.elf")
            iso.strip(chapters.SYSTEM.elf, output)
            return {"stripped": output.stat().st_size}


KERNEL = Image()


def figures(counts: Counts) -> list[Figure]:
    """NOVA is in no package of Debian: its figure is one that others measured."""
    return [Figure("stripped kernel", counts["stripped"] / 1000, "KB", 300, "NOVA", 90)]


def counted() -> list[Figure]:
    """What it needs in both ways. LK's figure is one that others measured, too."""
    counts = KERNEL.once()
    kernel, size = chapters.SYSTEM, counts["stripped"] / 1000
    return [*figures(counts),
            *(Figure(f"stripped kernel, beside {name}", size, "KB", None, name, others) for name, others in _images().items()),
            Figure("least memory", _least_memory(kernel.elf, kernel.prompt.strip()), "MiB", 4, "LK", 4)]


def _images() -> dict[str, float | None]:
    """How large the kernels are that Debian has: Linux, which is compressed, and Xen, which is not. In kilobytes."""
    try:
        return {name: image.stat().st_size / 1000 for name, image in (("Linux", debian.linux()), ("Xen", debian.xen()))}
    except PithError as error:
        process.say(f"Debian's Linux and Xen were not measured: {error}")
        return {"Linux": None, "Xen": None}


def _least_memory(elf: Path, prompt: str) -> int:
    for size in MEMORY_SIZES:
        complaint = _complaint_of(Machine(kernel=elf, memory=f"{size}M"), prompt)
        if complaint is None:
            return size
    raise PithError(f"the kernel boots with no amount of memory up to {MEMORY_SIZES[-1]} MiB: {complaint}")


def _complaint_of(machine: Machine, prompt: str) -> str | None:
    """Why the kernel does not come to its prompt on this machine; nothing, if it does."""
    with Watched(machine, BOOT_SECONDS) as run:
        try:
            run.until(prompt)
        except PithError as error:
            return str(error)
    return None
