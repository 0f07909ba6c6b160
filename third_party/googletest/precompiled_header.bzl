# SPDX-License-Identifier: MPL-2.0

"""A header that the compiler has read once, for all sources that begin with it."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "CPP_COMPILE_ACTION_NAME")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _precompiled_header_impl(ctx):
    header = ctx.actions.declare_file(ctx.label.name + ".h")
    precompiled = ctx.actions.declare_file(ctx.label.name + ".h.gch")
    digest = ctx.actions.declare_file(ctx.label.name + "_digest.h")
    ctx.actions.write(header, "".join(['#include "%s"\n' % name for name in ctx.attr.headers]))

    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    context = cc_common.merge_cc_infos(
        cc_infos = [dep[CcInfo] for dep in ctx.attr.deps],
    ).compilation_context
    variables = cc_common.create_compile_variables(
        feature_configuration = features,
        cc_toolchain = toolchain,
        source_file = header.path,
        output_file = precompiled.path,
        user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts + ctx.attr.copts +
                             ["-x", "c++-header"],
        include_directories = context.includes,
        quote_include_directories = context.quote_includes,
        system_include_directories = context.system_includes,
        preprocessor_defines = context.defines,
        use_pic = toolchain.needs_pic_for_dynamic_libraries(feature_configuration = features),
    )
    ctx.actions.run(
        mnemonic = "CppPrecompile",
        executable = cc_common.get_tool_for_action(
            feature_configuration = features,
            action_name = CPP_COMPILE_ACTION_NAME,
        ),
        arguments = cc_common.get_memory_inefficient_command_line(
            feature_configuration = features,
            action_name = CPP_COMPILE_ACTION_NAME,
            variables = variables,
        ),
        env = cc_common.get_environment_variables(
            feature_configuration = features,
            action_name = CPP_COMPILE_ACTION_NAME,
            variables = variables,
        ),
        inputs = depset([header], transitive = [context.headers, toolchain.all_files]),
        outputs = [precompiled],
    )
    ctx.actions.run_shell(
        mnemonic = "CppPrecompileDigest",
        command = 'out=$1; shift; echo "// $(cat "$@" | sha256sum)" >"$out"',
        arguments = [ctx.actions.args().add(digest).add_all(context.headers)],
        inputs = context.headers,
        outputs = [digest],
    )
    return [DefaultInfo(files = depset([header, precompiled, digest]))]

# Writes
#   NAME.h         includes `headers`.
#   NAME.h.gch     what gcc takes in its place if it is the first that a source includes
#                  (by -include), and the flags are the same. gcc compares them itself, and
#                  reads NAME.h if they are not. clang always does.
#   NAME_digest.h  a comment that changes with each header that is in NAME.h. gcc does not
#                  say that it has used NAME.h.gch; a source that includes this as well is
#                  compiled again when it must be.
precompiled_header = rule(
    implementation = _precompiled_header_impl,
    attrs = {
        "copts": attr.string_list(),
        "deps": attr.label_list(providers = [CcInfo]),
        "headers": attr.string_list(mandatory = True),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
