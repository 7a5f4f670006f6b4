"""`python3 -m pith.figures [NAME…]`: makes the book's figures, or those that are named."""

import argparse
import sys
from pathlib import Path

from pith import figures, paths
from pith.errors import reports_errors


@reports_errors
def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.figures", description="Makes the figures of the book.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    parser.add_argument("--list", action="store_true", help="name all of them, and what they show")
    parser.add_argument("--to", type=Path, default=figures.FOLDER, metavar="FOLDER", help="where they go (out/figures)")
    parser.add_argument("--as-built", action="store_true", help="take the kernels as they are, and build none")
    parser.add_argument("--anew", action="store_true", help="also those that are there and not old")
    options = parser.parse_args()
    if options.list:
        print("\n".join(f"{name:22} {figures.describe(name)}" for name in figures.NAMES))
        return 0
    for file in figures.make(options.names or figures.NAMES, options.to, not options.as_built, options.anew):
        print(f"{paths.shown(file.resolve())} is ready")
    return 0


if __name__ == "__main__":
    sys.exit(main())
