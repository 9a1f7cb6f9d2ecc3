#!/usr/bin/env python3
"""Runs element-info of the package that this file belongs to, with the same arguments."""

import os
import sys

PROGRAM = os.path.join(
    os.path.dirname(os.path.realpath(__file__)), "..", "..", "bin", "element-info"
)

try:
    os.execv(PROGRAM, ["element-info"] + sys.argv[1:])
except OSError as error:
    sys.exit("%s: %s" % (PROGRAM, error.strerror))
