"""Checks that a mistake is refused by the compiler, and its right way is not:
`python3 -m pith.must_not_compile --commands COMPILE_COMMANDS.json SOURCE`.

With MISTAKE defined, SOURCE must not compile, and the compiler must say every TEXT of its first lines
`// error: TEXT`. Without, it must compile. It is compiled by the command that the build has for it.
"""

import argparse
import json
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pith.errors import PithError, reports_errors

MARK = "// error: "


def expected_texts(source: Path) -> list[str]:
    """What the compiler has to say: the texts in the first lines."""
    texts = []
    for line in source.read_text().splitlines():
        if not line.startswith(MARK):
            break
        texts.append(line.removeprefix(MARK))
    if not texts:
        raise PithError(f"{source} does not begin with '{MARK}TEXT'")
    return texts


def command_for(source: Path, commands: Path) -> list[str]:
    """The build's command for a source, made to say what is wrong and to write nothing."""
    for entry in json.loads(commands.read_text()):
        if Path(entry["directory"], entry["file"]).resolve() == source.resolve():
            return _checking_only(shlex.split(entry["command"]))
    raise PithError(f"{commands} has no command for {source}")


def _checking_only(command: Sequence[str]) -> list[str]:
    output = command.index("-o")
    return [*command[:output], *command[output + 2:], "-fsyntax-only"]


def complaints(source: Path, command: Sequence[str]) -> list[str]:
    """What is not as it should be; empty when all is well."""
    right, mistake = _compile(command), _compile([*command, "-DMISTAKE"])
    found = [] if right.returncode == 0 else [f"the right way does not compile:\n{right.stderr}"]
    if mistake.returncode == 0:
        return [*found, "the mistake compiles"]
    missing = [text for text in expected_texts(source) if text not in mistake.stderr]
    return found + [f"the compiler does not say '{text}', but:\n{mistake.stderr}" for text in missing]


def _compile(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True)


@reports_errors
def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.must_not_compile", allow_abbrev=False)
    parser.add_argument("--commands", type=Path, required=True, metavar="FILE")
    parser.add_argument("source", type=Path, metavar="SOURCE")
    options = parser.parse_args()
    found = complaints(options.source, command_for(options.source, options.commands))
    for complaint in found:
        print(f"{options.source.name}: {complaint}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
