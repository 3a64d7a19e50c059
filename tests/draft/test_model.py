"""Proposals of a language model: a server of the tests' own on loopback answers as a model might."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from kg.draft.chat import MOST_BYTES, Chat, NoAnswer
from kg.draft.document import known_names
from kg.draft.model import Answer, Passage, propose_with_model
from kg.draft.vocabulary import Vocabulary
from kg.errors import KgError
from tests.draft.conftest import REPORT, SOURCE, Ground

FIFTH = REPORT.split("\n")[4]
GOOD = {
    "quote": "发展激光雷达", "said": "", "subject": "place/sample-city", "predicate": "promotes",
    "object": "topic/lidar", "stage": "", "tier": "future", "cue": "未来产业",
}  # fmt: skip
NEW = {
    "quote": "云纹陶瓷", "said": "加快发展", "subject": "", "predicate": "promotes", "object": "new:云纹陶瓷",
    "class": "Technology", "label": "cloud-pattern ceramics",
}  # fmt: skip
Reply = Callable[[dict[str, Any]], tuple[int, bytes]]


def completion(content: object) -> tuple[int, bytes]:
    written = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return 200, json.dumps({"choices": [{"message": {"role": "assistant", "content": written}}]}).encode()


@contextmanager
def model(*replies: tuple[int, bytes] | Reply) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A model that gives these replies, the last again and again; yields its address and what it was asked."""
    asked: list[dict[str, Any]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append({"path": self.path, "key": self.headers.get("Authorization"), **body})
            reply = replies[min(len(asked), len(replies)) - 1]
            status, content = reply(body) if callable(reply) else reply
            self.send_response(status)
            self.send_header("Retry-After", "0")
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(ConnectionError):  # of a client that has read enough
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def propose(ground: Ground, answer: object, passages: Sequence[Passage] = ()) -> list[Answer]:
    seeds = ground.read()
    vocabulary = Vocabulary(ground.ontology, seeds.kinds, known_names(seeds))
    given = passages or [Passage(5, FIFTH, "place/sample-city")]
    with model(answer if isinstance(answer, tuple) else completion(answer)) as (address, _):
        return list(propose_with_model(Chat(address, "small-1"), given, vocabulary, seeds.register.labels))


@pytest.mark.parametrize(
    "answer",
    [
        [GOOD, NEW],
        {"rows": [GOOD, NEW]},
        f"Here they are:\n```json\n{json.dumps([GOOD, NEW], ensure_ascii=False)}\n```\n",
    ],
)
def test_what_may_stand_in_a_draft_is_taken(ground: Ground, answer: object) -> None:
    [found] = propose(ground, answer)
    assert (found.rejected, found.failure) == ([], "")
    about = (
        "kind",
        "paragraph",
        "quote",
        "said",
        "subject",
        "object",
        "tier",
        "name",
        "class",
        "label",
        "model",
    )
    assert [tuple(row[column] for column in about) for row in found.rows] == [
        (
            "statement",
            "5",
            "发展激光雷达",
            "",
            "place/sample-city",
            "topic/lidar",
            "future",
            "",
            "",
            "",
            "small-1",
        ),
        ("entity", "5", "", "", "", "", "", "云纹陶瓷", "Technology", "cloud-pattern ceramics", "small-1"),
        (
            "statement",
            "5",
            "云纹陶瓷",
            "加快发展",
            "place/sample-city",
            "new:云纹陶瓷",
            "",
            "",
            "",
            "",
            "small-1",
        ),
    ]
    assert [FIFTH[int(row["start"]) : int(row["end"])] for row in found.rows] == [
        "发展激光雷达",
        "云纹陶瓷",
        "云纹陶瓷",
    ]


REJECTED = {
    "the quote is not in the paragraph": {**GOOD, "quote": "发展光学"},
    "the quote stands in the paragraph more than once": {**GOOD, "quote": "产业"},
    "the quote is too long": {**GOOD, "quote": FIFTH[:20]},
    "no such entity 'topic/other'": {**GOOD, "object": "topic/other"},
    "no such entity ''": {**GOOD, "object": ""},
    "the new name is not in the paragraph": {**NEW, "object": "new:云纹 陶瓷"},
    "no class of entities 'Thing'": {**NEW, "class": "Thing"},
    "no class of entities ''": {**NEW, "class": ""},
    "no such predicate 'mentions'": {**GOOD, "predicate": "mentions"},
    "no such predicate 'issued'": {**GOOD, "predicate": "issued"},
    "locatedIn does not join City to Technology": {**GOOD, "predicate": "locatedIn"},
    "subject and object are the same": {**GOOD, "object": "place/sample-city", "predicate": "supports"},
    "the governing words are not in the paragraph, or too long": {**GOOD, "said": "大力"},
    "no such tier 'vital'": {**GOOD, "tier": "vital"},
    "no such stage 'done'": {**GOOD, "stage": "done"},
    "the words of stage or tier are not in the paragraph, or too long": {**GOOD, "cue": "支柱产业"},
    "a stage or tier needs its words, and words need a stage or tier": {**GOOD, "cue": ""},
    "no object of texts": {**GOOD, "object": ["topic/lidar"]},
}


@pytest.mark.parametrize("reason", REJECTED)
def test_what_may_not_is_rejected_with_the_reason(ground: Ground, reason: str) -> None:
    [found] = propose(
        ground,
        [REJECTED[reason], GOOD, "and more"] if reason.startswith("no object") else [REJECTED[reason], GOOD],
    )
    assert found.rejected[0].startswith(f"{reason}: ")
    assert [row["object"] for row in found.rows] == ["topic/lidar"]


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (completion("I see nothing."), "the answer is no JSON"),
        (completion('"text"'), "the answer is no JSON array"),
        (completion('{"a": 1, "b": 2}'), "the answer is no JSON array"),
        (completion("[" * 100_000), "the answer is no JSON"),
        ((200, b"<html>"), "the answer is no chat completion with a text"),
        ((200, b'{"choices": []}'), "the answer is no chat completion with a text"),
        ((200, b'{"choices": [{"message": {"content": null}}]}'), "the answer is no chat completion with a text"),
        (completion("x" * MOST_BYTES), "the answer is longer than 1,000,000 bytes"),
        ((500, b"out of memory"), "answers with status 500: out of memory"),
        ((429, b""), "is busy: status 429, 5 tries"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_an_answer_that_cannot_be_used_costs_its_paragraph_alone(
    ground: Ground, reply: tuple[int, bytes], failure: str
) -> None:
    passages = [Passage(number, FIFTH, "place/sample-city") for number in range(1, 9)]
    found = propose(ground, reply, passages)
    assert len(found) == 3  # three in a row, then no more
    assert all(one.failure.endswith(failure) and not one.rows for one in found)


@pytest.mark.parametrize("status", [302, 401, 404])
def test_what_will_not_change_ends_the_questions(ground: Ground, status: int) -> None:
    passages = [Passage(number, FIFTH, "place/sample-city") for number in range(1, 9)]
    [found] = propose(ground, (status, b"no"), passages)
    assert found.failure.endswith(f"answers with status {status}: no")


def test_a_busy_model_is_asked_again() -> None:
    with model((429, b""), (503, b""), completion("[]")) as (address, asked):
        assert Chat(address, "small-1").ask("system", "question") == "[]"
    assert len(asked) == 3


def test_a_model_that_never_answers() -> None:
    over = threading.Event()

    def wait(_body: object) -> tuple[int, bytes]:
        over.wait(30)
        return completion("[]")

    with model(wait) as (address, _):
        with pytest.raises(NoAnswer, match=r"did not answer within 0\.2 s"):
            Chat(address, "small-1", timeout=0.2).ask("system", "question")
        over.set()


@pytest.mark.parametrize(
    "address", ["", "localhost:11434", "file:///etc/passwd", "http://", "https://me:pass@host/v1"]
)
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(KgError, match="address of a model"):
        Chat(address, "small-1")


def kg(ground: Ground, *arguments: str) -> tuple[int, str]:
    options = ["--seeds", str(ground.seeds), "--texts", str(ground.texts)]
    done = subprocess.run(
        [sys.executable, "-m", "kg", *arguments, *options], capture_output=True, text=True, check=False,
        cwd=ground.seeds.parent, env={**os.environ, "KG_MODEL_KEY": "secret-1"},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_drafting_with_a_model(ground: Ground) -> None:
    novel = {**GOOD, "quote": "量子纺织", "said": "加快发展", "object": "new:量子纺织", "predicate": "researches",
             "class": "Technology", "label": "quantum textiles"}  # fmt: skip
    with model(completion([novel, {**GOOD, "quote": "?"}]), (401, b"no key")) as (address, asked):
        assert kg(ground, "draft", SOURCE)[0] == 0
        assert asked == []  # nothing is sent unless asked for
        code, said = kg(
            ground, "draft", SOURCE, "--paragraphs", "5-6", "--model", address, "--model-name", "small-1"
        )
    host = address.removeprefix("http://").removesuffix("/v1")
    assert said.startswith(f"sending 2 paragraphs to {host}, model small-1\n")
    assert "¶5: rejected, the quote is not in the paragraph: {" in said
    assert f"¶6: {host} answers with status 401: no key\n" in said
    assert "the model: 1 new row, 1 rejected\n" in said
    assert "1 paragraph without an answer; what was drafted is kept\nto ask again: --paragraphs 6\n" in said
    assert (code, "secret-1" in said) == (2, False)
    assert {one["key"] for one in asked} == {"Bearer secret-1"}
    assert {one["path"] for one in asked} == {"/v1/chat/completions"}
    question = asked[0]["messages"][1]["content"]
    assert question.endswith(FIFTH)
    assert "- topic/lidar (Technology): lidar" in question
    before = ground.draft.read_text()
    assert before.count(",small-1\n") == 1
    assert kg(ground, "draft", SOURCE)[0] == 0
    assert ground.draft.read_text().count(",small-1\n") == 1  # drafting again keeps what a model proposed


def test_what_a_person_accepts_bears_no_mark(ground: Ground) -> None:
    park = {
        "quote": "打造“银杏谷”", "predicate": "builds", "object": "new:银杏谷", "class": "Park",
        "label": "Ginkgo Valley",
    }  # fmt: skip
    with model(completion([park])) as (address, _):
        code, said = kg(
            ground, "draft", SOURCE, "--paragraphs", "5", "--model", address, "--model-name", "small-1"
        )
    assert (code, "the model: 2 new rows, 0 rejected" in said) == (0, True)
    lines = ground.draft.read_text().splitlines()
    marked = [f"yes{line}" if line.endswith(",small-1") else line for line in lines]
    ground.draft.write_text("\n".join(marked) + "\n")
    code, said = kg(ground, "accept", SOURCE)
    assert (code, said.splitlines()[0]) == (
        0,
        f"moved 1 to places.csv, 2 to names.csv, 1 to {SOURCE}/statements.csv",
    )
    assert "small-1" not in (ground.seeds / SOURCE / "statements.csv").read_text()
    assert "builds,place/ginkgo-valley" in (ground.seeds / SOURCE / "statements.csv").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "http://127.0.0.1:1/v1"], "--model and --model-name go together"),
        (["--model", "nowhere", "--model-name", "m"], "'nowhere' is no address of a model"),
        (["--paragraphs", "5-3"], "'5-3' is no number or range such as 12-40"),
        (["--paragraphs", "x"], "'x' is no number or range"),
        (["--paragraphs", "99"], "the text has 6 paragraphs"),
        (["--model", "http://127.0.0.1:1/v1", "--model-name", "m"], "127.0.0.1:1 cannot be reached"),
    ],
)
def test_mistakes_are_explained(ground: Ground, arguments: list[str], message: str) -> None:
    code, said = kg(ground, "draft", SOURCE, *arguments)
    assert (code, message in said, "Traceback" in said) == (2, True, False)
