"""kg draft and kg accept as a curator calls them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.draft.conftest import SOURCE, Ground


def kg(ground: Ground, *arguments: str) -> tuple[int, str]:
    options = ["--seeds", str(ground.seeds), "--texts", str(ground.texts)]
    command = [sys.executable, "-m", "kg", *arguments, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ground.seeds.parent)
    return done.returncode, done.stdout + done.stderr


def test_draft_then_accept(ground: Ground) -> None:
    assert kg(ground, "draft", SOURCE) == (
        0,
        f"drafts/{SOURCE}.csv: 8 statements, 3 targets, 6 new names\n"
        f"write yes or no into the column accept, then: kg accept {SOURCE}\n",
    )
    assert kg(ground, "accept", SOURCE) == (0, "no row has yes in the column accept; nothing was moved\n")
    content = ground.draft.read_text()
    ground.draft.write_text(
        content.replace(",statement,3", "yes,statement,3").replace(",target,3", "no,target,3")
    )
    assert kg(ground, "draft", SOURCE)[0] == 0  # keeps what was decided
    assert ground.draft.read_text().count("\nyes,") == 1
    code, said = kg(ground, "accept", SOURCE)
    assert (code, said.splitlines()[0]) == (0, f"moved 1 to {SOURCE}/statements.csv")
    assert kg(ground, "draft", SOURCE)[1].startswith(
        f"drafts/{SOURCE}.csv: 7 statements, 3 targets, 6 new names"
    )
    assert ground.draft.read_text().count("\nno,target,3") == 1


def test_a_work_report_is_added_and_drafted_from_one_of_several_folders(ground: Ground) -> None:
    report = ground.seeds.parent / "other" / "2032" / "city.txt"
    report.parent.mkdir(parents=True)
    report.write_text("样本市2032年政府工作报告\n一、2032年工作安排\n大力发展激光雷达。\n", encoding="utf-8")
    folders = os.pathsep.join(map(str, (ground.texts, ground.seeds.parent / "absent", report.parent.parent)))
    about = ["--place", "place/sample-city", "--year", "2032", "--publisher", "Sample City", "--date", "2032-01-20",
             "--address", "https://example.org/32"]  # fmt: skip
    rest = ["--seeds", str(ground.seeds)]
    for arguments in (["new", "source", str(report), *about], ["draft", "sample-city-gwr-2032"]):
        command = [sys.executable, "-m", "kg", *arguments, *rest]
        environment = {**os.environ, "KG_TEXTS": folders}
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment, cwd=ground.seeds.parent
        )
        assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("drafts/sample-city-gwr-2032.csv: 1 statement, 0 targets, 0 new names\n")
    row = (ground.seeds / "sources.csv").read_text(encoding="utf-8").splitlines()[-1]
    assert row.startswith('sample-city-gwr-2032,government work report,"Work report of Sample City, 2032",,')


def test_a_refusal_names_the_row_of_the_draft(ground: Ground) -> None:
    kg(ground, "draft", SOURCE)
    before = ground.draft.read_text().replace(",entity,5", "yes,entity,5", 1)
    ground.draft.write_text(before)
    code, said = kg(ground, "accept", SOURCE)
    assert code == 1
    assert f"drafts/{SOURCE}.csv:5:label: a new entity needs an English label '量子纺织'" in said
    assert said.endswith("1 problem; nothing was moved\n")
    assert ground.draft.read_text() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["draft", "nowhere"], "no source nowhere: sources: hubei-2030, wuhan-2030, sample-2031"),
        (["draft", "hubei-2030"], "the text of hubei-2030 is not at hand: name its folder with --texts"),
        (["draft", SOURCE, "--output", "seeds/draft.csv"], "a draft stands beside it"),
        (["accept", SOURCE], "kg draft SOURCE writes one"),
    ],
)
def test_mistakes_are_explained(ground: Ground, arguments: list[str], message: str) -> None:
    code, said = kg(ground, *arguments)
    assert (code, said.count("\n")) == (2, 1)
    assert message in said


def test_an_earlier_draft_that_cannot_be_read_is_kept(ground: Ground) -> None:
    kg(ground, "draft", SOURCE)
    ground.draft.write_text(ground.draft.read_text().replace(",statement,3", "si,statement,3"))
    before = ground.draft.read_text()
    code, said = kg(ground, "draft", SOURCE)
    assert (code, "the earlier draft stays as it is" in said) == (2, True)
    assert ground.draft.read_text() == before
