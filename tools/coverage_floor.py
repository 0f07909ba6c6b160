#!/usr/bin/env python3
# SPDX-License-Identifier: MPL-2.0
"""Says how much of the code an lcov report covers, and where it lies.

Usage: tools/coverage_floor.py REPORT

Counts the lines of what is built from scriptworker/ and cot/, without tests and what
only they use: folders named testing, and files *_test.cc, *_fuzzer.cc, *_benchmark.cc.
Exits with 1 if less than 95 % of all lines ran, or less than 85 % of some file's: those
are listed, with the numbers of the lines that never ran. So is a .cc file of the source
tree that the report does not have, since no test links it; of these UNMEASURED may be.
"""

import collections
import os
import re
import sys

OF_ALL, OF_A_FILE = 95, 85
CODE = re.compile(r'(scriptworker|cot)/')
TESTS = re.compile(r'/testing/|_(test|fuzzer|benchmark)\.cc$')
# No test links it, and why that is right.
UNMEASURED = {
    'scriptworker/http/poll_floor.cc': 'measures, like the benchmarks',
    'scriptworker/json/yaml_to_json_main.cc': 'the build itself runs it, uninstrumented',
    'scriptworker/verify_ed25519_signature_main.cc': 'a shell test runs it: those do not report',
}


def counts(name):
    return CODE.match(name) and not TESTS.search(name)


def sources(root):
    """The .cc files of the source tree that count, relative to it."""
    found = set()
    for top in ('scriptworker', 'cot'):
        for folder, _, files in os.walk(os.path.join(root, top)):
            paths = (os.path.relpath(os.path.join(folder, name), root) for name in files)
            found |= {path for path in paths if path.endswith('.cc') and counts(path)}
    return found


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
    return {name: lines for name, lines in files.items() if counts(name)}


def percent(lines):
    return 100 * sum(runs > 0 for runs in lines) / len(lines)


def main(path, root):
    with open(path, encoding='utf-8') as report:
        files = read(report)
    missing = sources(root) - set(files) - set(UNMEASURED)
    files = {name: lines for name, lines in files.items() if lines}
    if not files:
        print(f'{path}: no file of scriptworker/ or cot/ in it', file=sys.stderr)
        return 1
    weak = {name: lines for name, lines in files.items() if percent(lines.values()) < OF_A_FILE}
    for name, lines in sorted(weak.items()):
        never = ', '.join(str(line) for line, runs in sorted(lines.items()) if not runs)
        print(f'{name}: {percent(lines.values()):.1f} %; never ran: {never}')
    for name in sorted(missing):
        print(f'{name}: not in the report: no test links it')
    every = [runs for lines in files.values() for runs in lines.values()]
    print(f'{path}: {percent(every):.1f} % of {len(every)} lines in {len(files)} files; '
          f'{len(weak)} files below {OF_A_FILE} %, {len(missing)} missing')
    return 0 if not weak and not missing and percent(every) >= OF_ALL else 1


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
