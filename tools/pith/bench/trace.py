"""Where a cost comes from: `python3 -m pith.bench.trace KERNEL FUNCTION` (in tools), as `tasks pith::tasks::Executor::run_next`.

It runs a benchmark kernel (out/bench/KERNEL.elf) one instruction at a time, and looks at the rounds from one entry of the function to the
next. Of those as long as most are, it prints how many instructions stand in which function; what is inlined counts where it
came to stand.
"""

import itertools
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from pith import build, paths, qemu
from pith.bench.counted import Kernel, Kernels
from pith.bench.counts import PARTS
from pith.bench.functions import Functions
from pith.errors import PithError, UsageError, reports_errors

ROUNDS = 500
CODE = "0xffffffff80000000+0x7fffffff"   # where a kernel's code may be
_EXECUTED = re.compile(r"Trace \d+: \S+ \[[0-9a-f]+/(?P<address>[0-9a-f]+)/")


def rounds(addresses: Iterable[int], start: int) -> Iterator[list[int]]:
    """The instructions from each entry of a function to the next."""
    current: list[int] | None = None
    for address in addresses:
        if address == start:
            if current is not None:
                yield current
            current = []
        if current is not None:
            current.append(address)


def usual(found: Iterable[list[int]]) -> list[int]:
    """One of those that are as long as most."""
    by_length: dict[int, list[list[int]]] = {}
    for one in found:
        by_length.setdefault(len(one), []).append(one)
    if not by_length:
        raise PithError("the function was not entered twice")
    return max(by_length.values(), key=len)[-1]


def by_function(addresses: Iterable[int], functions: Functions) -> Counter[str]:
    return Counter(functions.at(address) for address in addresses)


def all_kernels() -> dict[str, Kernel]:
    """Those that count from inside, by what they are called in out/bench."""
    of_parts = [part.KERNEL for part in PARTS.values()]
    kernels = [*(one for one in of_parts if isinstance(one, Kernel)),
               *(one for several in of_parts if isinstance(several, Kernels) for one in several.kernels.values())]
    return {kernel.name.removesuffix(".elf"): kernel for kernel in reversed(kernels)}


def _executed(kernel: Kernel) -> Iterator[int]:
    """Each instruction's address. QEMU ends when nobody wants any more."""
    with tempfile.TemporaryDirectory(prefix="pith-bench-") as scratch:
        pipe = Path(scratch, "log")
        os.mkfifo(pipe)
        process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", qemu.PROGRAM, *kernel.machine().arguments(Path(scratch)),
                                    "-display", "none", "-serial", "null", "-monitor", "none",
                                    "-singlestep", "-d", "exec,nochain", "-dfilter", CODE, "-D", str(pipe)])
        try:
            with pipe.open() as lines:
                yield from (int(line["address"], 16) for line in map(_EXECUTED.match, lines) if line)
        finally:
            process.kill()
            process.wait()


@reports_errors
def main() -> int:
    kernels = all_kernels()
    if len(sys.argv) != 3 or sys.argv[1] not in kernels:
        raise UsageError(f"it takes a benchmark kernel ({', '.join(kernels)}), and a function's full name")
    kernel = kernels[sys.argv[1]]
    build.target("kernel", kernel.target)
    functions = Functions.of((paths.OUT / "bench" / kernel.name).read_bytes())
    found = itertools.islice(rounds(_executed(kernel), functions.start_of(sys.argv[2])), ROUNDS)
    round_of_most = usual(found)
    for name, count in by_function(round_of_most, functions).most_common():
        print(f"{count:>6}  {name}")
    print(f"{len(round_of_most):>6}  in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
