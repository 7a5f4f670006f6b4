"""Checks that includes go down kernel/layers.txt, never up.

A line of layers.txt is `name   what it is for`, lowest layer first; each folder of kernel/ is a layer.
"""

import re
from pathlib import Path

SOURCES = (".hpp", ".cpp", ".h", ".S", ".inc")
_INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">/]+)/')


def read(kernel: Path) -> list[str]:
    """The names of the layers, lowest first."""
    lines = (kernel / "layers.txt").read_text().splitlines()
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


def errors(kernel: Path) -> list[str]:
    """What breaks the rule, one line each; empty when all is well."""
    layers = read(kernel)
    folders = sorted(folder.name for folder in kernel.iterdir() if folder.is_dir())
    unlisted = [f"{kernel.name}/{folder} is not in layers.txt; add a line for it"
                for folder in folders if folder not in layers]
    listed = [folder for folder in folders if folder in layers]
    return unlisted + [error for layer in listed for error in _errors_in(kernel, layer, layers)]


def _errors_in(kernel: Path, layer: str, layers: list[str]) -> list[str]:
    above = set(layers[layers.index(layer) + 1:])
    found = []
    for file in sorted((kernel / layer).rglob("*")):
        if file.suffix not in SOURCES:
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = _INCLUDE.match(line)
            if match and match[1] == "..":
                found.append(f"{kernel.name}/{file.relative_to(kernel)}:{number}: an include begins with its layer, "
                             "not with '..'")
            if match and match[1] in above:
                found.append(f"{kernel.name}/{file.relative_to(kernel)}:{number}: layer '{layer}' includes "
                             f"'{match[1]}', which is above it")
    return found
