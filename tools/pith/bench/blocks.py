"""Of which layers the blocks are that QEMU translates until the prompt: `python3 -m pith.bench.blocks [pc|microvm]` (in tools).

A block counts for the function in which it begins; what is inlined, so, where it came to stand.
"""

import dataclasses
import re
import sys
from collections import Counter
from collections.abc import Iterable

from pith import chapters, packages, paths
from pith.bench import boot, outputs, systems
from pith.bench.functions import Functions
from pith.errors import PithError

LAYERS = [line.split()[0] for line in (paths.ROOT / "kernel" / "layers.txt").read_text().splitlines() if re.match("[a-z]", line)]
LIBRARY, FORMATTING, OTHERS = "libc++", "libc++, formatting", "assembly, C and main.cpp"
LOW = "boot, in low memory"   # before the jump to where the kernel is linked


def starts(lines: Iterable[str], ready: bytes) -> list[int]:
    """The addresses at which the blocks begin that were translated between the kernel's entry and these words."""
    lines = list(lines)
    count = outputs.read(lines).until(ready).blocks
    entered = max(number for number, line in enumerate(lines) if line.startswith("ENTRY"))
    told = [int(line.split()[1], 16) for line in lines if line.startswith("BLOCK ")]
    before = sum(line.startswith("BLOCK ") for line in lines[:entered])
    return told[before - 1:before - 1 + count]   # the one that was entered was translated just before


def layer_of(name: str) -> str:
    """Whose a function is, by its full name."""
    scope, *inner = name.split("::")
    if scope == "pith":
        return inner[0] if inner[0] in LAYERS else "base"
    if scope == "std":
        return FORMATTING if "format" in name else LIBRARY
    return OTHERS


def by_layer(addresses: Iterable[int], functions: Functions) -> Counter[str]:
    return Counter(layer_of(functions.at(address)) if address >> 63 else LOW for address in addresses)


def main() -> int:
    """Prints a line for each layer."""
    packages.need(["build", "run", "host"], yes=True)
    model = sys.argv[1] if len(sys.argv) > 1 else "microvm"
    boot.build_plugin()
    system = systems.ours()[f"Pith, {model}"]
    still = dataclasses.replace(system, machine=dataclasses.replace(system.machine, command_line="nokaslr"))
    addresses = starts(boot.lines_until_ready(still, ",blocks=on"), system.ready.encode())
    counts = by_layer(addresses, Functions.of(chapters.SYSTEM.elf.read_bytes()))
    if not counts:
        raise PithError("the plugin told of no blocks")
    for layer, count in counts.most_common():
        print(f"{layer:32}{count:>6}")
    print(f"{'in all':32}{counts.total():>6}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
