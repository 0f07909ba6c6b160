#!/usr/bin/env python3
# SPDX-License-Identifier: MPL-2.0
"""Line coverage of C++ code by gcov, as lcov files: bazel coverage's two tools.

With --coverage_dir: makes one test's report from the .gcda files in that folder.
With --reports_file: merges the reports that the file lists.
Both take --output_file. Bazel's other options are of no use here.
"""

import argparse
import collections
import json
import os
import subprocess


class Report:
    """Execution counts by source file and line."""

    def __init__(self):
        self._files = collections.defaultdict(collections.Counter)

    def add(self, path, line, count):
        self._files[path][line] += count

    def write(self, output):
        for path, lines in sorted(self._files.items()):
            output.write(f"SF:{path}\n")
            for line, count in sorted(lines.items()):
                output.write(f"DA:{line},{count}\n")
            output.write(f"LH:{sum(1 for count in lines.values() if count)}\n")
            output.write(f"LF:{len(lines)}\nend_of_record\n")


def is_ours(path):
    """True for production sources of this workspace: no library, no test."""
    return not (
        os.path.isabs(path)
        or path.startswith(("external/", "bazel-out/"))
        or path.endswith("_test.cc")
        or "/testing/" in path
    )


def add_gcov(report, coverage_dir):
    """Bazel has put every .gcno file next to its .gcda file, and a link to gcov."""
    for folder, _, names in os.walk(coverage_dir):
        for name in names:
            gcda = os.path.join(folder, name)
            if not (name.endswith(".gcda") and os.path.exists(gcda[:-4] + "gcno")):
                continue
            gcov = [os.path.join(coverage_dir, "gcov"), "--json-format", "--stdout", gcda]
            output = subprocess.run(gcov, check=True, stdout=subprocess.PIPE).stdout
            for source in json.loads(output)["files"]:
                if is_ours(source["file"]):
                    for line in source["lines"]:
                        report.add(source["file"], line["line_number"], line["count"])


def add_lcov(report, path):
    with open(path, encoding="utf-8") as lines:
        source = None
        for line in lines:
            key, _, value = line.rstrip("\n").partition(":")
            if key == "SF":
                source = value
            elif key == "DA":
                number, count = value.split(",")[:2]
                report.add(source, int(number), int(count))


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--coverage_dir")
    parser.add_argument("--reports_file")
    parser.add_argument("--output_file", required=True)
    options, _ = parser.parse_known_args()

    report = Report()
    if options.coverage_dir:
        add_gcov(report, options.coverage_dir)
    if options.reports_file:
        with open(options.reports_file, encoding="utf-8") as paths:
            for path in paths.read().split():
                if path.endswith(".dat"):
                    add_lcov(report, path)
    with open(options.output_file, "w", encoding="utf-8") as output:
        report.write(output)


if __name__ == "__main__":
    main()
