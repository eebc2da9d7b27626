"""Help, and what is said of wrong usage, in the reader's language; Typer's own words are English only.

What commands and options tell people (`help`, `metavar`) are ids of texts here. They get words when they are
printed: a run without help or mistakes loads none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from typer import TyperException
from typer.core import TyperCommand, TyperGroup

from sheetreport.errors import Message, UsageError

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter, Parameter

    from sheetreport.i18n import Wording

_CLOSED = re.compile(r"""\w+ (['"])(.+)\1 is not readable\.""")
"""What Typer says of a file without permission, which has no kind of its own; `repr` quoted the path."""

LANGUAGE = "lang"
"""Where the context's object keeps what `--lang` asked for: messages are said in that language too."""


class Command(TyperCommand):
    """A command whose help and refusals have words in both languages."""

    allow_extra_args = True  # refused in our words below

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        _write_help(self, ctx, formatter, ())

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        ctx.ensure_object(dict)[LANGUAGE] = _language(args)  # first, since anything else may be refused
        with _in_our_words(self, ctx):
            rest = super().parse_args(ctx, args)
        if rest:
            raise UsageError("help.unexpected", given=" ".join(rest))
        return rest


class Group(TyperGroup):
    """A group of commands whose help and refusals have words in both languages."""

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        named = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        _write_help(self, ctx, formatter, [(name, command.help or "") for name, command in named if command])

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        with _in_our_words(self, ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Context) -> Any:
        with _in_our_words(self, ctx):  # a command is missed no sooner
            return super().invoke(ctx)

    def resolve_command(self, ctx: Context, args: list[str]) -> Any:
        known = self.list_commands(ctx)
        if args[0] not in known:
            hint = _did_you_mean(args[0], known) or Message("help.there_are", {"known": ", ".join(known)})
            raise UsageError("help.no_such_command", name=args[0], hint=hint)
        return super().resolve_command(ctx, args)


def _language(args: Sequence[str]) -> str | None:
    """What `--lang` asks for; a wrong value is told of in the system's language."""
    from sheetreport.model import LANGUAGES  # noqa: PLC0415  (what a run without commands never needs)

    asked = [word.removeprefix("--lang=") for word in args if word.startswith("--lang=")]
    asked += [value for option, value in pairwise(args) if option == "--lang"]
    return asked[-1] if asked and asked[-1] in LANGUAGES else None


def _write_help(
    command: TyperCommand | TyperGroup,
    ctx: Context,
    formatter: HelpFormatter,
    commands: Sequence[tuple[str, str]],
) -> None:
    """How it is used, what it does, and a list each of its arguments, options and commands."""
    from sheetreport.cli.language import ui  # noqa: PLC0415  (what most runs never need)

    words = ui(ctx.ensure_object(dict).get(LANGUAGE))
    params = command.get_params(ctx)
    arguments = [param for param in params if _is_argument(param)]
    options = [param for param in params if not _is_argument(param)]
    usage = [words.text("help.options_metavar")]
    usage += [
        _called(param, words) if param.required else f"[{_called(param, words)}]" for param in arguments
    ]
    usage += [words.text("help.command_metavar")] if commands else []
    formatter.write_usage(ctx.command_path, " ".join(usage), prefix=words.text("help.usage") + " ")
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(words.text(command.help or ""))
    lists = {
        "help.arguments": [(_called(param, words), _about(param, words)) for param in arguments],
        "help.options": [(_called(param, words), _about(param, words)) for param in options],
        "help.commands": [(name, _first_sentence(words.text(about))) for name, about in commands],
    }
    for title, rows in lists.items():
        if rows:
            with formatter.section(words.text(title)):
                formatter.write_dl(rows)


def _is_argument(param: Parameter) -> bool:
    return param.param_type_name == "argument"


def _called(param: Parameter, words: Wording) -> str:
    """How an argument or an option is typed: `-o, --output PATH`."""
    value = _value(param)
    shown = words.say(value) if isinstance(value, Message) else value
    if _is_argument(param):
        return shown
    return f"{', '.join(sorted(param.opts, key=len))} {shown}".rstrip()


def _about(param: Parameter, words: Wording) -> str:
    """What it is for, and whether it may be left out."""
    about = words.text(_help_of(param))
    if param.required:
        return f"{about}  {words.text('help.required')}"
    if param.default not in (None, False):
        return f"{about}  {words.text('help.default', value=str(param.default))}"
    return about


def _help_of(param: Parameter) -> str:
    """The id of what a parameter is for; that of `--help` is made by Typer."""
    about: str = getattr(param, "help", None) or ""
    return about if about.startswith("help.") else "help.help"


def _value(param: Parameter) -> Message | str:
    """What stands after an option, or in an argument's place; some of it is the same in every language."""
    metavar = param.metavar or ""
    return Message(metavar, {}) if metavar.startswith("help.") else metavar


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.) ", text, maxsplit=1)[0]


@contextmanager
def _in_our_words(command: TyperCommand | TyperGroup, ctx: Context) -> Iterator[None]:
    """Typer's refusals become ours; a kind that we don't know stays as it is."""
    try:
        yield
    except TyperException as error:
        if refusal := _refusal(error, command, ctx):
            raise refusal from error
        raise


def _refusal(error: TyperException, command: TyperCommand | TyperGroup, ctx: Context) -> UsageError | None:
    """What Typer found wrong. Its kinds stand in private modules, so they are known by their names here."""
    known = {name: param for param in command.get_params(ctx) for name in param.opts}
    option = str(getattr(error, "option_name", ""))
    param: Parameter | None = getattr(error, "param", None) or known.get(option)
    kind = type(error).__name__
    if kind == "NoSuchOption":
        return UsageError("help.no_option", name=option, hint=_did_you_mean(option, known))
    if kind == "UsageError" and isinstance(command, TyperGroup) and getattr(error, "ctx", None) is ctx:
        return UsageError("help.no_command", known=", ".join(command.list_commands(ctx)))
    if param is None:
        return None
    value = _value(param)
    name = value if _is_argument(param) else option or max(param.opts, key=len)
    match kind, param.metavar:
        case "BadOptionUsage", None:
            return UsageError("help.takes_no_value", name=name)
        case "BadOptionUsage", _:
            return UsageError("help.needs_value", name=name, value=value)
        case "MissingParameter", _ if _is_argument(param):
            return UsageError("help.missing_argument", name=name, about=Message(_help_of(param), {}))
        case "MissingParameter", _:
            about = Message(_help_of(param), {})
            return UsageError("help.missing_option", name=name, value=value, about=about)
        case "BadParameter", "help.NUMBER":
            return UsageError("help.not_a_number", name=name)
        case "BadParameter", "help.DATE":
            return UsageError("help.not_a_date", name=name)
        case "BadParameter", _ if closed := _CLOSED.fullmatch(error.message):
            return UsageError("help.no_permission", name=name, path=closed[2].replace("\\\\", "\\"))
        case _:
            return None


def _did_you_mean(word: str, known: Iterable[str]) -> Message | str:
    from sheetreport.catalog.yaml import did_you_mean  # noqa: PLC0415  (what most runs never need)

    return did_you_mean(word, known)
