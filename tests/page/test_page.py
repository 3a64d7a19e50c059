from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg import locations, page
from kg.errors import KgError
from kg.page import Inline, Part, render_page
from kg.page.data import read_content
from kg.page.html import embed, join_modules
from kg.query.graph import Graph
from kg.text import paragraphs
from tests.conftest import absent


def embedded(html: str, identifier: str) -> object:
    found = re.search(rf'<script type="application/json" id="{identifier}">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_page_is_one_file_without_outside_addresses(sample_graph: Graph) -> None:
    html = render_page(sample_graph)
    assert "default-src 'none'" in html
    assert re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=(?!\"data:)", html) == []
    assert "@import" not in html
    assert "url(" not in html.split("<script", 1)[0]


def test_the_page_holds_every_statement_and_no_paragraph(sample_graph: Graph) -> None:
    html = render_page(sample_graph)
    data = embedded(html, "content")
    assert isinstance(data, dict)
    assert {row[0] for row in data["statements"]} | {row[0] for row in data["targets"]} == {
        record["id"].partition("/")[2] for record in _records(sample_graph)
    }
    texts = sorted((Path(__file__).parent.parent / "sample" / "texts").glob("*.txt"))
    assert texts
    for file in texts:
        for paragraph in paragraphs(file.read_text(encoding="utf-8")):
            assert len(paragraph) < 40 or paragraph not in html


def _records(graph: Graph) -> list[dict[str, str]]:
    from kg.export.statements import statement_rows

    return [{"id": str(record["id"])} for record in statement_rows(graph)]


def test_lines_join_placed_nodes(sample_graph: Graph) -> None:
    html = render_page(sample_graph)
    nodes, edges = embedded(html, "nodes"), embedded(html, "edges")
    assert isinstance(nodes, list)
    assert isinstance(edges, list)
    assert edges
    assert {end for edge in edges for end in (edge["from"], edge["to"])} == {node["id"] for node in nodes}


def test_withheld_statements_are_told_and_not_drawn(sample_graph: Graph) -> None:
    found = read_content(sample_graph)
    statements = found.data["statements"]
    assert isinstance(statements, list)
    withheld = [row for row in statements if "unresolved" in row[13]]
    assert withheld
    assert [row[4] for row in withheld] == [0] * len(withheld)


def test_the_same_graph_gives_the_same_bytes(tmp_path: Path, built: Path) -> None:
    written = []
    for seed in ("0", "1"):
        target = tmp_path / f"{seed}.html"
        subprocess.run(
            [sys.executable, "-m", "kg", "page", "-q", "--graph", str(built), "-o", str(target)],
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        written.append(target.read_bytes())
    assert written[0] == written[1]
    assert len(written[0]) < 4_000_000


def test_a_part_of_the_graph(sample_graph: Graph) -> None:
    whole, part = (
        read_content(sample_graph),
        read_content(sample_graph, ["topic/optics", "place/optics-park"]),
    )
    assert set(part.drawn) == {"topic/optics", "place/optics-park"}
    assert set(part.pairs) == {("place/optics-park", "topic/optics")} & set(whole.pairs)
    assert len(render_page(sample_graph, Part(around="optics"))) < len(render_page(sample_graph))


def test_an_aggregate_keeps_regions_and_what_they_share(curated: Graph) -> None:
    html = render_page(curated, Part(shared=3))
    data = embedded(html, "content")
    assert isinstance(data, dict)
    named = {row[0]: row[6] for row in data["entities"] if not row[0].startswith(("source/", "indicator/"))}
    assert sum(named.values()) > 10
    assert 5 < len(named) - sum(named.values()) < 100
    assert data["links"]
    assert '"links":[]' in render_page(curated, Part(shared=3, hierarchy=False))


def test_a_page_that_would_be_too_large_names_what_fits(
    sample_graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "LIMIT", 1)
    with pytest.raises(KgError, match=r"--shared \d+, \d+ entities.*--region"):
        render_page(sample_graph)


def test_an_unwritable_file_leaves_what_was_there(tmp_path: Path, built: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kg", "page", "--graph", str(built), "-o", str(tmp_path / "no" / "page.html")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "no folder" in done.stderr, "Traceback" in done.stderr) == (2, True, False)


@pytest.mark.parametrize(
    "text",
    ["</script><script>alert(1)</script>", "<!--", "\u2028", "\u202e", "&amp;", '"\\', "{{ 7 * 7 }}", "]]>"],
)
def test_embedded_text_cannot_leave_its_element(text: str) -> None:
    found = embed([text])
    assert json.loads(found) == [text]
    assert not set("<>&\u2028\u202e") & set(found)


def test_joined_modules_keep_their_scopes(tmp_path: Path) -> None:
    if not shutil.which("node"):
        absent("node")
    (tmp_path / "a.js").write_text(
        'import { two } from "./b.js";\nimport { three } from "./c.js";\nconst one = two() + three;\nconsole.log(one);\n'
    )
    (tmp_path / "b.js").write_text("const one = 2;\nexport function two() { return one; }\n")
    (tmp_path / "c.js").write_text(
        'import { two } from "./b.js";\nconst one = 1;\nexport const three = two() + one;\n'
    )
    script = join_modules(tmp_path, "a")
    done = subprocess.run(["node", "-e", script], capture_output=True, check=True, text=True)
    assert done.stdout == "5\n"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ('import { a } from "./a.js";\n', "circle"),
        ('import a from "./b.js";\n', "form"),
        ("export default 1;\n", "form"),
    ],
)
def test_modules_that_cannot_be_joined(tmp_path: Path, code: str, message: str) -> None:
    (tmp_path / "a.js").write_text(code)
    with pytest.raises(ValueError, match=message):
        join_modules(tmp_path, "a")


def test_scripts_are_small_and_name_no_address() -> None:
    files = sorted(locations.WEB.glob("*.js"))
    assert len(files) > 10
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 300, file.name
        assert text.startswith("// "), f"{file.name} does not say what it is"
        assert "innerHTML" not in text
        assert set(re.findall(r"https?://[\w.]+", text)) <= {"http://www.w3.org"}, file.name


def test_a_notebook_shows_the_page_in_an_escaped_frame() -> None:
    shown = Inline('<p class="a">&</p>', height=100)._repr_html_()
    assert 'srcdoc="&lt;p class=&quot;a&quot;&gt;&amp;&lt;/p&gt;"' in shown
    assert "height:100px" in shown
    assert repr(Inline("abc")) == "Inline(a page of 3 characters, height=560)"


def test_the_page_counts_its_own_quotes_and_those_that_were_located(sample_graph: Graph) -> None:
    keys = ("quotes", "located", "version", "licence")
    whole, part = (
        read_content(sample_graph, keep).data["about"] for keep in (None, ["org/acme-optics", "topic/optics"])
    )
    assert isinstance(whole, dict)
    assert isinstance(part, dict)
    assert [whole[key] for key in keys] == [10, 10, "test", "https://creativecommons.org/licenses/by/4.0/"]
    assert [part[key] for key in keys[:2]] == [1, 1]
