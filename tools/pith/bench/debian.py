"""Debian's Linux and Xen, to be booted beside Pith. Their packages are unpacked in out/bench/debian, and not installed."""

import gzip
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pith import packages, paths, process
from pith.errors import PithError

FOLDER = paths.OUT / "bench" / "debian"
INITIAL_FILES = FOLDER / "initramfs.gz"
XEN = FOLDER / "xen.elf"
INIT = """\
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
exec /bin/busybox sh
"""

FILE, DIRECTORY, DEVICE = 0o100755, 0o040755, 0o020600
CONSOLE = (5, 1)   # the numbers of /dev/console, by which Linux finds it


def linux() -> Path:
    """The newest kernel that linux-image-amd64 stands for, as Debian built it."""
    return _only(_unpacked(_dependency("linux-image-amd64", r"linux-image-\S+")), "boot/vmlinuz-*")


def busybox_alone() -> Path:
    """An initramfs that has busybox, and starts its shell."""
    busybox = _only(_unpacked("busybox-static"), "bin/busybox")
    INITIAL_FILES.write_bytes(gzip.compress(archive(busybox.read_bytes()), mtime=0))
    return INITIAL_FILES


def xen() -> Path:
    """Xen, unpacked: QEMU's -kernel reads no compressed ELF."""
    package = _unpacked(_dependency("xen-system-amd64", r"xen-hypervisor-[0-9]\S+"))
    XEN.write_bytes(gzip.decompress(_only(package, "boot/xen-*.gz").read_bytes()))
    return XEN


def _dependency(package: str, wanted: str) -> str:
    """The package of this name that another stands for."""
    listing = subprocess.run(["apt-cache", "depends", package], capture_output=True, text=True).stdout
    found = re.search(rf"Depends: ({wanted})", listing)
    if not found:
        raise PithError(f"the package {package} is not known here: Debian has it ('apt-get update' reads its lists)")
    return found[1]


def _unpacked(package: str) -> Path:
    """The directory with a package's files, fetched if it is not there yet."""
    directory = FOLDER / package
    if not directory.is_dir():
        paths.made_directory(FOLDER)
        with tempfile.TemporaryDirectory(dir=FOLDER, prefix=f"{package}-") as scratch:
            files = Path(scratch, "files")
            archive_file = packages.download(package, Path(scratch))
            process.run_step(f"unpacking {package}", ["dpkg-deb", "-x", str(archive_file), str(files)], log="unpack")
            shutil.move(files, directory)
    return directory


def _only(directory: Path, pattern: str) -> Path:
    found = list(directory.glob(pattern))
    if len(found) != 1:
        raise PithError(f"{paths.shown(directory)} should have one file {pattern}, and has {len(found)}; remove it, to fetch it anew")
    return found[0]


def archive(busybox: bytes) -> bytes:
    """The files from which Linux starts, in its format: cpio with the magic 070701.

    Reference: Linux, "initramfs buffer format".
    """
    members = [("dev", DIRECTORY, (0, 0), b""), ("dev/console", DEVICE, CONSOLE, b""), ("proc", DIRECTORY, (0, 0), b""),
               ("bin", DIRECTORY, (0, 0), b""), ("bin/busybox", FILE, (0, 0), busybox), ("init", FILE, (0, 0), INIT.encode()),
               ("TRAILER!!!", 0, (0, 0), b"")]
    return b"".join(_members(members))


def _members(members: list[tuple[str, int, tuple[int, int], bytes]]) -> Iterator[bytes]:
    for number, (name, mode, device, content) in enumerate(members, start=1):
        user = group = time = device_major = device_minor = check = 0
        fields = (number, mode, user, group, 1, time, len(content), device_major, device_minor, *device, len(name) + 1, check)
        yield _padded(b"070701" + b"".join(b"%08x" % value for value in fields) + name.encode() + b"\0")
        yield _padded(content)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
