"""The command line: the group of commands, and how a run ends.

A command's module is imported when that command runs, so that help is instant.
"""

import codecs
import importlib
import os
import sys
from difflib import get_close_matches
from typing import IO, Any

import click
from click.shell_completion import shell_complete

from kg import locations
from kg.errors import KgError

#: Commands by what a user does: name, module of ``kg.cli``, and the line that ``kg --help`` shows.
SECTIONS = {
    "Ask the graph": (
        ("ask", "ask", "Answer a named question."),
        ("show", "ask", "Show everything known about an entity, with evidence."),
        ("search", "ask", "Search the words of the documents, by region."),
        ("find", "ask", "Find entities by name, and near misses."),
        ("query", "ask", "Run a SPARQL query."),
    ),
    "Look and publish": (
        ("page", "publish", "Write the graph as one interactive HTML page."),
        ("serve", "serve", "Serve SPARQL, linked data, reconciliation and a query page."),
        ("mcp", "serve", "Serve the graph to assistants by the Model Context Protocol (MCP)."),
        ("export", "publish", "Write the graph as RDF, GraphML, GEXF, CSV or JSON Lines."),
        ("diff", "publish", "List what differs between two builds."),
        ("dist", "publish", "Write a release: page, quads, tables, changes."),
    ),
    "Curate the tables": (
        ("check", "curate", "Check the curated tables, and their quotes against the texts."),
        ("fmt", "curate", "Sort the rows of tables; repair encoding and line ends."),
        ("import", "import_", "Import a table of your own, CSV or TSV, as curated tables."),
        ("new", "curate", "Add a source, or an entity with its names, to the curated tables."),
        ("draft", "draft", "Draft rows for a source: statements, targets, new names."),
        ("spot", "spot", "Spot names of topics in many reports, and record where."),
        ("read", "read", "Write a local page of a text with its rows, proposals and gaps."),
        ("accept", "draft", "Move the accepted rows of a draft into the curated tables."),
    ),
    "Build the graph": (
        ("build", "build", "Build the graph from the curated tables."),
        ("bulk", "build", "Load tables of any length: CSV, JSON Lines or Parquet."),
        ("load", "build", "Load the graph into another SPARQL engine."),
    ),
}
COMMANDS = {name: summary for rows in SECTIONS.values() for name, _, summary in rows}
_MODULES = {name: module for rows in SECTIONS.values() for name, module, _ in rows}


class _Group(click.Group):
    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"kg.cli.{_MODULES[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; refuse an empty argument, which an unset shell variable leaves behind."""
        try:
            found = super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], COMMANDS, 2, 0.5)
            if not near or "Did you mean" in error.message:  # newer releases of click suggest by themselves
                raise
            raise click.UsageError(f"{error.message} Did you mean {' or '.join(near)}?", ctx) from None
        for number, argument in enumerate(args[1:], 1):
            value = argument.partition("=")[2] if argument.startswith("--") and "=" in argument else argument
            if not value.strip():
                raise click.UsageError(
                    f"argument {number} of kg {args[0]} is empty (an unset shell variable?); "
                    "leave it out to place no condition",
                    ctx,
                )
        return found

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, COMMANDS))
        for title, rows in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), summary) for name, _, summary in rows])


_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100, "show_default": True}


@click.command(cls=_Group, context_settings=_SETTINGS)
@click.version_option(locations.VERSION, prog_name="kg")
def cli() -> None:
    """Regiograph: what Chinese regional industrial policy states about regions, companies and technologies.

    \b
    Example:
      kg build
      kg ask backing "silicon carbide" --evidence
      kg search energy storage --region Changsha
      kg ask --list
    """


def main() -> None:
    """Run the command line and exit: 0 success, 1 problems found or nothing near, 2 could not run."""
    escaped = _escape_what_cannot_be_encoded()
    code = _run()
    if escaped:
        click.echo(
            f"kg: {', '.join(sorted(escaped))} lacks some characters, printed as escapes; set PYTHONUTF8=1",
            file=sys.stderr,
        )
    sys.exit(code)


def _run() -> int:
    message = ""
    try:
        if instruction := os.environ.get("_KG_COMPLETE"):
            return shell_complete(cli, {}, "kg", "_KG_COMPLETE", instruction)
        try:  # not cli.main(): click ends with 1 when the reader of a pipe leaves, which is no failure
            with cli.make_context("kg", sys.argv[1:]) as context:
                cli.invoke(context)
            code = 0
        except click.exceptions.Exit as stop:
            code = stop.exit_code
        sys.stdout.flush()
        return code
    except click.ClickException as error:
        error.show(sys.stderr)
    except BrokenPipeError:
        _discard_output()
        return 0
    except (click.Abort, KeyboardInterrupt):
        message = "interrupted"
    except OSError as error:
        _discard_output()
        message = f"{error.filename or 'standard output'}: {error.strerror}" if error.strerror else str(error)
    except UnicodeEncodeError as error:
        message = _explain_argument(error.object.encode("utf-8", "surrogateescape"))
    except (KgError, UnicodeError) as error:
        message = str(error)
    if message:
        click.echo(f"kg: {message}", file=sys.stderr)
    return 2


def _explain_argument(argument: bytes) -> str:
    """Say why Python did not decode an argument."""
    try:
        return f"the locale is not UTF-8, so {argument.decode()!r} cannot be read: set PYTHONUTF8=1"
    except UnicodeDecodeError:
        return f"an argument is not valid UTF-8: {argument!r}"


def _escape_what_cannot_be_encoded() -> set[str]:
    """Let both output streams print characters outside their encoding as escapes; return its name if so."""
    used: set[str] = set()

    def escape(error: UnicodeError) -> tuple[str | bytes, int]:
        used.add(getattr(error, "encoding", "the console"))
        return codecs.backslashreplace_errors(error)

    codecs.register_error("kg-escape", escape)
    for name in ("stdout", "stderr"):
        stream: IO[str] | Any = getattr(sys, name)
        if stream is None:  # the shell closed it: kg build >&-
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - lives until exit
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="kg-escape")
    return used


def _discard_output() -> None:
    """Send what is still buffered to nowhere, so that the exit of the interpreter does not fail on it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
