# SPDX-License-Identifier: MPL-2.0
"""Fuzz targets: functions LLVMFuzzerTestOneInput with a seed corpus."""

def cc_fuzz_target(name, srcs, deps = [], corpus = [], **kwargs):
    """A fuzz target that is also a test.

    Ordinarily this is a cc_test that runs the target on each seed. With
    --config=fuzz it is a libFuzzer binary, which as a test does the same, and

        tools/bazel run --config=fuzz //PACKAGE:NAME -- -runs=-1 -max_total_time=60

    fuzzes. A directory at the end of that line receives what was found.

    Args:
      name: ends in _fuzzer.
      srcs: the source that defines LLVMFuzzerTestOneInput.
      deps: what it uses.
      corpus: source files (or filegroups of them), each one seed.
      **kwargs: as for cc_test.
    """
    locations = " ".join(["$(locations %s)" % label for label in corpus])
    native.genrule(
        name = name + "_seeds",
        srcs = corpus,
        outs = [name + "_seeds.txt"],
        cmd = "printf '%s' \"" + locations + "\" | tr ' ' , > $@",
        testonly = True,
        visibility = ["//visibility:private"],
    )
    native.cc_test(
        name = name,
        size = "small",
        srcs = srcs,
        args = select({
            "//tools/fuzz:libfuzzer": [
                "-runs=0",
                "-seed_inputs=@$(location :%s_seeds)" % name,
            ] if corpus else ["-runs=0"],
            "//conditions:default": [locations] if corpus else [],
        }),
        data = corpus + [name + "_seeds"],
        linkopts = select({
            "//tools/fuzz:libfuzzer": ["-fsanitize=fuzzer,address,undefined"],
            "//conditions:default": [],
        }),
        tags = ["fuzz"],
        deps = deps + select({
            "//tools/fuzz:libfuzzer": [],
            "//conditions:default": ["//tools/fuzz:replay_main"],
        }),
        **kwargs
    )
