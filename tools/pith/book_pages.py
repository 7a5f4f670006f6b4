"""What has to be right in the book's pages before the site is made: code, links, figures, exercises, words, lines.

VitePress shows the whole file where a region is missing, and knows nothing of our figures and exercises. So we look
first, and name the page and the line.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pith import paths
from pith.nearest import did_you_mean

PAGES = ("chapters/*/chapter.md", "docs/*.md", "book/*.md")
LONGEST_LINE = 130

# Words that add nothing, or make the reader small. "The very next instruction" and "has just been" say something.
DEAD_WORDS = re.compile(r"\b(?:simply|obviously|of course|easy|basically|trivially|needless to say|note that|let's dive|"
                        r"(?<!the )very|(?<!has )(?<!have )(?<!had )just)\b", re.IGNORECASE)

# What a chapter may hold in place: commands to type, and drawings. All other code comes from the tree.
WRITTEN_IN_PLACE = ("sh", "text")

_INCLUSION = re.compile(r"<<<\s*@/(?P<path>[^#{\s]+)(?:#(?P<region>[\w-]+))?\s*(?:\{\S+\})?\s*$")
_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<language>\S*)")
_CODE = re.compile(r"(`+)[^`].*?\1")                        # a piece of code within a sentence
_LINK = re.compile(r"\]\((?P<to>[^()\s]*)\)|^\[[^\]]+\]:\s*(?P<defined>\S+)")
_FIGURE = re.compile(r"!\[(?P<shows>[^\]]*)\]\(figure:(?P<name>[^)]*)\)")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z+.-]*:|#")         # another site, or a place in the same page
_EXERCISE = re.compile(r"### (?P<chapter>\d+)\.(?P<number>\d+) ")


@dataclass(frozen=True)
class Book:
    """Where the pages are, and what is made for them: figures, and pages that are made from code."""

    root: Path = paths.ROOT
    figures: Collection[str] = ()
    made: Collection[str] = ()    # pages as paths from the root: book/reference/index.md

    def pages(self) -> list[Path]:
        return [page for pattern in PAGES for page in sorted(self.root.glob(pattern))]

    def errors(self) -> list[str]:
        """All that is wrong in all pages."""
        return [error for page in self.pages() for error in self.errors_in(page)]

    def errors_in(self, page: Path) -> list[str]:
        """Each mistake of a page, with the page and the line."""
        checks = (_inclusion_problem, _length_problem, _word_problem, _figure_problem, _link_problem)
        problems = [(number, problem) for number, line in _lines_outside_fences(page) for check in checks
                    if (problem := check(line, page, self))]
        return [f"{page.relative_to(self.root)}:{number}: {problem}"
                for number, problem in sorted([*problems, *_exercise_problems(page)])]

    def figures_used(self) -> list[str]:
        """The names of the figures that pages show, each once."""
        names = [figure["name"] for page in self.pages() for _, line in _lines_outside_fences(page)
                 for figure in _FIGURE.finditer(_CODE.sub("", line))]
        return list(dict.fromkeys(names))


def _lines_outside_fences(page: Path) -> Iterator[tuple[int, str]]:
    """The page's lines with their numbers, without what stands in a fence; the line that opens one is given."""
    closing = ""
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if closing:
            closing = "" if line.strip() == closing else closing
            continue
        if fence := _FENCE.match(line):
            closing = fence["mark"]
        yield number, line


# ---- code ----------------------------------------------------------------------------------------------------

def _inclusion_problem(line: str, page: Path, book: Book) -> str:
    if fence := _FENCE.match(line):
        wrong = page.name == "chapter.md" and fence["language"] not in WRITTEN_IN_PLACE
        return (f"a block of '{fence['language']}' stands in the chapter; only {' and '.join(WRITTEN_IN_PLACE)} may"
                if wrong else "")
    if not line.startswith("<<<"):
        return ""
    inclusion = _INCLUSION.match(line)
    if not inclusion:
        return f"'{line}' is not of the form '<<< @/path#region{{language}}'"
    file = book.root / inclusion["path"]
    if not file.is_file():
        return f"there is no file {inclusion['path']}"
    region = inclusion["region"]
    return "" if region is None or has_region(file.read_text(), region) else (
        f"{inclusion['path']} has no region '{region}': it begins with '#region {region}' in a comment, "
        f"and ends with '#endregion {region}'")


