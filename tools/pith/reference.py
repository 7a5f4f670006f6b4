"""Writes the book's pages on the layers that can be used on their own: `python3 -m pith.reference`; ./pith book calls it.

book/reference.json names the headers. Each is read by clang (libclang), so what a page shows is what the compiler understood: the
header's own comment, then each declaration with its comment, without bodies and private members.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pith import paths
from pith.errors import PithError, reports_errors

if TYPE_CHECKING:
    from clang.cindex import Cursor

LIST = paths.ROOT / "book" / "reference.json"
PAGES = paths.ROOT / "book" / "reference"
KERNEL = paths.ROOT / "kernel"
LIBRARY = "/usr/lib/llvm-19/lib/libclang-19.so.1"
BINDINGS = "/usr/lib/python3/dist-packages"   # where Debian has them; our Python may be another one
ARGUMENTS = ["-x", "c++", "-std=c++23", "-stdlib=libc++", f"-I{paths.ROOT}/tests/host/fakes", f"-I{KERNEL}",
             "-D_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_EXTENSIVE"]
TERMS = ("Needs:", "Promises:", "Reference:")
UNSHOWN = ("// #region", "// #endregion", "// NOLINT")
HIDDEN = ("detail",)    # namespaces that are nobody's business


@dataclass(frozen=True)
class Declaration:
    """Something that a header declares: its name, its comment, and how it is declared, without bodies."""

    name: str
    comment: list[str]
    text: str
    line: int


@dataclass
class Header:
    """What a page says of a header: its comment's lines, and what it declares."""

    file: Path
    comment: list[str]
    declarations: list[Declaration] = field(default_factory=list)


def read(files: Sequence[Path]) -> list[Header]:
    """Reads headers as the compiler does, all in one program; raises PithError where that finds something wrong."""
    cindex = _clang()
    program = "".join(f'#include "{file}"\n' for file in files)
    unit = cindex.Index.create().parse("all.cpp", args=ARGUMENTS, unsaved_files=[("all.cpp", program)])
    if wrong := [str(one) for one in unit.diagnostics if one.severity >= cindex.Diagnostic.Error]:
        raise PithError(f"the headers in {paths.shown(LIST)} do not compile: {wrong[0]}")
    sources = {str(file): Source(file.read_text()) for file in files}
    headers = {name: Header(Path(name), source.leading_comment()) for name, source in sources.items()}
    for name, cursor in _declared_in(unit.cursor, set(headers)):
        declarations, source = headers[name].declarations, sources[name]
        first = source.line_start(cursor.extent.start.offset)
        if not declarations or source.line_of(first) > declarations[-1].line:
            declarations.append(Declaration(_name(cursor), source.comment_above(first), _interface(cursor, source, first),
                                            source.line_of(first)))
    return list(headers.values())


def _clang() -> Any:
    if BINDINGS not in sys.path:
        sys.path.append(BINDINGS)
    try:
        from clang import cindex
    except ImportError:
        raise PithError("the package python3-clang-19 is missing; './pith book' installs it") from None
    if not cindex.Config.loaded:
        cindex.Config.set_library_file(LIBRARY)
    return cindex


def _declared_in(parent: "Cursor", files: Set[str]) -> Iterator[tuple[str, "Cursor"]]:
    """What these files declare at namespace scope, and mean others to use, each with its file."""
    kinds = _clang().CursorKind
    wanted = (kinds.CLASS_DECL, kinds.STRUCT_DECL, kinds.CLASS_TEMPLATE, kinds.ENUM_DECL, kinds.FUNCTION_DECL,
              kinds.FUNCTION_TEMPLATE, kinds.VAR_DECL, kinds.TYPE_ALIAS_DECL, kinds.TYPE_ALIAS_TEMPLATE_DECL, kinds.CONCEPT_DECL)
    types = (kinds.CLASS_DECL, kinds.STRUCT_DECL, kinds.CLASS_TEMPLATE)
    for cursor in parent.get_children():
        file = cursor.location.file.name if cursor.location.file else ""
        if file not in files:
            continue
        if cursor.kind == kinds.NAMESPACE and cursor.spelling and cursor.spelling not in HIDDEN:
            yield from _declared_in(cursor, files)
        elif cursor.kind in wanted and (cursor.is_definition() or cursor.kind not in types):
            yield file, cursor


def _name(cursor: "Cursor") -> str:
    """Its name with the namespaces around it, but for `pith` itself."""
    names = [cursor.spelling]
    while (cursor := cursor.semantic_parent) is not None and cursor.spelling and cursor.spelling != "pith":
        if cursor.kind == _clang().CursorKind.NAMESPACE:
            names.insert(0, cursor.spelling)
    return "::".join(names)


