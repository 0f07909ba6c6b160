# SPDX-License-Identifier: MPL-2.0

"""Reads a YAML file once, while building, instead of at every start."""

def _yaml_as_json_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".json")
    ctx.actions.run(
        executable = ctx.executable._converter,
        arguments = [ctx.file.src.path, out.path],
        inputs = [ctx.file.src],
        outputs = [out],
        mnemonic = "YamlAsJson",
    )
    return [DefaultInfo(files = depset([out]))]

yaml_as_json = rule(
    implementation = _yaml_as_json_impl,
    doc = "NAME.json: the value of a YAML document. What our reader refuses stops the build, with file and line.",
    attrs = {
        "src": attr.label(allow_single_file = [".yml"], mandatory = True),
        # Not "exec": all that it consists of would be compiled twice.
        "_converter": attr.label(
            default = "//scriptworker/json:yaml_to_json",
            cfg = "target",
            executable = True,
        ),
    },
)
