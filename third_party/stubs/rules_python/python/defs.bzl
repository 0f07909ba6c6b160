# SPDX-License-Identifier: MPL-2.0
"""The names of rules_python, as Bazel's built-in rules."""

py_binary = native.py_binary
py_library = native.py_library
py_runtime = native.py_runtime
py_test = native.py_test