def has_region(text: str, name: str) -> bool:
    """Whether the region begins once, ends once, and holds something."""
    lines = [line.strip() for line in text.splitlines()]
    starts = [index for index, line in enumerate(lines) if _marks(line, "region", name)]
    ends = [index for index, line in enumerate(lines) if _marks(line, "endregion", name)]
    return len(starts) == len(ends) == 1 and any(lines[starts[0] + 1:ends[0]])


def _marks(line: str, word: str, name: str) -> bool:
    """Whether this is such a line, in C++ and assembly (//), C and linker scripts (/* */), Python and CMake (#)."""
    return line in (f"// #{word} {name}", f"/* #{word} {name} */", f"# #{word} {name}", f"# {word} {name}")


# ---- the rest of a line --------------------------------------------------------------------------------------

def _length_problem(line: str, page: Path, book: Book) -> str:
    """Tables and figures have to stand in one line; the pages of docs/ are not for reading only."""
    free = line.startswith(("|", "!")) or page.is_relative_to(book.root / "docs")
    return "" if free or len(line) <= LONGEST_LINE else f"the line has {len(line)} characters; {LONGEST_LINE} are the most"


def _word_problem(line: str, page: Path, book: Book) -> str:
    if page.is_relative_to(book.root / "docs"):
        return ""
    dead = DEAD_WORDS.search(_CODE.sub("", line))
    return f"'{dead[0]}' adds nothing: leave it out, or say what you mean" if dead else ""


def _figure_problem(line: str, _: Path, book: Book) -> str:
    line = _CODE.sub("", line)
    figure = _FIGURE.search(line)
    if not figure:
        return f"'{line}' is not of the form '![what it shows](figure:NAME)'" if "](figure:" in line else ""
    if figure["name"] not in book.figures:
        return f"there is no figure '{figure['name']}'{did_you_mean(figure['name'], book.figures)}"
    if figure[0] != line.strip():
        return f"the figure '{figure['name']}' must stand on a line of its own"
    return "" if figure["shows"] else f"the figure '{figure['name']}' does not say what it shows"


def _link_problem(line: str, page: Path, book: Book) -> str:
    """A link is a path in the tree or, if it begins with a slash, the path of a page in the site."""
    for link in _LINK.finditer(_CODE.sub("code", line)):
        to = link["to"] or link["defined"] or ""
        path = re.sub(r"[#?].*", "", to)
        if _ELSEWHERE.match(to):
            continue
        if not (_site_has(path, book) if path.startswith("/") else _tree_has(page.parent / path, book)):
            return f"the link '{to}' leads to nothing"
    return ""


def _tree_has(target: Path, book: Book) -> bool:
    file = Path(target.resolve())
    if not file.is_relative_to(book.root.resolve()):
        return False
    if file.suffix != ".md":
        return file.exists()
    shown = str(file.relative_to(book.root.resolve()))
    return shown in book.made or any(file == page.resolve() for page in book.pages())


def _site_has(path: str, book: Book) -> bool:
    """Pages of book/ stand at the site's top, all others where they are in the tree."""
    name = path.strip("/").removesuffix(".html").removesuffix(".md") or "index"
    names = [name, f"{name}/index"]
    return any(_tree_has(book.root / folder / f"{one}.md", book) for folder in ("", "book") for one in names)


# ---- exercises -----------------------------------------------------------------------------------------------

def _exercise_problems(page: Path) -> Iterator[tuple[int, str]]:
    """A chapter's page and its folder `exercises` have the same ones."""
    if page.name != "chapter.md":
        return
    chapter = int(page.parent.name.partition("-")[0])
    folders = {int(folder.name.partition("-")[0]): folder.name
               for folder in sorted((page.parent / "exercises").glob("[0-9]*-*")) if folder.is_dir()}
    named = set()
    for number, line in _lines_outside_fences(page):
        if not (heading := _EXERCISE.match(line)):
            continue
        exercise = int(heading["number"])
        named.add(exercise)
        if int(heading["chapter"]) != chapter:
            yield number, f"'{line}' is an exercise of another chapter"
        elif exercise not in folders:
            yield number, f"the exercise {chapter}.{exercise} has no folder exercises/{exercise}-…"
    for exercise in folders.keys() - named:
        yield 1, f"exercises/{folders[exercise]} has no heading '### {chapter}.{exercise} …'"
