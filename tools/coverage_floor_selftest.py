#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MPL-2.0
"""tools/coverage_floor.py on made-up reports of a made-up tree."""

import contextlib
import io
import os
import tempfile
import unittest

import coverage_floor


def record(name, *runs):
    """What lcov says of a file whose lines ran so often."""
    lines = ''.join(f'DA:{number},{count}\n' for number, count in enumerate(runs, start=1))
    return f'SF:{name}\n{lines}end_of_record\n'


class CoverageFloorTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        for name in ('cot/chain.cc', 'scriptworker/worker/loop.cc'):
            self.make(name)

    def path(self, name):
        return os.path.join(self._folder.name, name)

    def make(self, name):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), 'w', encoding='utf-8'):
            pass

    def judge(self, *records):
        """The exit status, and what was printed."""
        with open(self.path('report'), 'w', encoding='utf-8') as report:
            report.writelines(records)
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            status = coverage_floor.main(self.path('report'), self._folder.name)
        return status, out.getvalue()

    def test_a_tree_that_ran_is_enough(self):
        status, out = self.judge(record('cot/chain.cc', 1, 2), record('scriptworker/worker/loop.cc', 7))
        self.assertEqual(0, status, out)
        self.assertIn('100.0 % of 3 lines in 2 files; 0 files below 85 %, 0 missing', out)

    def test_a_line_that_some_test_ran_has_run(self):
        loop = 'scriptworker/worker/loop.cc'
        status, out = self.judge(record('cot/chain.cc', 1), record(loop, 0, 1), record(loop, 1, 0))
        self.assertEqual(0, status, out)

    def test_a_file_of_which_too_little_ran_is_named(self):
        status, out = self.judge(record('cot/chain.cc', *[1] * 100),
                                 record('scriptworker/worker/loop.cc', 1, 0, 0))
        self.assertEqual(1, status)
        self.assertIn('scriptworker/worker/loop.cc: 33.3 %; never ran: 2, 3', out)

    def test_a_little_less_everywhere_is_too_little(self):
        status, _ = self.judge(record('cot/chain.cc', *[1] * 9, 0),
                               record('scriptworker/worker/loop.cc', *[1] * 9, 0))
        self.assertEqual(1, status)

    def test_a_file_that_no_test_links_is_named(self):
        status, out = self.judge(record('cot/chain.cc', 1))
        self.assertEqual(1, status)
        self.assertIn('scriptworker/worker/loop.cc: not in the report: no test links it', out)

    def test_tests_and_what_only_they_use_do_not_count(self):
        for name in ('cot/chain_test.cc', 'cot/testing/chains.cc', 'cot/chain_benchmark.cc',
                     'scriptworker/json/json_fuzzer.cc', 'tools/tool.cc', *coverage_floor.UNMEASURED):
            self.make(name)
        status, out = self.judge(record('cot/chain.cc', 1), record('scriptworker/worker/loop.cc', 1),
                                 record('cot/testing/chains.cc', 0), record('tools/tool.cc', 0))
        self.assertEqual(0, status, out)

    def test_a_file_without_code_is_not_missing(self):
        status, out = self.judge(record('cot/chain.cc', 1), record('scriptworker/worker/loop.cc'))
        self.assertEqual(0, status, out)

    def test_an_empty_report_is_none(self):
        status, out = self.judge('')
        self.assertEqual(1, status)
        self.assertIn('no file of scriptworker/ or cot/ in it', out)


if __name__ == '__main__':
    unittest.main()
