"""./pith bench growth: what costs as much, or in proportion, however much there is; each is a plot out/bench/growth-NAME.svg."""

import dataclasses
from collections.abc import Sequence

from pith import paths, process
from pith.bench import boot, systems
from pith.bench.counted import Counts, Kernel
from pith.bench.curve import Curve
from pith.bench.figure import Figure

KERNEL = Kernel("bench-growth", "growth.elf", "microvm")
FOLDER = paths.OUT / "bench"
MEMORY_SIZES = ("64M", "512M", "4G", "32G", "128G", "512G")
GIGABYTES = {"M": 1 / 1024, "G": 1}
MOST_RISE = 1.25   # of what is flat, from any amount to any larger one; of what is linear, of the cost of one


def counted() -> list[Figure]:
    """How much each cost rises; and the plots."""
    curves = [boot_curve(), *curves_of(KERNEL.twice())]
    paths.made_directory(FOLDER)
    for curve in curves:
        (FOLDER / f"growth-{curve.name}.svg").write_text(curve.drawing().svg())
    process.say(f"the plots are {paths.shown(FOLDER)}/growth-*.svg")
    return [_figure(curve) for curve in curves]


def figures(counts: Counts) -> list[Figure]:
    """The same, of the benchmark kernel alone."""
    return [_figure(curve) for curve in curves_of(counts)]


def _figure(curve: Curve) -> Figure:
    return Figure(f"{curve.what}: rise", curve.rise(), "times", MOST_RISE)


def boot_curve() -> Curve:
    """From the kernel's entry to its prompt, less its waiting, on machines with more and more memory, most of it never touched."""
    boot.build_plugin()
    system = systems.ours()["Pith, pc"]
    points = [(int(size[:-1]) * GIGABYTES[size[-1]], boot.count(_with_memory(system, size)).work) for size in MEMORY_SIZES]
    return Curve("boot", "boot against memory", "GiB", points)


def _with_memory(system: systems.System, size: str) -> systems.System:
    sparse = ("-object", f"memory-backend-ram,id=ram,size={size},reserve=off", "-machine", "memory-backend=ram")
    machine = dataclasses.replace(system.machine, model="q35", memory=size, extra=sparse)
    return dataclasses.replace(system, name=f"Pith with {size}", machine=machine)


def curves_of(counts: Counts) -> Sequence[Curve]:
    """Those of the benchmark kernel, which names each figure CURVE-AMOUNT."""
    points: dict[str, list[tuple[float, float]]] = {}
    for name, cost in counts.items():
        curve, _, amount = name.rpartition("-")
        points.setdefault(curve, []).append((int(amount), cost))
    for of_a_curve in points.values():
        of_a_curve.sort()   # those in the tree come in the order of their names
    return [Curve("range", "a range mapped and unmapped", "pages", points["range"], is_linear=True),
            Curve("heap", "a block taken or given back", "blocks", points["heap"]),
            Curve("full-heap", "a block of a full heap replaced", "blocks", points["full-heap"]),
            Curve("timers", "a timer moved", "timers", points["timers"])]
