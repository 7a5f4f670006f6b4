"""Counts what steps outside the rules of safe C++, and checks that each such place says why.

Inline assembly belongs in kernel/cpu; a cast or a switched-off warning needs `// SAFETY: because …` on its
line or on one of the three above.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SOURCES = (".hpp", ".cpp", ".h")
REASON = "// SAFETY: because"
LINES_ABOVE = 3
ASSEMBLY_LAYER = "cpu"

_ASSEMBLY = re.compile(r"\b(asm|__asm|__asm__)\b")
_NEEDS_REASON = re.compile(r"\breinterpret_cast\b|\bconst_cast\b|\bbit_cast<[^>]*\*>|#\s*pragma\s+clang\s+diagnostic\s+ignored"
                           r"|#\s*pragma\s+clang\s+unsafe_buffer_usage\s+begin|\[\[clang::unsafe_buffer_usage\]\]")


def errors(kernel: Path) -> list[str]:
    """Every place that breaks the rules, one line each."""
    return [error for file in _sources(kernel) for error in _errors_in(file, kernel)]


def counts(kernel: Path) -> Counter[str]:
    """How many places say `// SAFETY:`, by layer."""
    marks: Counter[str] = Counter()
    for file in _sources(kernel):
        marks[file.relative_to(kernel).parts[0]] += file.read_text().count("// SAFETY:")
    return marks


def table(kernel: Path) -> list[str]:
    """The counts, as lines to print."""
    marks = counts(kernel)
    return [*(f"  {layer:12}{number:4}" for layer, number in sorted(marks.items())), f"  {'all':12}{marks.total():4}"]


def _sources(kernel: Path) -> Iterator[Path]:
    return (file for file in sorted(kernel.rglob("*")) if file.suffix in SOURCES)


def _errors_in(file: Path, kernel: Path) -> Iterator[str]:
    inside = file.relative_to(kernel)
    lines = file.read_text().splitlines()
    for index, line in enumerate(lines):
        code = line.partition("//")[0]
        where = f"{kernel.name}/{inside}:{index + 1}"
        if _ASSEMBLY.search(code) and inside.parts[0] != ASSEMBLY_LAYER:
            yield f"{where}: inline assembly outside {kernel.name}/{ASSEMBLY_LAYER}"
        match = _NEEDS_REASON.search(code)
        if match and not any(REASON in near for near in lines[max(0, index - LINES_ABOVE):index + 1]):
            yield f"{where}: '{match[0]}' without '{REASON} …' above it"
