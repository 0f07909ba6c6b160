# SPDX-License-Identifier: MPL-2.0
"""The names of rules_proto, as Bazel's built-in rules."""

proto_lang_toolchain = native.proto_lang_toolchain
proto_library = native.proto_library
