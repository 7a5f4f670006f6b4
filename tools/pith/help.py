"""./pith help: lists the commands."""

import argparse

EXAMPLES = """\
Examples:
  ./pith run                    start the system in QEMU
  ./pith run 4 --headless       start chapter 4's kernel in this terminal
  ./pith run --boot uefi        start it through UEFI firmware
  ./pith test 'console'         run the tests whose names match
  ./pith debug 4                stop chapter 4 at kernel_main, in gdb

'./pith COMMAND --help' says what a command accepts."""


def main(_options: argparse.Namespace) -> int:
    """./pith help"""
    from pith.cli import COMMANDS
    print("Pith: a small operating system, and the book that explains it.\n\nUsage: ./pith COMMAND [OPTION...]\n")
    for command in COMMANDS:
        print(f"  {command.name:10}{command.summary}")
    print(f"\n{EXAMPLES}")
    return 0
