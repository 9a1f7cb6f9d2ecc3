#!/usr/bin/env python3
"""Copies standard input to standard output and to a file, with the time before each line.

Lines with which a shell traces that it switches tracing off or restores it are dropped. Bytes that are no text pass
unchanged.
"""

import argparse
import datetime
import re
import sys

# A traced command begins with plus signs; only such lines are noise, others may speak of xtrace.
NOISE = re.compile(rb"^\++ .*(set \+o |set [+-]x|xtrace)")


def main():
    parser = argparse.ArgumentParser(description="Copy lines with the time before each.")
    parser.add_argument("-o", "--outfile", metavar="FILE", help="append to FILE, always with times")
    parser.add_argument("-v", "--verbose", action="store_true", help="write to standard output too")
    parser.add_argument("-b", "--no-timestamp", action="store_true", help="no times on standard output")
    arguments = parser.parse_args()

    log = None
    if arguments.outfile:
        try:
            log = open(arguments.outfile, "ab", buffering=0)
        except OSError as error:
            sys.exit("%s: %s" % (arguments.outfile, error.strerror))

    for line in iter(sys.stdin.buffer.readline, b""):
        if NOISE.match(line):
            continue
        now = datetime.datetime.now(datetime.timezone.utc)
        prefix = ("%s.%03d | " % (now.strftime("%Y-%m-%d %H:%M:%S"), now.microsecond // 1000)).encode()
        if arguments.verbose:
            sys.stdout.buffer.write(line if arguments.no_timestamp else prefix + line)
            sys.stdout.buffer.flush()
        if log is not None:
            log.write(prefix + line)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
