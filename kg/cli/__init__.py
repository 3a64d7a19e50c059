"""The command line. A command's module is imported when that command runs, so that help is instant."""

from __future__ import annotations

import importlib
import os
import sys
from keyword import iskeyword

import click

from kg import locations
from kg.errors import KgError

#: Commands in the order of use, with the line that ``kg --help`` shows for each.
COMMANDS = {
    "check": "Check the curated tables, and their quotes against the texts.",
    "build": "Build the graph from the curated tables.",
    "bulk": "Load tables of any length: CSV, JSON Lines or Parquet.",
    "diff": "List what differs between two builds, in words.",
    "dist": "Write a release of the graph: page, quads, tables, changes.",
    "ask": "Answer a question of the catalogue.",
    "show": "Show everything known about an entity, with evidence.",
    "find": "Find entities by name, and near misses.",
    "query": "Run a SPARQL query.",
    "page": "Write the graph as one interactive HTML page.",
    "export": "Write the graph in other formats.",
    "serve": "Serve the graph: SPARQL, linked data, reconciliation, query page.",
    "load": "Load the graph into another SPARQL engine.",
    "import": "Import a table of your own, CSV or TSV, as curated tables.",
    "new": "Scaffold the tables of a new source.",
    "fmt": "Order the rows of tables, mend encoding and line ends.",
}


class _Group(click.Group):
    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"kg.cli.{cmd_name}{'_' * iskeyword(cmd_name)}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 2, 0.5)
            if not near or "Did you mean" in error.message:  # newer releases of click suggest by themselves
                raise
            raise click.UsageError(f"{error.message} Did you mean {' or '.join(near)}?", ctx) from None

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(locations.VERSION, prog_name="kg")
def cli() -> None:
    """Regiograph: what Chinese regional industrial policy states about regions, companies and technologies.

    \b
    Example:
      kg build
      kg ask promoters "third-generation semiconductors" --evidence
    """


def main() -> None:
    """Run the command line: exit code 0 sound, 1 problems found, 2 could not run."""
    try:
        cli(standalone_mode=False)
    except KgError as error:
        fail(str(error))
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        fail("interrupted")
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (OSError, UnicodeError) as error:
        fail(str(error))


def fail(message: str) -> None:
    """Say what is wrong in one line and stop with exit code 2."""
    click.echo(f"kg: {message}", err=True)
    sys.exit(2)
