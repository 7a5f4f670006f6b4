"""./pith debug: starts a kernel in QEMU, stopped at its first instruction, with gdb attached to it."""

import argparse
import signal
import subprocess
import tempfile
from pathlib import Path

from pith import choice, packages, paths, run, terminal, values
from pith.chapters import Kernel
from pith.qemu import MODELS, WAYS_TO_BOOT, Machine
from pith.session import Session

AS_LINKED = "nokaslr"     # gdb's symbols are where the kernel is linked
GDB_COMMANDS = paths.TOOLS / "pith" / "gdb_commands.py"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("chapter", nargs="?", metavar="CHAPTER", help=choice.HELP)
    parser.add_argument("--boot", type=values.one_of(WAYS_TO_BOOT), metavar="WAY",
                        help=f"how the kernel is started: {', '.join(WAYS_TO_BOOT)}")
    parser.add_argument("--machine", type=values.one_of(MODELS), default="q35", metavar="MODEL",
                        help=f"the machine: {', '.join(MODELS)} (default: q35)")
    parser.add_argument("--memory", type=values.memory, default="128M", help="default: 128M")
    parser.add_argument("--append", default="", metavar="TEXT", help="the kernel's command line")
    parser.add_argument("--batch", action="append", default=[], metavar="COMMAND",
                        help="give gdb this command, and end it after the last")


def main(options: argparse.Namespace) -> int:
    """./pith debug [CHAPTER]"""
    kernel = choice.choose(options.chapter)
    boot = _boot(kernel, options)
    packages.need(["build", "run", "debug"], options.yes)
    machine = Machine(boot=boot, model=options.machine, memory=options.memory,
                      **run.image(kernel, boot, f"{options.append} {AS_LINKED}".strip()))
    return _debug(kernel, machine, options.batch)


def _boot(kernel: Kernel, options: argparse.Namespace) -> str:
    """PVH where nothing else is asked for: there is no firmware to wait for."""
    usual = "pvh" if "pvh" in kernel.boot else kernel.boot[0]
    return run.choose_boot(kernel, options.boot or usual, options.machine)


def _debug(kernel: Kernel, machine: Machine, batch: list[str]) -> int:
    paths.made_directory(run.RUNS)
    with tempfile.TemporaryDirectory(prefix="pith-gdb-") as scratch, terminal.restored():
        gdb_socket = Path(scratch, "gdb")
        with Session(machine, f"file,path={run.SERIAL_LOG}", gdb_socket=gdb_socket):
            # Ctrl-C is gdb's: we do not listen.
            signal.signal(signal.SIGINT, lambda *_: None)
            return subprocess.run(_gdb(kernel, gdb_socket, batch), cwd=paths.ROOT).returncode


def _gdb(kernel: Kernel, gdb_socket: Path, batch: list[str]) -> list[str]:
    setup = [f"directory {paths.ROOT}", "set pagination off",
             f"source {GDB_COMMANDS}", f"target remote {gdb_socket}", "pith-start"]
    # -batch ends gdb after the last command, or after the first that fails.
    return ["gdb", "-q", "-nx", *(["-batch"] if batch else []), str(kernel.elf),
            *(argument for command in [*setup, *batch] for argument in ("-ex", command))]
