# SPDX-License-Identifier: MPL-2.0
"""A repository made from an archive that is pinned in archives.lock."""

def _pins(ctx):
    """The lock file's lines for this repository, as structs, in file order."""
    pins = []
    for line in ctx.read(ctx.path(ctx.attr.lock)).splitlines():
        fields = [field for field in line.split(" ") if field]
        if len(fields) == 5 and fields[0] == ctx.name:
            pins.append(struct(
                origin = fields[1],
                source = fields[2],
                sha256 = fields[3],
                prefix = fields[4],
            ))
    if not pins:
        fail("third_party/archives.lock has no line for " + ctx.name)
    return pins

def _unpack_deb(ctx, url, pin, allow_fail):
    result = ctx.download(
        url = [url],
        output = pin.source,
        sha256 = pin.sha256,
        allow_fail = allow_fail,
    )
    if not result.success:
        return False
    unpacked = ctx.execute(["dpkg-deb", "-x", pin.source, "."])
    if unpacked.return_code:
        fail("dpkg-deb could not unpack " + pin.source + ": " + unpacked.stderr)
    ctx.delete(pin.source)
    return True

def _unpack(ctx, pin, allow_fail):
    if pin.origin == "upstream":
        url = pin.source
    else:
        # Bazel serves a URL from --distdir by its base name and hash alone; this
        # folder does not exist, so the archive comes from there or not at all.
        url = "file:///archive-folder/" + pin.source
    if pin.source.endswith(".deb"):
        return _unpack_deb(ctx, url, pin, allow_fail)
    return ctx.download_and_extract(
        url = [url],
        sha256 = pin.sha256,
        stripPrefix = "" if pin.prefix == "." else pin.prefix,
        allow_fail = allow_fail,
    ).success

def _pinned_archive_impl(ctx):
    pins = _pins(ctx)
    for index, pin in enumerate(pins):
        if _unpack(ctx, pin, allow_fail = index + 1 < len(pins)):
            break
    if ctx.attr.build_file:
        ctx.delete("BUILD")
        ctx.delete("BUILD.bazel")
        ctx.symlink(ctx.attr.build_file, "BUILD.bazel")
    for label, path in ctx.attr.overlay.items():
        ctx.delete(path)
        ctx.symlink(label, path)
    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)

pinned_archive = repository_rule(
    implementation = _pinned_archive_impl,
    doc = "Unpacks the first archive of the lock file's lines for this name that can be had.",
    attrs = {
        "build_file": attr.label(
            allow_single_file = True,
            doc = "Replaces the archive's own BUILD file in its root.",
        ),
        "lock": attr.label(
            allow_single_file = True,
            default = "@//third_party:archives.lock",
        ),
        "overlay": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "Files of ours to put at a path inside the archive.",
        ),
    },
)
