"""./pith book: makes the web site of the book in out/book, or serves it while you write.

VitePress makes it. Code gets into a page by a line `<<< @/kernel/boot/entry.S#checks{assembly}`: path from the root of
the tree, region, language. VitePress shows the whole file where the region is missing, so we look first.
"""

import argparse
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from pith import packages, paths, process
from pith.errors import PithError

BOOK = paths.ROOT / "book"
SITE = paths.OUT / "book"
VITEPRESS = BOOK / "node_modules" / ".bin" / "vitepress"
PAGES = ("chapters/*/chapter.md", "docs/*.md", "book/*.md")

# What a chapter may hold in place: commands to type, and drawings. All other code comes from the tree.
WRITTEN_IN_PLACE = ("sh", "text")

_INCLUSION = re.compile(r"<<<\s*@/(?P<path>[^#{\s]+)(?:#(?P<region>[\w-]+))?\s*(?:\{\S+\})?\s*$")
_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<language>\S*)")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--serve", action="store_true", help="serve it on this machine, following every change")


def main(options: argparse.Namespace) -> int:
    """./pith book [--serve]"""
    if not (BOOK / "package.json").exists():
        raise PithError("there is no book yet: book/package.json is missing")
    packages.need(["book"], options.yes)
    _install_libraries()
    if options.serve:
        return subprocess.run([VITEPRESS, "dev", BOOK]).returncode
    _check_inclusions()
    process.run_step("making the book", [str(VITEPRESS), "build", str(BOOK)], log="book")
    process.say(f"{paths.shown(SITE)}/index.html is ready; './pith book --serve' shows the book")
    return 0


def _install_libraries() -> None:
    """`npm ci`, unless what the lock file asks for is there."""
    lock, installed = BOOK / "package-lock.json", BOOK / "node_modules" / ".package-lock.json"
    if not installed.exists() or os.path.getmtime(installed) < os.path.getmtime(lock):
        process.run_step("installing the book's libraries",
                         ["npm", "--prefix", str(BOOK), "ci", "--no-audit", "--no-fund"], log="npm")


def _check_inclusions() -> None:
    found = [error for pattern in PAGES for page in sorted(paths.ROOT.glob(pattern)) for error in errors(page)]
    if found:
        raise PithError("\npith: ".join([*found, "the book was not made: its code must come from the tree"]))


def errors(page: Path, root: Path = paths.ROOT) -> list[str]:
    """Each line of the page that includes what is not there, or holds code that is not included."""
    return [f"{page.relative_to(root)}:{number}: {problem}"
            for number, line in _lines_outside_fences(page) if (problem := _problem(line, page, root))]


def _lines_outside_fences(page: Path) -> Iterator[tuple[int, str]]:
    """The page's lines with their numbers, without what stands in a fence; the line that opens one is given."""
    closing = ""
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if closing:
            closing = "" if line.strip() == closing else closing
            continue
        if fence := _FENCE.match(line):
            closing = fence["mark"]
        yield number, line


def _problem(line: str, page: Path, root: Path) -> str:
    if fence := _FENCE.match(line):
        wrong = page.name == "chapter.md" and fence["language"] not in WRITTEN_IN_PLACE
        return (f"a block of '{fence['language']}' stands in the chapter; only {' and '.join(WRITTEN_IN_PLACE)} may"
                if wrong else "")
    if not line.startswith("<<<"):
        return ""
    inclusion = _INCLUSION.match(line)
    if not inclusion:
        return f"'{line}' is not of the form '<<< @/path#region{{language}}'"
    file = root / inclusion["path"]
    if not file.is_file():
        return f"there is no file {inclusion['path']}"
    region = inclusion["region"]
    return "" if region is None or has_region(file.read_text(), region) else (
        f"{inclusion['path']} has no region '{region}': it begins with '#region {region}' in a comment, "
        f"and ends with '#endregion {region}'")


def has_region(text: str, name: str) -> bool:
    """Whether the region begins once, ends once, and holds something."""
    lines = [line.strip() for line in text.splitlines()]
    starts = [index for index, line in enumerate(lines) if _marks(line, "region", name)]
    ends = [index for index, line in enumerate(lines) if _marks(line, "endregion", name)]
    return len(starts) == len(ends) == 1 and any(lines[starts[0] + 1:ends[0]])


def _marks(line: str, word: str, name: str) -> bool:
    """Whether this is such a line, in C++ and assembly (//), C and linker scripts (/* */), Python and CMake (#)."""
    return line in (f"// #{word} {name}", f"/* #{word} {name} */", f"# {word} {name}")
