"""Click options and command classes that several commands share."""

from __future__ import annotations

from itertools import islice

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


class NumberRange(click.IntRange):
    """A whole number in a range, with a name that users understand."""

    name = "number"


class FreeTextCommand(click.Command):
    """A command whose words may begin with a hyphen: `-without` is not an option.

    Its options are those that begin with two hyphens, its declared short ones, and `-h`.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Separate the options from the words."""
        declared = [param for param in self.params if isinstance(param, click.Option)]
        with_value = {name for option in declared if not option.is_flag for name in option.opts}
        short = {"-h", *(name for option in declared for name in option.opts)}
        options: list[str] = []
        words: list[str] = []
        rest = iter(args)
        for argument in rest:
            if argument == "--":
                words += rest
            elif argument.startswith("--") or argument in short:
                options += [argument, *islice(rest, argument in with_value)]
            else:
                words.append(argument)
        return super().parse_args(ctx, [*options, "--", *words])
