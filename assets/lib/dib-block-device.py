#!/usr/bin/env python3
"""Runs dib-block-device of the package that this file belongs to, with the same arguments."""

import os
import sys

PROGRAM = os.path.join(
    os.path.dirname(os.path.realpath(__file__)), "..", "..", "bin", "dib-block-device"
)

try:
    os.execv(PROGRAM, ["dib-block-device"] + sys.argv[1:])
except OSError as error:
    sys.exit("%s: %s" % (PROGRAM, error.strerror))
