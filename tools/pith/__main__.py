"""Lets `python3 -m pith` be the command ./pith."""

import sys

from pith.cli import main

sys.exit(main(sys.argv[1:]))
