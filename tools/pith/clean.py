"""./pith clean: removes out/, where everything that we make goes."""

import argparse
import shutil

from pith import paths, process


def main(_options: argparse.Namespace) -> int:
    """./pith clean"""
    if paths.OUT.exists():
        shutil.rmtree(paths.OUT)
    process.say("out/ is gone")
    return 0
