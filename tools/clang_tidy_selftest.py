#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MPL-2.0
"""Through which source tools/clang_tidy.py checks a file."""

import os
import tempfile
import unittest

import clang_tidy


class SourceOfTest(unittest.TestCase):
    FILES = {
        "cot/chain.h": "",
        "cot/chain.cc": '#include "cot/chain.h"\n#include "cot/rule.h"\n',
        "cot/rule.h": '#include "cot/detail.h"\n',
        "cot/rule_test.cc": '#include "cot/rule.h"\n',
        "cot/detail.h": "",
        "cot/unused.h": "",
        "cot/not_compiled.cc": '#include "cot/unused.h"\n',
    }
    COMPILED = {"cot/chain.cc", "cot/rule_test.cc"}

    def source_of(self, file):
        with tempfile.TemporaryDirectory() as root:
            for path, text in self.FILES.items():
                os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as opened:
                    opened.write(text)
            return clang_tidy.source_of(file, self.COMPILED, clang_tidy.read_includers(root))

    def test_a_source_is_checked_itself(self):
        self.assertEqual(self.source_of("cot/chain.cc"), "cot/chain.cc")

    def test_a_header_is_checked_through_the_source_of_its_name(self):
        self.assertEqual(self.source_of("cot/chain.h"), "cot/chain.cc")

    def test_a_header_without_a_source_is_checked_through_its_test(self):
        self.assertEqual(self.source_of("cot/rule.h"), "cot/rule_test.cc")

    def test_a_header_of_headers_is_checked_through_a_source_behind_them(self):
        self.assertEqual(self.source_of("cot/detail.h"), "cot/chain.cc")

    def test_what_is_not_compiled_is_left_out(self):
        self.assertIsNone(self.source_of("cot/not_compiled.cc"))
        self.assertIsNone(self.source_of("cot/unused.h"))


if __name__ == "__main__":
    unittest.main()
