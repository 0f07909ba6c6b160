#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MPL-2.0
"""Checks that each test which docs/features.md or docs/attacks.md names exists.

The table has one row for each of the reference's features (or for each attack). Its
last column names tests as `//package:target` `Suite.Name` ..., or begins with "not
applicable: " and says why. Reads the source tree itself, since the tests are all over it.

Usage: features_test.py docs/features.md [ROWS]
"""

import os
import re
import sys

FEATURES = 118
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| (.+) \|$")
RULE = re.compile(r"^(\w+)\(\n(.*?)^\)", re.MULTILINE | re.DOTALL)


class Tree:
    """The targets and tests of a source tree."""

    def __init__(self, root):
        self._root = root
        self._rules = {}

    def _rules_of(self, package):
        if package not in self._rules:
            rules = {}
            try:
                with open(os.path.join(self._root, package, "BUILD.bazel"), encoding="utf-8") as file:
                    for _, body in RULE.findall(file.read()):
                        name = re.search(r'^    name = "([^"]+)"', body, re.MULTILINE)
                        if name:
                            rules[name.group(1)] = body
            except FileNotFoundError:
                pass
            self._rules[package] = rules
        return self._rules[package]

    def sources(self, target):
        """The paths of a test's sources, or None if there is no such target."""
        package, _, name = target.removeprefix("//").partition(":")
        body = self._rules_of(package).get(name)
        if body is None:
            return None
        listed = re.search(r'^    srcs = (\[[^]]*\]|"[^"]*")', body, re.MULTILINE)
        files = re.findall(r'"([^"]+)"', listed.group(1)) if listed else []
        return [os.path.join(self._root, package, file) for file in files]

    def needs_corpora(self, target):
        package, _, name = target.removeprefix("//").partition(":")
        return '"conformance"' in self._rules_of(package).get(name, "")

    def has_test(self, target, test):
        suite, _, name = test.partition(".")
        pattern = re.compile(rf"^TEST(_F|_P)?\({suite},\s*{name}\)", re.MULTILINE)
        for path in self.sources(target) or []:
            if path.endswith(".cc"):
                with open(path, encoding="utf-8") as file:
                    if pattern.search(file.read()):
                        return True
        return False


def check_cell(cell, tree):
    """Yields what is wrong with the last column of a row."""
    if cell.startswith("not applicable: "):
        return
    target, tests = None, 0
    groups = []
    for word in re.findall(r"`([^`]+)`", cell):
        if word.startswith("//"):
            target, tests = word, 0
            groups.append([target, 0])
            if tree.sources(target) is None:
                yield f"there is no target {target}"
        elif target is None:
            yield f"{word} has no target before it"
        else:
            tests += 1
            groups[-1][1] = tests
            if not tree.has_test(target, word):
                yield f"{target} has no test {word}"
    if not groups:
        yield "no test is named"
    elif all(tree.needs_corpora(target) for target, _ in groups):
        yield "all tests that are named need CORPORA_DIR"
    for target, count in groups:
        sources = tree.sources(target) or []
        if count == 0 and any(path.endswith(".cc") for path in sources):
            yield f"no test of {target} is named"


def check(text, tree, features=FEATURES):
    """Yields all that is wrong with the table."""
    seen = []
    for line in text.splitlines():
        row = ROW.match(line)
        if not row:
            continue
        seen.append(int(row.group(1)))
        for complaint in check_cell(row.group(4), tree):
            yield f"row {row.group(1)}: {complaint}"
    if seen != list(range(1, features + 1)):
        missing = sorted(set(range(1, features + 1)) - set(seen))
        yield f"the rows are not 1 to {features} in order; missing: {missing}"


def self_test(tree):
    """The checks find what they are for."""
    bad = [
        "| 1 | m | f | `//tools:no_such_test` |",
        "| 1 | m | f | `//scriptworker/base:path_test` `JoinPathTest.NoSuchTest` |",
        "| 1 | m | f | `//scriptworker/base:path_test` |",
        "| 1 | m | f | by looking at it |",
        "| 1 | m | f | `//tools/conformance/chains:chains_test` |",
        "| 2 | m | f | not applicable: it is Python's |",
    ]
    for line in bad:
        if not list(check(line, tree, features=1)):
            yield f"nothing is found wrong with {line}"
    good = "| 1 | m | f | `//scriptworker/base:path_test` `JoinPathTest.HasOneSlashAtTheSeam` |"
    yield from check(good, tree, features=1)


def main():
    # The file among the test's data is a link into the source tree.
    table = os.path.realpath(sys.argv[1])
    tree = Tree(os.path.dirname(os.path.dirname(table)))
    with open(table, encoding="utf-8") as file:
        rows = int(sys.argv[2]) if len(sys.argv) > 2 else FEATURES
        complaints = list(self_test(tree)) + list(check(file.read(), tree, rows))
    print("\n".join(complaints + [f"{os.path.basename(table)}: {len(complaints)} complaints"]))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
