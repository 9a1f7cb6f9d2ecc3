#!/usr/bin/env python3
"""Answers what hooks ask about the disk of a build: dib-block-device.py [--params FILE] getval SYMBOL.

The answers come from the environment that a build gives its hooks. Making, mounting and releasing the disk is the work of
the build itself, so the other commands of the original are refused.
"""

import argparse
import os
import sys

# Symbol: variable that holds its value.
VARIABLES = {
    "boot-label": "DIB_BOOT_LABEL",
    "image-block-device": "IMAGE_BLOCK_DEVICE",
    "image-block-devices": "IMAGE_BLOCK_DEVICES",
    "image-path": "TMP_IMAGE_PATH",
    "mount-points": "DIB_MOUNTPOINTS",
    "root-fstype": "DIB_ROOT_FSTYPE",
    "root-label": "DIB_ROOT_LABEL",
}
REFUSED = ["init", "create", "umount", "cleanup", "delete", "writefstab"]


def main():
    parser = argparse.ArgumentParser(prog="dib-block-device", description="Answer questions about the disk of a build.")
    parser.add_argument("--params", metavar="FILE", help="accepted for compatibility; the environment answers")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.required = True
    getval = commands.add_parser("getval", help="print a value")
    getval.add_argument("symbol", choices=sorted(VARIABLES), metavar="SYMBOL", help=", ".join(sorted(VARIABLES)))
    for command in REFUSED:
        commands.add_parser(command)
    arguments = parser.parse_args()

    if arguments.command != "getval":
        sys.exit("dib-block-device: %s: the build makes, mounts and releases its disk itself" % arguments.command)
    variable = VARIABLES[arguments.symbol]
    value = os.environ.get(variable)
    # Without a mount at /boot the label of it is empty, which is an answer.
    if value is None and not (arguments.symbol == "boot-label" and "DIB_ROOT_LABEL" in os.environ):
        sys.exit("dib-block-device: %s is not known in this phase (%s is not set)" % (arguments.symbol, variable))
    print(value or "")


if __name__ == "__main__":
    main()