class Source:
    """A file's text, by offset and by line."""

    def __init__(self, text: str) -> None:
        self.bytes = text.encode()   # clang counts bytes

    def has(self, text: bytes, offset: int) -> bool:
        return self.bytes.startswith(text, offset)

    def line_start(self, offset: int) -> int:
        return self.bytes.rfind(b"\n", 0, offset) + 1

    def line_of(self, offset: int) -> int:
        return self.bytes.count(b"\n", 0, offset) + 1

    def leading_comment(self) -> list[str]:
        """The comment that the file begins with."""
        return _without_marks(_leading(self.bytes.decode().splitlines()))

    def comment_above(self, offset: int) -> list[str]:
        """The lines of comment that end right above this line."""
        above = self.bytes[:offset].decode().splitlines()
        return _without_marks(list(reversed(_leading(list(reversed(above))))))


def _leading(lines: Sequence[str]) -> list[str]:
    found = []
    for line in lines:
        if not line.lstrip().startswith("//"):
            break
        found.append(line)
    return [line for line in found if not line.lstrip().startswith(UNSHOWN)]


def _without_marks(lines: Sequence[str]) -> list[str]:
    return [line.lstrip().removeprefix("//").removeprefix(" ").rstrip() for line in lines]


def _interface(cursor: "Cursor", source: Source, first: int) -> str:
    """The declaration, with what nobody outside sees left out."""
    last = cursor.extent.end.offset
    if cursor.kind == _clang().CursorKind.VAR_DECL:
        last = source.bytes.index(b";", last)   # one statement may declare several
    cuts = sorted(_cuts(cursor, source))
    shown, at = b"", first
    for start, end, instead in cuts:
        if start >= at:
            shown += source.bytes[at:start].rstrip(b" ") + instead
            at = end
    shown += source.bytes[at:last]
    text = shown.decode().rstrip()
    lines = [re.sub(r" *// NOLINT.*", "", line) for line in text.splitlines() if not line.lstrip().startswith(UNSHOWN)]
    return _tidy(lines).removesuffix(";") + ";"


def _tidy(lines: Sequence[str]) -> str:
    """Without two empty lines in a row, and without any before a closing brace; moved to the left edge."""
    kept: list[str] = []
    for line in lines:
        if line.strip() in ("}", "};") and kept and not kept[-1].strip():
            kept.pop()
        if line.strip() or (kept and kept[-1].strip()):
            kept.append(line.rstrip())
    indent = len(kept[0]) - len(kept[0].lstrip()) if kept else 0
    return "\n".join(line[indent:] if line[:indent].isspace() else line for line in kept)


def _cuts(cursor: "Cursor", source: Source) -> Iterator[tuple[int, int, bytes]]:
    """What is left out: from where, to where, and what stands there instead."""
    kinds = _clang().CursorKind
    children = list(cursor.get_children())
    if cursor.kind in (kinds.CLASS_DECL, kinds.STRUCT_DECL, kinds.CLASS_TEMPLATE):
        yield from _private_parts(cursor, children, source)
    is_function = cursor.kind in (kinds.FUNCTION_DECL, kinds.FUNCTION_TEMPLATE, kinds.CXX_METHOD, kinds.CONSTRUCTOR,
                                  kinds.DESTRUCTOR, kinds.CONVERSION_FUNCTION)
    for child in children:
        if is_function and child.kind == kinds.COMPOUND_STMT and source.has(b"{", child.extent.start.offset):
            start = _signature_end(cursor, child.extent.start.offset, source)
            yield start, child.extent.end.offset, b";"
    bodies = [child for child in children if child.kind != kinds.COMPOUND_STMT]
    for child in bodies:
        if child.kind in (kinds.CLASS_DECL, kinds.STRUCT_DECL, kinds.CLASS_TEMPLATE, kinds.CXX_METHOD, kinds.CONSTRUCTOR,
                          kinds.DESTRUCTOR, kinds.CONVERSION_FUNCTION, kinds.FUNCTION_TEMPLATE, kinds.FRIEND_DECL,
                          kinds.FUNCTION_DECL):
            yield from _cuts(child, source)


def _signature_end(cursor: "Cursor", body: int, source: Source) -> int:
    """Where a function's declaration ends: before its body, and before the members that a constructor sets."""
    if cursor.kind in (_clang().CursorKind.CONSTRUCTOR, _clang().CursorKind.FUNCTION_TEMPLATE):
        depth = 0
        previous = ""
        for token in cursor.get_tokens():
            if token.extent.start.offset >= body:
                break
            depth += (token.spelling in "([{") - (token.spelling in ")]}") if token.spelling else 0
            if token.spelling == ":" and depth == 0 and previous != "public":
                body = token.extent.start.offset
                break
            previous = token.spelling
    return len(source.bytes[:body].rstrip())


