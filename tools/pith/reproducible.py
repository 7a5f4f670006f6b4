"""Builds the release images once more and compares them: `python3 -m pith.reproducible [SCRATCH]`; CTest calls it.

The tree's own build and the one of a copy differ in all that must not matter: the directory's name and its length, the
time, the time zone, the language and the rights of new files. They have to give the same bytes.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pith import build, chapters, choice, paths
from pith.errors import PithError, reports_errors
from pith.image_check import NOT_IN_FILE, Elf

CHAPTER = "4"

# What the build of the copy finds around it.
COPY = "another/and a longer.name"
ENVIRONMENT = {"TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8"}
FILE_MASK = 0o077


def source_files() -> list[Path]:
    """What belongs to the tree, tracked or not yet, as paths from its root."""
    listing = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                             cwd=paths.ROOT, capture_output=True)
    if listing.returncode == 0:
        names = [Path(os.fsdecode(name)) for name in listing.stdout.split(b"\0") if name]
    else:  # not a clone
        names = [path.relative_to(paths.ROOT) for path in paths.ROOT.rglob("*")]
    return [name for name in names if (paths.ROOT / name).is_file() and name.parts[0] not in ("out", ".git")]


def copy(names: list[Path], directory: Path) -> None:
    for name in names:
        paths.made_directory((directory / name).parent)
        shutil.copyfile(paths.ROOT / name, directory / name)


def build_copy(directory: Path, kernels: list[chapters.Kernel]) -> None:
    """Builds the kernels and their ISO images in this copy of the sources."""
    targets = [f"{kernel.target}-iso" for kernel in kernels]
    for command in (["cmake", "--preset", "kernel"], ["cmake", "--build", "--preset", "kernel", "-j2", "--target", *targets]):
        done = subprocess.run(command, cwd=directory, env=os.environ | ENVIRONMENT, umask=FILE_MASK, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise PithError(f"'{' '.join(command)}' failed in {directory}:\n{done.stdout}")


def difference(first: Path, second: Path) -> str:
    """Where two files differ first, or nothing."""
    one, other = first.read_bytes(), second.read_bytes()
    if one == other:
        return ""
    sizes = f"{first.name}: {len(one)} and {len(other)} bytes"
    for name, of_one, of_other in _sections(first, second):
        if of_one != of_other:
            return f"{sizes}, the first difference is in {name}, at {_first_difference(of_one, of_other)}"
    return f"{sizes}, the first difference is at {_first_difference(one, other)}"


def _sections(first: Path, second: Path) -> list[tuple[str, bytes, bytes]]:
    """Each section's name and what is in it, in both files. (ELF headers differ with the size of any.)"""
    if first.suffix != ".elf":
        return []
    one, other = Elf(first), Elf(second)
    return [(ours.name, one.content(ours), other.content(theirs))
            for ours, theirs in zip(one.sections, other.sections) if ours.kind != NOT_IN_FILE]


def _first_difference(one: bytes, other: bytes) -> str:
    offset = next((at for at, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
    around = slice(max(offset - 16, 0), offset + 16)
    return f"byte {offset:#x}: {one[around]!r} and {other[around]!r}"


def differences(directory: Path, kernels: list[chapters.Kernel]) -> list[str]:
    """What differs between the images of the tree and those built in `directory`."""
    images = [image for kernel in kernels for image in (kernel.elf, kernel.iso)]
    found = [difference(image, directory / image.relative_to(paths.ROOT)) for image in images]
    return [text for text in found if text]


def check(scratch: Path) -> list[str]:
    """Builds, and returns what differs."""
    kernels = [choice.choose(None), choice.choose(CHAPTER)]
    copy(source_files(), scratch / COPY)
    for kernel in kernels:  # somebody may have changed the sources since it was built
        build.target("kernel", f"{kernel.target}-iso")
    build_copy(scratch / COPY, kernels)
    return differences(scratch / COPY, kernels)


@reports_errors
def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.reproducible", description=__doc__)
    parser.add_argument("scratch", nargs="?", type=Path, help="where to build, and to leave what was built")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pith-reproducible-") as temporary:
        found = check((options.scratch or Path(temporary)).resolve())
    print("\n".join(found) or "both builds give the same bytes")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
