"""./pith build and ./pith iso: the kernel, a chapter's kernel, and their bootable ISO images.

CMake describes the build, Ninja runs it; this configures once and then asks for targets.
"""

import argparse

from pith import choice, packages, paths, process

PRESETS = {"kernel": paths.KERNEL_BUILD, "host": paths.HOST_BUILD}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("chapter", nargs="?", metavar="CHAPTER", help=choice.HELP)


def main(options: argparse.Namespace) -> int:
    """./pith build [CHAPTER]"""
    kernel = choice.choose(options.chapter)
    packages.need(["build"], options.yes)
    target("kernel", kernel.target)
    process.say(f"{paths.shown(kernel.elf)} is ready")
    return 0


def iso_main(options: argparse.Namespace) -> int:
    """./pith iso [CHAPTER]"""
    kernel = choice.choose(options.chapter)
    packages.need(["build", "run"], options.yes)
    target("kernel", f"{kernel.target}-iso")
    process.say(f"{paths.shown(kernel.iso)} is ready: a CD or disk image for BIOS and UEFI")
    return 0


def target(preset: str, name: str = "all") -> None:
    """Brings one target of a preset ("kernel" or "host") up to date."""
    directory = PRESETS[preset]
    if not (directory / "build.ninja").exists():
        _configure(preset)
    process.run_step(f"building {preset if name == 'all' else name}",
                     ["cmake", "--build", str(directory), "--target", name], log=f"build-{preset}")


def _configure(preset: str) -> None:
    process.run_step(f"configuring the {preset} build", ["cmake", "--preset", preset], log=f"configure-{preset}")
