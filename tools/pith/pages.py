"""The kernel's address space, as the kernel prints it and as QEMU sees it: `python3 -m pith.pages KERNEL`.

The kernel walks its own tables and prints the regions for programs (kernel/paging/regions.hpp). QEMU, which has to translate
addresses as the processor does, lists the same tables by itself (`info tlb`). Both must agree, page by page.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pith import transcript
from pith.errors import reports_errors
from pith.page_tables import canonical
from pith.qemu import Machine
from pith.session import Session

BOOT_SECONDS = 60
COLUMNS = "pages,start,last,rights,bytes,4K,2M,1G,memory,order,owner"
# QEMU, "info tlb": address, physical address, and the flags NX, global, page size, dirty, accessed, cache disable, write
# through, user, writable.
TLB_LINE = re.compile(r"^([0-9a-f]{16}): ([0-9a-f]{16}) ([X-])([G-])([P-])([D-])([A-])([C-])([T-])([U-])([W-])$")


@dataclass(frozen=True)
class Region:
    """Neighbouring pages with the same rights; `memory` is behind the first, and behind all in a row if `in_a_row`."""

    start: int
    last: int
    rights: str
    memory: int
    in_a_row: bool = True
    owner: str = ""


def printed(lines: Iterable[str]) -> list[Region]:
    """The regions that the kernel printed for programs."""
    rows = [line.split(",") for line in lines if line.startswith("pages,") and line != COLUMNS]
    return [Region(start=int(start, 16), last=int(last, 16), rights=rights, memory=int(memory, 16),
                   in_a_row=order == "row", owner=owner)
            for _, start, last, rights, _, _, _, _, memory, order, owner in rows]


def seen_by_qemu(text: str) -> Iterator[Region]:
    """A region for each page that QEMU lists. Its lines do not say how large a page is: up to the next, if that goes on."""
    matches = [match for line in text.splitlines() if (match := TLB_LINE.match(line.strip()))]
    starts = [canonical(int(match[1], 16)) for match in matches]
    for index, match in enumerate(matches):
        size = _size(match, starts, index)
        yield Region(start=starts[index], last=starts[index] + size - 1, memory=int(match[2], 16),
                     rights="r" + _written(match[11], match[6]) + _flag("-" if match[3] == "X" else "x", "x") + _flag(match[10], "u")
                     + _flag(match[4], "g") + _caching(match[8], match[9]))


def _written(writable: str, dirty: str) -> str:
    """Dirty, though nobody can write to it: by that the processor knows a shadow stack (kernel/paging/entry.hpp)."""
    return "w" if writable != "-" else _flag(dirty, "s")


def _caching(disabled: str, write_through: str) -> str:
    """The kernel has the second bit alone mean "write-combining" (kernel/paging/attribute_table.hpp)."""
    return "d" if disabled != "-" else _flag(write_through, "c")


def _flag(seen: str, letter: str) -> str:
    return "-" if seen == "-" else letter


def _size(match: re.Match[str], starts: list[int], index: int) -> int:
    """A page of 1 GiB begins 1 GiB before the next, or, being the last in a row of them, 1 GiB behind the one before."""
    gibibyte = 1 << 30
    if match[5] != "P":
        return 1 << 12
    neighbours = starts[max(index - 1, 0):index] + starts[index + 1:index + 2]
    is_huge = starts[index] % gibibyte == 0 and any(abs(starts[index] - start) == gibibyte for start in neighbours)
    return gibibyte if is_huge else 1 << 21


def merged(regions: Iterable[Region]) -> list[Region]:
    """Neighbours with the same rights become one, whoever owns them."""
    result: list[Region] = []
    for region in regions:
        before = result[-1] if result else None
        if before is not None and before.last + 1 == region.start and before.rights == region.rights:
            follows = before.memory + (region.start - before.start) == region.memory
            result[-1] = replace(before, last=region.last, in_a_row=before.in_a_row and region.in_a_row and follows, owner="")
        else:
            result.append(replace(region, owner=""))
    return result


def differences(ours: Iterable[Region], theirs: Iterable[Region]) -> list[str]:
    """What only one of them says."""
    left, right = merged(ours), merged(theirs)
    return ([f"only the kernel says: {describe(region)}" for region in left if region not in right] +
            [f"only QEMU says: {describe(region)}" for region in right if region not in left])


def describe(region: Region) -> str:
    return f"{region.start:#018x} - {region.last:#018x} {region.rights} {region.memory:#x} {'in a row' if region.in_a_row else ''}"


def live(kernel: Path, memory: str = "128M", cpu: str = "max") -> tuple[list[Region], list[Region]]:
    """Boots the kernel, and returns the regions that it printed, and those that QEMU sees when it waits at its prompt."""
    machine = Machine(kernel=kernel, command_line="pages-for-programs", memory=memory, cpu=cpu)
    with tempfile.TemporaryDirectory(prefix="pith-pages-") as scratch:
        log = Path(scratch, "serial.log")
        with Session(machine, f"file,path={log}") as session:
            session.await_rest(BOOT_SECONDS)
            theirs = list(seen_by_qemu(session.translations()))
        return printed(transcript.clean(log.read_text(errors="replace"))), theirs


@reports_errors
def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.pages", description="Holds the kernel's pages against what QEMU sees.")
    parser.add_argument("kernel", type=Path, metavar="ELF")
    parser.add_argument("--memory", default="128M", metavar="SIZE", help="how much the machine has (128M)")
    parser.add_argument("--cpu", default="max", metavar="MODEL", help="its processor, as QEMU names it (max)")
    options = parser.parse_args()
    ours, theirs = live(options.kernel, options.memory, options.cpu)
    wrong = differences(ours, theirs)
    print("\n".join(wrong))
    print(f"{len(ours)} regions printed, {len(theirs)} pages seen, {len(wrong)} differences")
    return 0 if ours and theirs and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
