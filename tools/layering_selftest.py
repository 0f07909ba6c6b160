#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MPL-2.0
"""The checker of tools/layering.py on made-up targets."""

import io
import unittest

import layering


def library(label, *inputs, rule_class="cc_library", testonly=False):
    return (rule_class, label, testonly, list(inputs))


class LayeringTest(unittest.TestCase):
    def complaints(self, *rules):
        return list(layering.check(rules))

    def test_lower_layers_and_the_own_unit_may_be_used(self):
        self.assertEqual(
            [],
            self.complaints(
                library("//scriptworker/json:json", "//scriptworker/base:file"),
                library("//scriptworker/json:json_reader", "//scriptworker/json:json"),
                library("//cot/policy:policy", "//scriptworker/jsone:render", "//scriptworker/base:file"),
                library("//scriptworker/worker/config:config", "//cot/policy:policy"),
                library("//scriptworker:worker", "//scriptworker/worker/config:config"),
                library("//tools/local_taskcluster:server", "//scriptworker/worker/config:config"),
            ),
        )

    def test_a_large_unit_has_an_order_inside(self):
        self.assertEqual(
            ["//cot/chain:link uses //cot/policy:url_rule, which is above it in //cot"],
            self.complaints(library("//cot/chain:link", "//cot/policy:url_rule")),
        )
        self.assertEqual([], self.complaints(library("//cot/policy:policy", "//cot/chain:link")))
        self.assertEqual(1, len(self.complaints(library("//cot/source:facts", "//cot:verifier"))))

    def test_the_order_inside_a_unit_is_not_for_its_tests(self):
        uses = "//cot/testing:small_chain"
        self.assertEqual(
            [], self.complaints(library("//cot/chain:link_test", uses, rule_class="cc_test"))
        )
        self.assertEqual([], self.complaints(library("//cot/testing:links", "//cot:verifier", testonly=True)))
        self.assertEqual(
            ["//cot/testing:small_chain is in a package that has no place in INNER"],
            self.complaints(library("//cot/chain:link", uses)),
        )

    def test_a_higher_layer_may_not_be_used(self):
        self.assertEqual(
            ["//scriptworker/vcs:hg_client (layer 2) uses //cot/policy:policy (layer 3)"],
            self.complaints(library("//scriptworker/vcs:hg_client", "//cot/policy:policy")),
        )

    def test_a_unit_of_the_same_layer_may_not_be_used(self):
        self.assertEqual(
            ["//scriptworker/http:url (layer 1) uses //scriptworker/json:json (layer 1)"],
            self.complaints(library("//scriptworker/http:url", "//scriptworker/json:json")),
        )

    def test_the_top_layer_may_not_be_used_from_below(self):
        for top in ("//scriptworker:worker", "//tools/local_taskcluster:server", "//tools:x"):
            self.assertEqual(1, len(self.complaints(library("//cot/policy:policy", top))), top)

    def test_a_new_package_of_scriptworker_belongs_to_the_top_until_it_has_a_layer(self):
        self.assertEqual(
            1, len(self.complaints(library("//scriptworker/json:json", "//scriptworker/new:thing")))
        )

    def test_tests_obey_the_rule_too(self):
        self.assertEqual(
            1,
            len(
                self.complaints(
                    library(
                        "//scriptworker/http:url_test",
                        "//scriptworker/taskcluster/testing:fake_queue",
                        rule_class="cc_test",
                    )
                )
            ),
        )

    def test_main_files_are_of_the_top_layer_wherever_they_lie(self):
        uses = "//scriptworker/worker/config:config"
        self.assertEqual([], self.complaints(library("//cot:verify_cot", uses, rule_class="cc_binary")))
        self.assertEqual(1, len(self.complaints(library("//cot:verifier", uses))))

    def test_testing_packages_belong_to_their_unit_and_are_testonly(self):
        uses = ("//scriptworker/http:transport", "//scriptworker/base/testing:temp_dir")
        name = "//scriptworker/http/testing:mock_transport"
        self.assertEqual([], self.complaints(library(name, *uses, testonly=True)))
        self.assertEqual(
            [f"{name} is in a testing package but not testonly"], self.complaints(library(name, *uses))
        )

    def test_a_wrapped_library_is_seen_by_its_wrapper_only(self):
        used = "@curl//:curl"
        self.assertEqual([], self.complaints(library("//scriptworker/http:curl_transport", used)))
        self.assertEqual(
            ["//cot/policy:policy uses @curl//:curl, which only //scriptworker/http may"],
            self.complaints(library("//cot/policy:policy", used)),
        )

    def test_test_data_and_fuzzing_support_are_free(self):
        self.assertEqual(
            [], self.complaints(library("//cot/evidence:cot_body_fuzzer", "//tools/fuzz:main", "//testdata/x:x"))
        )

    def test_rules_are_read_from_the_query(self):
        xml = """<query version="2">
            <rule class="cc_library" name="//a:b">
              <boolean name="testonly" value="true"/>
              <rule-input name="//a:b.cc"/><rule-input name="//c:d"/>
            </rule></query>"""
        self.assertEqual(
            [("cc_library", "//a:b", True, ["//a:b.cc", "//c:d"])],
            list(layering.read_rules(io.StringIO(xml))),
        )


if __name__ == "__main__":
    unittest.main()
