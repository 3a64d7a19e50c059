"""Formatting of curated tables, and the scaffold of a source."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.read import scaffold

SAMPLE = Path(__file__).parents[1] / "sample" / "seeds"
PLAIN = "id,kind,note\norg/a,Company,集成\norg/b,Company,\n"
#: A table of organisations as somebody saved it, all of them the same table.
SAVED = {
    "as it should be": PLAIN.encode(),
    "sorted otherwise": b"id,kind,note\norg/b,Company,\n" + "org/a,Company,集成\n".encode(),
    "columns in another order": "kind,note,id\nCompany,集成,org/a\nCompany,,org/b\n".encode(),
    "byte order mark and CRLF": b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode(),
    "carriage returns": PLAIN.replace("\n", "\r").encode(),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "tabs": PLAIN.replace(",", "\t").encode(),
    "white space at the ends of cells": " id,kind ,note\norg/a\u00a0,Company, 集成\u3000\n\torg/b,Company,\n".encode(),
    "empty rows": "id,kind,note\n,,\n\norg/a,Company,集成\n , ,\norg/b,Company,\n,,\n\n".encode(),
    "empty lines before the header": f"\n,,\n{PLAIN}".encode(),
    "empty columns": "id,,kind,note,,\norg/a,,Company,集成,,\norg/b, ,Company,,,\n".encode(),
    "cells beyond the header": "id,kind,note\norg/a,Company,集成,,\norg/b,Company,,\n".encode(),
    "rows twice, as after a merge by lines": PLAIN.replace("org/b", "org/b,Company,\norg/b").encode(),
    "quotation marks": b'"id","kind","note"\n' + '"org/a","Company","集成"\n"org/b","Company",""\n'.encode(),
}  # fmt: skip


@pytest.mark.parametrize("what", SAVED)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "latin-1"])
def test_a_table_is_put_right_once_and_stays_utf8(what: str, encoding: str, tmp_path: Path) -> None:
    """``--encoding`` is for tables that are not UTF-8: those that are stay what they say."""
    path = tmp_path / "orgs.csv"
    path.write_bytes(SAVED[what])
    assert scaffold.format_table(path, encoding=encoding) == (SAVED[what] != PLAIN.encode())
    assert path.read_text(encoding="utf-8") == PLAIN
    assert not scaffold.format_table(path, encoding=encoding)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5"])
def test_a_table_in_another_encoding_is_decoded_by_it(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "orgs.csv"
    text = PLAIN if encoding != "big5" else PLAIN.replace("集成", "積體")
    path.write_bytes(text.encode(encoding))
    assert scaffold.format_table(path, encoding=encoding)
    assert path.read_text(encoding="utf-8") == text


REFUSED = {
    "GB18030": (PLAIN.encode("gb18030"), "utf-8", ":2: not UTF-8 at byte 27; save it as UTF-8, or: kg fmt {path} --encoding gb18030"),
    "UTF-16": (PLAIN.encode("utf-16"), "utf-8", ":1: not UTF-8 at byte 0; save it as UTF-8, or: kg fmt {path} --encoding utf-16"),
    "Windows-1252": ("id,kind,note\norg/a,Company,caf\xe9\n".encode("cp1252"), "utf-8", "--encoding windows-1252"),
    "another than named": (PLAIN.encode("gb18030"), "ascii", "ordinal not in range"),
    "no encoding": (PLAIN.encode("gb18030"), "gb1803", "unknown encoding: gb1803; save it as UTF-8, or: kg fmt {path} --encoding gb18030"),
    "UTF-16 read as an 8-bit encoding": (PLAIN.encode("utf-16"), "latin-1", "is not latin-1: it holds a NUL character; save it as UTF-8, or: kg fmt {path} --encoding utf-16"),
    "nothing": (b"", "utf-8", "is empty; its first line must be id,kind,note"),
    "blanks": (b"\n  \n", "utf-8", "is empty; its first line must be id,kind,note"),
    "a cell too many": (b"id,kind,note\norg/a,Company,a,b\n", "utf-8", ":2: 4 cells where the header has 3"),
    "a cell too few": (b"id,kind,note\norg/a,Company\n", "utf-8", ":2: 2 cells where the header has 3"),
    "a cell below no name": (b"id,,kind,note\norg/a,x,Company,\n", "utf-8", ":2: a cell below a column without a name"),
    "another column": (b"id,kind,notes\norg/a,Company,\n", "utf-8", ":1:note: the column is missing; the header is id,kind,note"),
    "a column twice": (b"id,kind,note,note\norg/a,Company,,\n", "utf-8", ":1:note: 2 columns have this name; leave one of them"),
    "an open quotation mark": (b'id,kind,note\norg/a,Company,"a\n', "utf-8", ":2: the row cannot be read: "),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_stays_and_the_message_names_the_file(what: str, tmp_path: Path) -> None:
    content, encoding, message = REFUSED[what]
    path = tmp_path / "orgs.csv"
    path.write_bytes(content)
    with pytest.raises(KgError) as error:
        scaffold.format_table(path, encoding=encoding)
    assert str(error.value).startswith(str(path))
    assert message.format(path=path) in str(error.value)
    assert path.read_bytes() == content


def test_one_table_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SAMPLE, tmp_path / "seeds"))
    scaffold.format_tables(sorted(folder.rglob("*.csv")))
    topics = (folder / "topics.csv").read_bytes()
    (folder / "events.csv").write_bytes(PLAIN.encode("gb18030"))
    (folder / "topics.csv").write_bytes(topics.replace(b"\n", b"\r\n"))
    done = scaffold.format_tables(sorted(folder.rglob("*.csv")))
    assert [path.name for path, result in done.items() if isinstance(result, KgError)] == ["events.csv"]
    assert [path.name for path, result in done.items() if result is True] == ["topics.csv"]
    assert (folder / "topics.csv").read_bytes() == topics


def test_machine_written_positions_keep_their_white_space(tmp_path: Path) -> None:
    """The exact words of a text may begin with a blank that the quote has not."""
    path = tmp_path / "positions.csv"
    header = "paragraph,quote,start,end,exact,prefix,suffix,repeated,heading,hash"
    content = f"{header}\n1,a,0,2, a,b , c,,,{'0' * 64}\n"
    path.write_text(content)
    assert not scaffold.format_table(path)


def test_the_order_of_a_table_depends_on_its_rows_alone(tmp_path: Path) -> None:
    """Rows keep their order within a paragraph, whether or not their quotes have recorded positions."""
    table = Path(shutil.copytree(SAMPLE, tmp_path / "seeds")) / "hubei-2030" / "statements.csv"
    head, *rows = table.read_text(encoding="utf-8").splitlines()
    ordered = "\n".join([head, rows[2], rows[1], rows[0], *rows[3:]]) + "\n"
    table.write_text("\n".join([head, *rows[3:], rows[2], rows[1], rows[0]]) + "\n", encoding="utf-8")
    for _ in range(2):
        scaffold.format_table(table)
        assert table.read_text(encoding="utf-8") == ordered
        (table.parent / "positions.csv").unlink(missing_ok=True)


#: File names, and the id that a source gets from them.
IDS = {
    "hubei-2025.txt": "hubei-2025", "Hubei 2025 (final).txt": "hubei-2025-final", "湖北.txt": "x-a0e2b712",
    "湖北2025.txt": "2025-feaa0e00", "Zhōng.txt": "zhong-c0dce20b",
}  # fmt: skip


@pytest.mark.parametrize("name", IDS)
def test_the_id_of_a_source_is_made_from_its_file(name: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SAMPLE, tmp_path / "seeds"))
    file = tmp_path / name
    file.write_text("One.\n\nTwo.\n")
    found, paragraphs, _ = scaffold.scaffold_source(folder, file)
    assert (found, paragraphs) == (IDS[name], ["One.", "Two."])
    assert (folder / found / "sections.csv").is_file()


def test_a_scaffold_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(shutil.copytree(SAMPLE, tmp_path / "seeds"))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    file = tmp_path / "new.txt"
    file.write_text("One.\n")
    (folder / "sources.csv").rename(tmp_path / "away.csv")
    (folder / "sources.csv").mkdir()
    with pytest.raises(KgError, match="the file is missing"):
        scaffold.scaffold_source(folder, file)
    (folder / "sources.csv").rmdir()
    (tmp_path / "away.csv").rename(folder / "sources.csv")

    def full(path: Path, content: str) -> None:
        if path.name == "sources.csv":
            raise OSError(28, "No space left on device", str(path))
        path.write_text(content)

    monkeypatch.setattr("kg.read.files.replace_file", full)
    with pytest.raises(OSError, match="No space"):
        scaffold.scaffold_source(folder, file)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
