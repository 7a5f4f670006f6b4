"""Installs the Debian or Ubuntu packages that a command needs, after asking once."""

import os
import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from pith import process
from pith.errors import PithError

GROUPS: dict[str, tuple[str, ...]] = {
    "build": ("clang-19", "lld-19", "llvm-19", "libc++-19-dev", "musl-dev", "cmake", "ninja-build",
              "console-setup-linux"),   # the console's font
    "run": ("qemu-system-x86", "ovmf", "grub-common", "grub-pc-bin", "grub-efi-amd64-bin", "xorriso", "mtools"),
    "bochs": ("bochs", "bochs-term", "bochsbios", "vgabios"),   # of its displays bochs-term is the smallest
    "window": ("qemu-system-gui",),
    "display": ("xvfb", "x11-utils"),   # one that nobody looks at, for the window's test
    "host": ("libc++abi-19-dev", "libclang-rt-19-dev", "libgtest-dev", "googletest", "libbenchmark-dev",
             "nlohmann-json3-dev"),   # reads our JSON in the tests
    "allocators": ("libjemalloc-dev", "libgoogle-perftools-dev", "libmimalloc-dev"),   # to be measured beside ours
    "debug": ("gdb",),
    "check": ("clang-format-19", "clang-tidy-19", "shellcheck", "pyflakes3"),
    "follow": ("tmux",),   # a terminal that a script can look at
    "book": ("nodejs", "npm", "python3-clang-19"),   # clang reads the headers that have pages
    "browser": ("chromium", "fonts-dejavu-core"),
}

# Often installed from elsewhere than the distribution: the program counts, not the package.
PROGRAM_OF = {"nodejs": "node", "npm": "npm"}


def need(groups: Collection[str], yes: bool) -> None:
    """Makes sure that all packages of these groups are installed; raises PithError when they can't be."""
    wanted = [name for group in groups for name in GROUPS[group] if not _program_is_there(name)]
    lacking = missing(wanted, _installed(wanted))
    if not lacking:
        return
    process.say(f"this needs packages that are not installed: {' '.join(lacking)}")
    if not yes and sys.stdin.isatty():
        _ask(lacking)
    _install(lacking)


def download(package: str, directory: Path) -> Path:
    """Fetches the file of a package, which is not installed; raises PithError when there is none to be had."""
    process.say(f"fetching {package}, to be unpacked and not installed")
    command = ["apt-get", "-q", "download", package]
    fetched = subprocess.run(command, cwd=directory, capture_output=True, text=True)
    if fetched.returncode != 0:   # the lists here may name files that are gone
        subprocess.run([*_as_root([package]), "apt-get", "-q", "update"], capture_output=True)
        fetched = subprocess.run(command, cwd=directory, capture_output=True, text=True)
    files = list(directory.glob("*.deb"))
    if len(files) != 1:
        raise PithError(f"the package {package} cannot be fetched: {fetched.stderr.strip()}")
    return files[0]


def is_offered(package: str) -> bool:
    """Whether the distribution has this package, as far as its lists here say."""
    listing = subprocess.run(["apt-cache", "policy", package], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    return "Candidate:" in listing.stdout and "Candidate: (none)" not in listing.stdout


def missing(wanted: Collection[str], installed: Collection[str]) -> list[str]:
    """The wanted packages that are not installed, each once, in order."""
    return [name for name in dict.fromkeys(wanted) if name not in installed]


def _program_is_there(package: str) -> bool:
    return package in PROGRAM_OF and shutil.which(PROGRAM_OF[package]) is not None


def _installed(wanted: Collection[str]) -> set[str]:
    if shutil.which("dpkg-query") is None:
        raise PithError("packages can be installed on Debian and Ubuntu only, and this is neither; "
                        f"what is needed is what Debian 12 calls: {' '.join(wanted)}")
    query = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *wanted]
    lines = subprocess.run(query, capture_output=True, text=True).stdout.splitlines()
    return {line.split()[0] for line in lines if line.endswith(" installed")}


def _ask(lacking: Collection[str]) -> None:
    try:
        answer = input("Install them now? [Y/n] ")
    except EOFError:
        print()
        answer = "no"
    if answer.strip().lower() not in ("", "y", "yes"):
        raise PithError(f"nothing was installed; by hand: apt-get install {' '.join(lacking)}")


def _install(lacking: Collection[str]) -> None:
    as_root = _as_root(lacking)
    quietly = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    subprocess.run([*as_root, *quietly, "update"], stdout=subprocess.DEVNULL)  # the install says what is wrong
    try:
        process.run_step("installing packages", [*as_root, *quietly, "install", "--no-install-recommends", *lacking],
                         log="apt")
    except PithError as error:
        raise PithError(f"{error}; install by hand: apt-get install {' '.join(lacking)}") from None


def _as_root(lacking: Collection[str]) -> list[str]:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        raise PithError("installing packages needs root, and there is no sudo here; "
                        f"as root: apt-get install {' '.join(lacking)}")
    return ["sudo"]
