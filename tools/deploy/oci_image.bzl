# SPDX-License-Identifier: MPL-2.0

"""Makes an image folder (OCI Image Layout) of one layer; see oci_image.sh."""

def _oci_image_impl(ctx):
    output = ctx.actions.declare_directory(ctx.label.name)
    entries = []
    inputs = []
    for target, place in ctx.attr.files.items():
        file = target.files.to_list()[0]
        inputs.append(file)
        mode, _, path = place.partition(" ")
        entries.append("file:%s:0:%s:%s" % (mode, path, file.path))
    for path, mode_and_owner in ctx.attr.dirs.items():
        mode, _, owner = mode_and_owner.partition(" ")
        entries.append("dir:%s:%s:%s:" % (mode, owner, path))
    ctx.actions.run_shell(
        outputs = [output],
        inputs = inputs + [ctx.file.version],
        tools = [ctx.executable._tool],
        # The version is in a file, which only an action can read.
        command = "%s %s '%s' \"$(cat %s)\" \"$@\"" % (
            ctx.executable._tool.path,
            output.path,
            ctx.attr.title,
            ctx.file.version.path,
        ),
        arguments = entries,
        mnemonic = "OciImage",
        progress_message = "Making the image folder %s" % output.short_path,
        use_default_shell_env = True,
    )
    return [DefaultInfo(files = depset([output]), runfiles = ctx.runfiles([output]))]

oci_image = rule(
    implementation = _oci_image_impl,
    attrs = {
        "files": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "A file to \"MODE PATH\", with the path from the root, without a leading slash.",
        ),
        "dirs": attr.string_dict(
            doc = "A path to \"MODE OWNER\" of a folder, with a number for the owner.",
        ),
        "title": attr.string(mandatory = True),
        "version": attr.label(allow_single_file = True, mandatory = True),
        "_tool": attr.label(
            default = "//tools/deploy:oci_image.sh",
            allow_single_file = True,
            executable = True,
            cfg = "host",
        ),
    },
)
