"""Fixtures: the sample seeds with their texts, annotated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from kg import locations
from kg.annotation.page import AnnotatedText, annotate
from kg.check import run
from kg.draft.rows import DraftRow
from tests.conftest import SAMPLE

TEXTS = SAMPLE / "texts"
Annotate = Callable[..., AnnotatedText]


@pytest.fixture
def annotated(sample: Path) -> Annotate:
    """Check the sample seeds as they are now, and annotate a source."""

    def make(source: str = "hubei-2030", draft: Sequence[DraftRow] = ()) -> AnnotatedText:
        return annotate(run.check_seeds(sample, locations.ontology(), TEXTS), source, [TEXTS], draft)

    return make
