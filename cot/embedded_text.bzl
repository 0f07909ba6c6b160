# SPDX-License-Identifier: MPL-2.0

"""Makes a text file part of the program."""

def embedded_text(name, src, header, function):
    """A source file NAME.cc that defines `std::string_view cot::FUNCTION()`.

    Args:
      name: of the rule.
      src: the text file. It must not hold the characters `)embedded"`.
      header: the header that declares the function, from the root.
      function: its name.
    """
    native.genrule(
        name = name,
        srcs = [src],
        outs = [name + ".cc"],
        cmd = "\n".join([
            "{",
            "echo '#include \"%s\"'" % header,
            "echo 'namespace cot {'",
            "echo 'std::string_view %s() {'" % function,
            "printf '%s' '  static constexpr char kText[] = R\"embedded('",
            "cat $<",
            "echo ')embedded\";'",
            "echo '  return {kText, sizeof(kText) - 1};'",
            "echo '}'",
            "echo '}  // namespace cot'",
            "} > $@",
        ]),
    )
