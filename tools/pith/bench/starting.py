"""./pith bench starting: what frames, the kernel's own map and its proof cost to start, on machines with little and much memory."""

from pith.bench.counted import PROCESSOR, Counts, Kernel, Kernels
from pith.bench.figure import INSTRUCTIONS, Figure

COSTS = {"frames": "frames", "map": "own map", "proof": "own map proved"}
SIZES = {"512M": "512 MiB", "3G": "3 GiB", "512G": "512 GiB"}
# Pages of 1 GiB, or the largest are of 2 MiB.
PROCESSORS = {PROCESSOR: "", "Nehalem": "-2M"}


def _with_memory(size: str, cpu: str) -> Kernel:
    sparse = ("-object", f"memory-backend-ram,id=ram,size={size},reserve=off", "-machine", "memory-backend=ram")
    return Kernel("bench-starting", "starting.elf", "q35", size, cpu, sparse)


# The same kernel on all these machines. Memory that nobody touches costs the host nothing.
KERNEL = Kernels({size + suffix: _with_memory(size, cpu) for cpu, suffix in PROCESSORS.items() for size in SIZES})


def counted() -> list[Figure]:
    return figures(KERNEL.twice())


def figures(counts: Counts) -> list[Figure]:
    """In instructions of the guest. There are no goals: it is part of the boot, which has one."""
    return [Figure(f"{what}, {size} in pages of {pages}", counts[f"{name}-{machine}{suffix}"], INSTRUCTIONS)
            for suffix, pages in (("", "1 GiB"), ("-2M", "2 MiB"))
            for machine, size in SIZES.items() for name, what in COSTS.items()]