def _private_parts(cursor: "Cursor", children: Sequence["Cursor"], source: Source) -> Iterator[tuple[int, int, bytes]]:
    kinds, access = _clang().CursorKind, _clang().AccessSpecifier
    marks = [child for child in children if child.kind == kinds.CXX_ACCESS_SPEC_DECL]
    end = source.bytes.rfind(b"}", 0, cursor.extent.end.offset)
    ends = [source.line_start(mark.extent.start.offset) for mark in marks[1:]] + [end]
    keyword = next((token.spelling for token in cursor.get_tokens() if token.spelling in ("class", "struct")
                    and cursor.kind != kinds.STRUCT_DECL), "struct")
    if marks and keyword == "class":   # before the first of them all is private
        opening = source.bytes.index(b"{", cursor.location.offset)
        yield source.bytes.index(b"\n", opening) + 1, source.line_start(marks[0].extent.start.offset), b""
    for mark, until in zip(marks, ends):
        if mark.access_specifier != access.PUBLIC:
            yield source.line_start(mark.extent.start.offset), until, b""


# -- Pages ----------------------------------------------------------------------------------------------------

def page(layer: str, purpose: str, headers: Sequence[Header]) -> str:
    """The Markdown of a layer's page."""
    parts = [f"# {layer}", "", f"{_sentence(purpose)} These headers of `kernel/{layer}` can be used without the rest of the kernel.", ""]
    for header in headers:
        name = f"{layer}/{header.file.name}"
        parts += [f"## {name}", "", *_prose(header.comment), f"Whole: [`kernel/{name}`](../../kernel/{name})", ""]
        for declaration in header.declarations:
            parts += [f"### `{declaration.name}`", "", *_prose(declaration.comment), "```cpp", declaration.text, "```", ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(["::: v-pre", *parts, ":::", ""]))


def index(layers: Sequence[tuple[str, str, Sequence[Header]]]) -> str:
    """The Markdown of the page that leads to the others."""
    rows = [f"| [{layer}](./{layer}.md) | {_escaped(purpose)} | {', '.join(f'`{header.file.name}`' for header in headers)} |"
            for layer, purpose, headers in layers]
    return "\n".join([
        "# Parts for a kernel of your own", "",
        "What of Pith needs no machine can be used without Pith: page-table entries and walkers, descriptor tables, readers of",
        "Multiboot2, PVH and ACPI, allocators, tasks. They are headers and a few sources, each layer on those below it, under the MIT",
        "licence. Put `kernel/` on the include path of clang 19 with libc++, and compile the sources beside the headers that you",
        "take. Pith's own host tests do the same (`tests/host/CMakeLists.txt` has the list of sources); there `tests/host/fakes` stands in",
        "the place of `cpu/`. The pages are made from the headers by the compiler: what one can call, and what is promised.", "",
        "| Layer | What for | Headers |", "|---|---|---|", *rows, ""])


def _prose(lines: Sequence[str]) -> list[str]:
    """A comment as Markdown: drawings and lists of terms keep their lines, "Needs" and its like are paragraphs."""
    out: list[str] = []
    fenced = in_term = False
    for line in lines:
        term = next((term for term in TERMS if line.startswith(term)), "")
        in_term = bool(term) or (in_term and bool(line.strip()))
        drawn = not in_term and line.startswith("  ")
        if drawn != fenced and line.strip():
            while out and not out[-1]:
                out.pop()
            out += [] if drawn and not out else [""] if drawn else []
            out.append("```text" if drawn else "```")
            out += [] if drawn else [""]
            fenced = drawn
        text = line[len(term):].strip() if in_term else line
        out += ["", f"**{term}** {_escaped(text)}"] if term else [text if fenced else _escaped(text)]
    return [*out, *(["```"] if fenced else []), ""]


def _escaped(text: str) -> str:
    """Text that means itself in Markdown; what stands in backticks does already."""
    parts = text.split("`")
    for index in range(0, len(parts), 2):
        for mark, instead in {"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "\\*", "_": "\\_", "[": "\\["}.items():
            parts[index] = parts[index].replace(mark, instead)
    return "`".join(parts)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def make() -> None:
    """Writes all pages."""
    paths.made_directory(PAGES)
    purposes = _purposes()
    listed = json.loads(LIST.read_text())
    headers = read([KERNEL / one["layer"] / f"{name}.hpp" for one in listed for name in one["headers"]])
    layers = [(one["layer"], purposes[one["layer"]], [header for header in headers if header.file.parent.name == one["layer"]])
              for one in listed]
    for layer, purpose, headers in layers:
        (PAGES / f"{layer}.md").write_text(page(layer, purpose, headers))
    (PAGES / "index.md").write_text(index(layers))


def _purposes() -> dict[str, str]:
    lines = (KERNEL / "layers.txt").read_text().splitlines()
    return dict(line.split(None, 1) for line in lines if line.strip() and not line.startswith("#"))


@reports_errors
def main() -> int:
    argparse.ArgumentParser(prog="pith.reference", description=__doc__).parse_args()
    make()
    return 0


if __name__ == "__main__":
    sys.exit(main())
