"""The commands of ./pith: one table, one parser for each, and one clear line for whatever is wrong."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from pith.errors import UsageError, reports_errors
from pith.nearest import did_you_mean


@dataclass(frozen=True)
class Command:
    """A command: the function `main` of a module here, which also says in `arguments` what it accepts."""

    name: str
    summary: str
    module: str
    main: str = "main"


COMMANDS = [
    Command("run", "start the system, or a chapter's kernel, in QEMU", "run"),
    Command("test", "run all tests, on the host and inside the kernel", "test"),
    Command("fuzz", "feed one parser with random input", "fuzz"),
    Command("bench", "measure, and compare with the goals", "bench"),
    Command("debug", "start a kernel stopped, with gdb attached", "debug"),
    Command("build", "build a kernel without starting it", "build"),
    Command("iso", "make a bootable CD or disk image", "build", "iso_main"),
    Command("exercise", "check your answer to an exercise of the book", "exercise"),
    Command("book", "make the book, a web site", "book"),
    Command("check", "check formatting, lint, layers and marked danger", "check"),
    Command("clean", "remove all that was made (out/)", "clean"),
    Command("help", "list the commands", "help"),
]


class Parser(argparse.ArgumentParser):
    """A parser that raises UsageError, one line long, instead of printing how to use it."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message.removeprefix('argument ')} ('{self.prog} --help' says more)")


@reports_errors
def main(words: Sequence[str]) -> int:
    """Runs a command line and returns its exit status."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        return _run(words)
    except KeyboardInterrupt:
        print("pith: interrupted", file=sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:  # whoever read our output has gone; let Python's last flush find no pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _terminated(*_: object) -> NoReturn:
    """Leaves as after an error, so that QEMU goes too; a second signal must not disturb that."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(128 + signal.SIGTERM)


def _run(words: Sequence[str]) -> int:
    name, *rest = words or ["help"]
    command = _find("help" if name in ("-h", "--help") else name)
    module = importlib.import_module(f"pith.{command.module}")
    options = _parse(_parser(command, module), command, rest)
    return getattr(module, command.main)(options)


def _find(name: str) -> Command:
    names = [command.name for command in COMMANDS]
    if name not in names:
        kind = "the command comes first, before" if name.startswith("-") else "there is no command"
        raise UsageError(f"{kind} '{name}'{did_you_mean(name, names)} ('./pith help' lists them all)")
    return COMMANDS[names.index(name)]


def _parser(command: Command, module: object) -> Parser:
    parser = Parser(prog=f"./pith {command.name}", description=f"{command.summary[0].upper()}{command.summary[1:]}.",
                    allow_abbrev=False)
    parser.add_argument("--yes", action="store_true", help="install missing packages without asking")
    if hasattr(module, "arguments"):
        module.arguments(parser)
    return parser


def _parse(parser: Parser, command: Command, words: Sequence[str]) -> argparse.Namespace:
    options, unknown = parser.parse_known_args(words)
    if unknown:
        word = unknown[0]
        known = [option for action in parser._actions for option in action.option_strings]
        problem = (f"'{command.name}' has no option '{word}'{did_you_mean(word, known)}" if word.startswith("-")
                   else f"'{command.name}' does not know what to do with '{word}'")
        raise UsageError(f"{problem} ('{parser.prog} --help' says more)")
    return options
