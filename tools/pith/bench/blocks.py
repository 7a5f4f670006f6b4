"""Of which layers the blocks are that QEMU translates until the prompt: `python3 -m pith.bench.blocks [pc|microvm]` (in tools).

A block counts for the function in which it begins; what is inlined, so, where it came to stand.
"""

import bisect
import dataclasses
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence

from pith import build, chapters, packages, paths, symbols
from pith.bench import boot, outputs, systems
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


def by_layer(addresses: Iterable[int], functions: Sequence[tuple[int, str]]) -> Counter[str]:
    """`functions` are sorted by where they begin."""
    begins = [start for start, _ in functions]
    counts: Counter[str] = Counter()
    for address in addresses:
        place = bisect.bisect_right(begins, address) - 1
        counts[layer_of(functions[place][1]) if place >= 0 and address >> 63 else LOW] += 1
    return counts


def main() -> int:
    """Prints a line for each layer."""
    packages.need(["build", "run", "host"], yes=True)
    model = sys.argv[1] if len(sys.argv) > 1 else "microvm"
    boot.build_plugin()
    system = systems.ours()[f"Pith, {model}"]
    still = dataclasses.replace(system, machine=dataclasses.replace(system.machine, command_line="nokaslr"))
    addresses = starts(boot.lines_until_ready(still, ",blocks=on"), system.ready.encode())
    counts = by_layer(addresses, _functions())
    if not counts:
        raise PithError("the plugin told of no blocks")
    for layer, count in counts.most_common():
        print(f"{layer:32}{count:>6}")
    print(f"{'in all':32}{counts.total():>6}")
    return 0


def _functions() -> list[tuple[int, str]]:
    found = [symbol for symbol in symbols.read_code_symbols(chapters.SYSTEM.elf.read_bytes()) if symbol.is_function]
    names = map(symbols.shorten, symbols.demangle([symbol.name for symbol in found]))
    return sorted(zip((symbol.start for symbol in found), names, strict=True))


if __name__ == "__main__":
    sys.exit(main())
