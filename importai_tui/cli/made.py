"""click's commands, made from those that are declared as data; and the option that many commands have."""

from __future__ import annotations

import click

from importai_tui.cli.any_words import AnyWords
from importai_tui.cli.declared import LARGEST_NUMBER, Declared, Option

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def made(command: Declared) -> click.Command:
    """The command of click for a declared one."""

    def run(**parameters: object) -> None:
        context = click.get_current_context()
        if status := command.run(context.obj, parameters):
            context.exit(status)

    parameters: list[click.Parameter] = [_made_option(option) for option in command.options]
    if command.word:
        parameters.append(click.Argument([command.word], metavar=command.metavar))
    if command.words:
        parameters.append(click.Argument([command.words], metavar=command.metavar, nargs=-1))
    kind = AnyWords if command.words else click.Command
    return kind(command.name, params=parameters, callback=run, help=command.help, epilog=command.epilog)


def _made_option(option: Option) -> click.Option:
    names = [option.flag, option.name]
    if not option.takes_value:
        return click.Option(names, is_flag=True, help=option.help)
    kind = click.Choice(option.one_of) if option.one_of else click.IntRange(option.least, LARGEST_NUMBER)
    return click.Option(names, type=kind, default=option.default, show_default=True, help=option.help)
