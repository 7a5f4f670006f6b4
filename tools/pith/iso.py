"""Makes a bootable ISO image of a kernel: `python3 -m pith.iso ELF ISO [--cmdline TEXT] [--graphics MODE]`.

The image starts from a CD and from a disk, under BIOS and under UEFI: GRUB comes twice, as an El Torito
image and as a program in a small FAT image, and both read boot/grub/grub.cfg. The same kernel always gives
the same bytes: every date is EPOCH, every name and number is fixed. (grub-mkrescue does much the same,
but takes all of GRUB along, 20 MB, and the time of day.)
"""

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from pith import paths
from pith.errors import PithError, reports_errors

EPOCH = 946_684_800                  # 2000-01-01 00:00:00 UTC, for all dates in the image
EPOCH_FOR_XORRISO = "2000010100000000"
FAT_SERIAL = "50495448"              # "PITH"
FAT_SIZE = 1440                      # KiB; holds GRUB for UEFI

HYBRID_BOOT_SECTOR = "/usr/lib/grub/i386-pc/boot_hybrid.img"
MODULES = ["iso9660", "multiboot2", "normal", "test", "boot"]
BIOS_MODULES = ["biosdisk", *MODULES]
GRAPHICS_MODULES = ["all_video"]     # under BIOS, where graphics are wanted
UEFI_MODULES = ["part_gpt", "fat", "search", "search_fs_file", "all_video", *MODULES]

# UEFI starts GRUB from the FAT image, so GRUB has to look for the rest of the CD.
UEFI_START = """\
search --file --set=root /boot/kernel.elf
set prefix=($root)/boot/grub
"""

# The kernel asks for a framebuffer. Under BIOS it gets the text screen, which it can write to from its start.
CONFIGURATION = """\
clear
multiboot2 /boot/kernel.elf {command_line}
if [ "$grub_platform" = pc ]; then set gfxpayload={graphics}; fi
boot
"""


def make(elf: Path, iso: Path, command_line: str = "", graphics: str = "text") -> None:
    """Writes the ISO image of a kernel that gets this command line, and under BIOS these graphics (GRUB's gfxpayload)."""
    with tempfile.TemporaryDirectory(prefix="pith-iso-") as scratch:
        tree = Path(scratch, "tree")
        grub = paths.made_directory(tree / "boot" / "grub")
        strip(elf, tree / "boot" / "kernel.elf")
        (grub / "grub.cfg").write_text(CONFIGURATION.format(command_line=_quoted(command_line), graphics=graphics))
        _grub_for_bios(grub / "bios.img", [] if graphics == "text" else GRAPHICS_MODULES)
        _grub_for_uefi(grub / "efi.img", Path(scratch))
        _set_dates(tree)
        paths.made_directory(iso.parent)
        _write_image(tree, iso)


def _quoted(command_line: str) -> str:
    """A command line as GRUB's configuration wants it: each word on its own, so that nothing in it means anything.

    Blanks that stand in double quotes are part of a word, as in run="pages; heap". GRUB puts quotes of its own around such a
    word: the kernel gets "run=pages; heap".
    """
    if any(character in command_line for character in "'\\\n"):
        raise PithError("GRUB passes no single quotes, backslashes or line ends on to a kernel; leave them out of "
                        f"{command_line!r}, or start it by --boot pvh")
    if command_line.count('"') % 2 != 0:
        raise PithError(f"a quote is not closed in {command_line!r}")
    return " ".join(f"'{word}'" for word in shlex.split(command_line))


def strip(elf: Path, output: Path) -> None:
    """Copies the kernel without its symbols and debug information."""
    _run("llvm-strip-19", "-o", output, elf)


def _grub_for_bios(image: Path, more_modules: list[str]) -> None:
    _run("grub-mkimage", "-O", "i386-pc-eltorito", "-p", "/boot/grub", "-o", image, *BIOS_MODULES, *more_modules)


def _grub_for_uefi(image: Path, scratch: Path) -> None:
    program, start = scratch / "bootx64.efi", scratch / "start.cfg"
    start.write_text(UEFI_START)
    _run("grub-mkimage", "-O", "x86_64-efi", "-p", "/boot/grub", "-c", start, "-o", program, *UEFI_MODULES)
    image.write_bytes(bytes(FAT_SIZE * 1024))   # mformat -C leaves chance bytes in the last sector (mtools 4.0.43)
    _run("mformat", "-i", image, "-f", str(FAT_SIZE), "-N", FAT_SERIAL, "::")
    _run("mmd", "-i", image, "::/EFI", "::/EFI/BOOT")
    _run("mcopy", "-i", image, program, "::/EFI/BOOT/BOOTX64.EFI")


def _set_dates(tree: Path) -> None:
    for path in [tree, *tree.rglob("*")]:
        os.utime(path, (EPOCH, EPOCH))


def _write_image(tree: Path, iso: Path) -> None:
    bios = ["-b", "boot/grub/bios.img", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table",
            "--grub2-boot-info", "--grub2-mbr", HYBRID_BOOT_SECTOR]
    uefi = ["--efi-boot", "boot/grub/efi.img", "-efi-boot-part", "--efi-boot-image"]
    dates = [f"--modification-date={EPOCH_FOR_XORRISO}", "--set_all_file_dates", "set_to_mtime"]
    _run("xorriso", "-as", "mkisofs", "-quiet", "-r", "-V", "PITH", "-c", "boot/grub/boot.cat",
         *dates, *bios, *uefi, "-o", iso, tree)


def _run(*command: str | Path) -> None:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH), "TZ": "UTC"}
    try:
        done = subprocess.run(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except FileNotFoundError:
        raise PithError(f"an ISO image needs the program {command[0]}; './pith iso' installs it") from None
    if done.returncode != 0:
        raise PithError(f"{command[0]} failed: {done.stdout.strip()}")


@reports_errors
def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.iso", description="Makes a bootable ISO image of a kernel.")
    parser.add_argument("elf", type=Path, metavar="ELF")
    parser.add_argument("iso", type=Path, metavar="ISO")
    parser.add_argument("--cmdline", default="", metavar="TEXT", help="the kernel's command line")
    parser.add_argument("--graphics", default="text", metavar="MODE", help="under BIOS, as GRUB names it: 800x600x16 (text)")
    options = parser.parse_args()
    make(options.elf, options.iso, options.cmdline, options.graphics)
    return 0


if __name__ == "__main__":
    sys.exit(main())
