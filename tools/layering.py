#!/usr/bin/env python3
# SPDX-License-Identifier: MPL-2.0
"""Checks the layer rule on the output of `bazel query --output=xml //...`.

A target may use its own unit and units of lower layers. A unit is a package with
the packages below it (so X/testing belongs to X); the large ones have an order of
their own inside. Reads the query's XML from stdin, prints each edge that breaks the
rule, and exits 1 if there is one.
"""

import sys
import xml.etree.ElementTree as ElementTree

# unit -> layer. Packages that are in no unit are free to use and to be used:
# test data, third_party, the root, and what the fuzz targets are built with.
LAYERS = {
    "scriptworker/base": 0,
    "scriptworker/json": 1,
    "scriptworker/crypto": 1,
    "scriptworker/http": 1,
    "scriptworker/har": 2,
    "scriptworker/jsone": 2,
    "scriptworker/taskcluster": 2,
    "scriptworker/vcs": 2,
    "cot": 3,
    "scriptworker/worker": 4,
    "scriptworker/client": 4,
}
TOP = 5

# The packages of a large unit, lowest first; "." is the unit's own. Each may use those
# before it. Tests, and what is only for them, may use all of their unit.
INNER = {
    "cot": ("chain", "policy", "evidence", "parent", "source", "."),
    "scriptworker/worker": (
        "log",
        "signer",
        "outcome",
        "process",
        "journal",
        "config",
        "monitoring",
        ".",
        "check",
    ),
}

# Libraries that one unit wraps, so that nobody else sees their types.
WRAPPED = {
    "@nlohmann_json": "scriptworker/json",
    "@yaml-cpp": "scriptworker/json",
    "@curl": "scriptworker/http",
}


def unit_of(label):
    """The unit that a label is in, or None."""
    package = label.partition(":")[0].removeprefix("//")
    for unit in LAYERS:
        if package == unit or package.startswith(unit + "/"):
            return unit
    if package == "scriptworker" or package.startswith(("scriptworker/", "tools/")):
        return None if package.startswith("tools/fuzz") else package
    return "tools" if package == "tools" else None


def check(rules):
    """Yields a complaint for each edge against the rule.

    Args:
      rules: (rule class, label, testonly, labels of what it uses) of each target.
    """
    for rule_class, label, testonly, inputs in rules:
        unit = unit_of(label)
        if unit is None:
            continue
        # A main file is of the top layer wherever it lies.
        layer = TOP if rule_class == "cc_binary" else LAYERS.get(unit, TOP)
        package = label.partition(":")[0]
        if package.endswith("/testing") and not testonly and not rule_class.endswith("_test"):
            yield f"{label} is in a testing package but not testonly"
        for used in inputs:
            yield from _check_edge(label, unit, layer, used)
            if unit in INNER and layer != TOP and not testonly and not rule_class.endswith("_test"):
                yield from _check_inner_edge(label, unit, used)


def _check_edge(label, unit, layer, used):
    if used.startswith("@"):
        repository = "@" + used.lstrip("@").partition("//")[0]
        wrapper = WRAPPED.get(repository, unit)
        if wrapper != unit and layer != TOP:
            yield f"{label} uses {used}, which only //{wrapper} may"
        return
    used_unit = unit_of(used)
    if used_unit is None or used_unit == unit:
        return
    used_layer = LAYERS.get(used_unit, TOP)
    if layer != TOP and used_layer >= layer:
        yield f"{label} (layer {layer}) uses {used} (layer {used_layer})"


def _check_inner_edge(label, unit, used):
    if unit_of(used) != unit:
        return
    places = [_inner_place(each, unit) for each in (label, used)]
    for each, place in zip((label, used), places):
        if place is None:
            yield f"{each} is in a package that has no place in INNER"
            return
    if places[1] > places[0]:
        yield f"{label} uses {used}, which is above it in //{unit}"


def _inner_place(label, unit):
    package = label.partition(":")[0].removeprefix("//").removeprefix(unit).removeprefix("/")
    return INNER[unit].index(package or ".") if (package or ".") in INNER[unit] else None


def read_rules(xml):
    for rule in ElementTree.parse(xml).getroot().iter("rule"):
        testonly = rule.find("boolean[@name='testonly']")
        yield (
            rule.get("class"),
            rule.get("name"),
            testonly is not None and testonly.get("value") == "true",
            [used.get("name") for used in rule.iter("rule-input")],
        )


def main():
    rules = list(read_rules(sys.stdin))
    complaints = sorted(set(check(rules)))
    print("\n".join(complaints + [f"layering: {len(rules)} targets, {len(complaints)} against the rule"]))
    return 1 if complaints or not rules else 0


if __name__ == "__main__":
    sys.exit(main())
