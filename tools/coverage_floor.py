#!/usr/bin/env python3
# SPDX-License-Identifier: MPL-2.0
"""Says how much of the code an lcov report covers, and where it lies.

Usage: tools/coverage_floor.py REPORT

Counts the lines of what is built from scriptworker/ and cot/, without tests and what
only they use. Exits with 1 if less than 95 % of all lines ran, or less than
85 % of some file's: those are listed, with the numbers of the lines that never ran.
"""

import collections
import re
import sys

OF_ALL, OF_A_FILE = 95, 85
CODE = re.compile(r'(scriptworker|cot)/')
TESTS = re.compile(r'/testing/|_(test|fuzzer|benchmark)\.cc$')


def read(report):
    """{file: {line: times that it ran}}"""
    files = collections.defaultdict(dict)
    for row in report:
        kind, _, rest = row.rstrip('\n').partition(':')
        if kind == 'SF':
            lines = files[rest]
        elif kind == 'DA':
            line, runs = rest.split(',')[:2]
            lines[int(line)] = lines.get(int(line), 0) + int(runs)
    return {name: lines for name, lines in files.items()
            if lines and CODE.match(name) and not TESTS.search(name)}


def percent(lines):
    return 100 * sum(runs > 0 for runs in lines) / len(lines)


def main(path):
    with open(path, encoding='utf-8') as report:
        files = read(report)
    if not files:
        print(f'{path}: no file of scriptworker/ or cot/ in it', file=sys.stderr)
        return 1
    weak = {name: lines for name, lines in files.items() if percent(lines.values()) < OF_A_FILE}
    for name, lines in sorted(weak.items()):
        never = ', '.join(str(line) for line, runs in sorted(lines.items()) if not runs)
        print(f'{name}: {percent(lines.values()):.1f} %; never ran: {never}')
    every = [runs for lines in files.values() for runs in lines.values()]
    print(f'{path}: {percent(every):.1f} % of {len(every)} lines in {len(files)} files; '
          f'{len(weak)} files below {OF_A_FILE} %')
    return 0 if not weak and percent(every) >= OF_ALL else 1


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
