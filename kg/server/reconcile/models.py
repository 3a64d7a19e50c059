"""Bodies and parameters of reconciliation requests, checked by pydantic; what is wrong is said in words."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    StrictStr,
    ValidationError,
    model_validator,
)
from pydantic_core import from_json
from starlette.exceptions import HTTPException

DEFAULT_LIMIT, MOST_CANDIDATES = 5, 100
MOST_IDS, MOST_PROPERTIES, MOST_VALUES = 1_000, 100, 10_000
_MOST_GIVEN = 100  # values of properties in one query
_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*", re.ASCII)
_LENGTH = 1_000  # characters of a text that are compared
_WHOLE = re.compile(r"\d{1,6}", re.ASCII)
Model = TypeVar("Model", bound=BaseModel)


def fold_width(text: str) -> str:
    """Return a text as it is compared: not too long, letters of full width as others."""
    return unicodedata.normalize("NFKC", text[:_LENGTH]).strip()


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [] if given is None else [given]


def _type(given: Any) -> Any:
    return given.get("id") if isinstance(given, dict) else given


def _value(given: Any) -> str:
    """Return a value as it is compared: of a reconciled one its id."""
    if isinstance(given, dict):
        given = given.get("id") or given.get("name")
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if not isinstance(given, str | int | float):
        raise ValueError("v is a text, a number, true, false, an object with an id, or a list of these")
    return fold_width(str(given))


def _cap(limit: int) -> int:
    return min(limit, MOST_CANDIDATES)


def _or(default: object) -> BeforeValidator:
    """Return a validator that takes null for a value left out."""
    return BeforeValidator(lambda given: default if given is None else given)


class PropertyValues(BaseModel):
    """A property and the values that it should have."""

    pid: StrictStr
    v: Annotated[list[Annotated[str, BeforeValidator(_value)]], BeforeValidator(_list)]


class ReconciliationQuery(BaseModel):
    """One query of a batch: words, ids of types, properties with the values that they should have."""

    query: StrictStr | None = None
    type: Annotated[list[Annotated[StrictStr, BeforeValidator(_type)]], BeforeValidator(_list)] = []
    type_strict: Annotated[Literal["any", "all", "should"], _or("any")] = "any"
    limit: Annotated[int, Field(ge=1), AfterValidator(_cap), _or(DEFAULT_LIMIT)] = DEFAULT_LIMIT
    properties: Annotated[list[PropertyValues], _or([])] = []

    @model_validator(mode="after")
    def _check(self) -> "ReconciliationQuery":
        if self.query is None and not self.properties:
            raise ValueError("neither a query nor properties")
        if sum(len(one.v) for one in self.properties) > _MOST_GIVEN:
            raise ValueError(f"more than {_MOST_GIVEN} values of properties")
        return self

    @property
    def words(self) -> str:
        """The name to look for; empty where properties alone are given."""
        return fold_width(self.query or "")


class Settings(BaseModel):
    """Settings of a property to fetch."""

    limit: Annotated[int, Field(ge=0, le=MOST_VALUES), _or(0)] = 0


class PropertyToFetch(BaseModel):
    """A property whose values are fetched."""

    id: StrictStr
    settings: Annotated[Settings, _or({})] = Settings()


class ExtensionQuery(BaseModel):
    """Entities and the properties to fetch of them."""

    ids: list[StrictStr]
    properties: list[PropertyToFetch]


def parse_model(model: type[Model], where: str, value: object) -> Model:
    """Check a value; raise HTTPException that says where it is wrong."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        text = first["msg"].removeprefix("Value error, ")
        raise HTTPException(400, f"{where}{': ' + place if place else ''}: {text}") from None


def parse_object(text: str, what: str) -> dict[str, Any]:
    """Parse a JSON object; raise HTTPException."""
    try:
        found = from_json(text)
    except ValueError as error:
        raise HTTPException(400, f"{what} is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise HTTPException(400, f"{what} is not a JSON object")
    return found


def parse_whole(parameters: Mapping[str, str], name: str, most: int) -> int:
    """Parse a whole number from 0; return 0 where none is given."""
    text = parameters.get(name) or "0"
    if not _WHOLE.fullmatch(text) or int(text) > most:
        raise HTTPException(400, f"{name} is a whole number from 0 to {most:,}")
    return int(text)


def check_callback(name: str) -> str:
    """Return the name of a JSONP function: identifiers with dots between, so that nothing else can run."""
    if name and (len(name) > 200 or not _CALLBACK.fullmatch(name)):
        raise HTTPException(400, "callback is the name of a function: letters, digits, _, $ and dots")
    return name
