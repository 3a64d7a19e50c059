"""``kg check --watch``: it runs again after each change, and only then."""

from collections.abc import Callable
from pathlib import Path

from kg.cli.watch import run_on_change


def test_it_runs_once_and_again_after_each_change(tmp_path: Path) -> None:
    table = tmp_path / "names.csv"
    done: list[list[str]] = []
    table.write_text("entity")
    changes: list[Callable[[], object]] = [
        lambda: None,
        lambda: table.write_text("entity,name"),
        lambda: (tmp_path / "new").mkdir(),
        lambda: None,
        lambda: (tmp_path / "new" / "statements.csv").write_text("a"),
        lambda: (tmp_path / ".hidden").write_text("a"),
        table.unlink,
    ]
    steps = iter(changes)

    def pause() -> None:
        try:
            next(steps)()
        except StopIteration:
            raise KeyboardInterrupt from None

    run_on_change(
        lambda: done.append(sorted(path.name for path in tmp_path.rglob("[!.]*"))), [tmp_path], pause
    )
    assert done == [
        ["names.csv"],
        ["names.csv"],
        ["names.csv", "new"],
        ["names.csv", "new", "statements.csv"],
        ["new", "statements.csv"],
    ]
