"""Numbers that the kernel's assembly has, read where they stand: there is one of each."""

import re

from pith import paths
from pith.errors import PithError


def defined(name: str, file: str) -> int:
    """What `#define NAME value` says in that file of kernel/."""
    text = (paths.ROOT / "kernel" / file).read_text()
    if not (found := re.search(rf"^#define {name} +(0x[0-9a-fA-F]+|[0-9]+)\b", text, re.MULTILINE)):
        raise PithError(f"kernel/{file} does not define {name} as a number")
    return int(found[1], 0)


KERNEL_START = defined("KERNEL_START", "memory/layout.inc")
DIRECT_MAP_START = defined("DIRECT_MAP_START", "memory/layout.inc")
KERNEL_PHYSICAL = defined("KERNEL_PHYSICAL", "memory/layout.inc")


def physical(linked: int) -> int:
    """Where in memory that stands which is linked there. No kernel is moved there."""
    return linked - KERNEL_START if linked >= KERNEL_START else linked
