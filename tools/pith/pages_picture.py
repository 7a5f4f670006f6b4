"""Draws the kernel's live address space as an SVG picture: `python3 -m pith.pages_picture [KERNEL [SVG]]`.

The regions come from a run (pages.py), highest address on top. Heights are not to scale: a page and a gigabyte must both be
seen, so each doubling adds the same height.
"""

import argparse
import sys
from collections.abc import Sequence
from html import escape
from math import log2
from pathlib import Path

from pith import chapters, paths
from pith.errors import PithError
from pith.pages import Region, live

PICTURE = paths.ROOT / "docs" / "images" / "address-space.svg"
WIDTH, LEFT, RIGHT, TEXT, LEAST, PER_DOUBLING, GAP = 880, 210, 470, 14, 20, 2, 10
COLOURS = {"r---": "#cfe3f5", "rw--": "#f6e2b8", "r-x-": "#cde8c9", "device": "#e3cfe8"}


def draw(regions: Sequence[Region]) -> str:
    """The picture, as SVG text."""
    rows, top = [], GAP
    above: Region | None = None
    for region in sorted(regions, key=lambda one: one.start, reverse=True):
        if above is not None and region.last + 1 != above.start:
            rows.append(_gap(top))
            top += 2 * GAP
        rows.append(_row(region, top))
        top += _height(region)
        above = region
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top + GAP}" font-family="monospace" '
            f'font-size="12"><rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(rows) + "\n</svg>\n")


def _height(region: Region) -> int:
    return LEAST + PER_DOUBLING * int(log2((region.last - region.start + 1) // 4096))


def _row(region: Region, top: int) -> str:
    height = _height(region)
    colour = COLOURS["device"] if "d" in region.rights else COLOURS.get(region.rights[:4], "#f2b8b5")
    middle = top + height / 2 + 4
    what = f"{region.owner}, {_size(region.last - region.start + 1)}"
    return (f'<rect x="{LEFT}" y="{top}" width="{RIGHT - LEFT}" height="{height}" fill="{colour}" stroke="#555555"/>'
            f'<text x="10" y="{middle}">{region.start:#018x}</text>'
            f'<text x="{LEFT + TEXT}" y="{middle}">{escape(region.rights)}  {escape(what)}</text>'
            f'<text x="{RIGHT + TEXT}" y="{middle}">{"" if region.in_a_row else "from "}physical {region.memory:#x}</text>')


def _gap(top: int) -> str:
    return f'<text x="{(LEFT + RIGHT) / 2}" y="{top + GAP + 2}" fill="#888888" text-anchor="middle">⋮</text>'


def _size(size: int) -> str:
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB")):
        if size >= unit:
            return f"{size / unit:.4g} {name}"
    return f"{size // 1024} KiB"


def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.pages_picture", description="Draws the kernel's live address space.")
    parser.add_argument("kernel", nargs="?", type=Path, default=chapters.SYSTEM.elf, metavar="ELF")
    parser.add_argument("picture", nargs="?", type=Path, default=PICTURE, metavar="SVG")
    options = parser.parse_args()
    try:
        regions, _ = live(options.kernel)
    except PithError as error:
        print(f"pith: {error}", file=sys.stderr)
        return error.status
    options.picture.write_text(draw(regions))
    print(f"{paths.shown(options.picture.resolve())} is ready: {len(regions)} regions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
