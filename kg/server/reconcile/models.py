"""Bodies and parameters of reconciliation requests, checked by pydantic; what is wrong is said in words."""

import unicodedata
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AliasPath,
    BaseModel,
    BeforeValidator,
    Field,
    Json,
    StrictStr,
    ValidationError,
    model_validator,
)
from starlette.exceptions import HTTPException

DEFAULT_LIMIT, MOST_CANDIDATES = 5, 100
MOST_QUERIES, MOST_IDS, MOST_PROPERTIES, MOST_VALUES = 100, 1_000, 100, 10_000
MOST_PAGED = 1_000  # suggestions that can be paged through
_MOST_GIVEN = 100  # values of properties in one query
_CALLBACK = r"^([A-Za-z_$][A-Za-z0-9_$]*(\.[A-Za-z_$][A-Za-z0-9_$]*)*)?$"
_LENGTH = 1_000  # characters of a text that are compared
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


def _or(default: object) -> BeforeValidator:
    """Return a validator that takes null, or nothing, for a value left out."""
    return BeforeValidator(lambda given: default if given in (None, "") else given)


class Parameters(BaseModel):
    """Parameters of an address or a form; ``callback`` names a function, so that nothing else can run."""

    queries: Json[Annotated[dict[str, Any], Field(max_length=MOST_QUERIES)]] | None = None
    extend: Json[dict[str, Any]] | None = None
    query: str | None = None
    prefix: str | None = None
    id: str = ""
    type: str = ""
    cursor: Annotated[int, Field(ge=0, le=MOST_PAGED), _or(0)] = 0
    limit: Annotated[int, Field(ge=0, le=MOST_VALUES), _or(0)] = 0
    callback: Annotated[str, Field(pattern=_CALLBACK, max_length=200)] = ""


class PropertyValues(BaseModel):
    """A property and the values that it should have."""

    pid: StrictStr
    v: Annotated[list[Annotated[str, BeforeValidator(_value)]], BeforeValidator(_list)]


class ReconciliationQuery(BaseModel):
    """One query of a batch: words, ids of types, properties with the values that they should have."""

    query: StrictStr | None = None
    type: Annotated[list[Annotated[StrictStr, BeforeValidator(_type)]], BeforeValidator(_list)] = []
    type_strict: Annotated[Literal["any", "all", "should"], _or("any")] = "any"
    limit: Annotated[int, Field(ge=1), _or(DEFAULT_LIMIT)] = DEFAULT_LIMIT
    properties: Annotated[list[PropertyValues], _or([])] = []

    @model_validator(mode="after")
    def _check(self) -> "ReconciliationQuery":
        if self.query is None and not self.properties:
            raise ValueError("neither a query nor properties")
        if sum(len(one.v) for one in self.properties) > _MOST_GIVEN:
            raise ValueError(f"more than {_MOST_GIVEN} values of properties")
        self.limit = min(self.limit, MOST_CANDIDATES)
        return self

    @property
    def words(self) -> str:
        """The name to look for; empty where properties alone are given."""
        return fold_width(self.query or "")


class PropertyToFetch(BaseModel):
    """A property whose values are fetched, all or some."""

    id: StrictStr
    limit: Annotated[
        int, Field(ge=0, le=MOST_VALUES, validation_alias=AliasPath("settings", "limit")), _or(0)
    ] = 0


class ExtensionQuery(BaseModel):
    """Entities and the properties to fetch of them."""

    ids: Annotated[list[StrictStr], Field(max_length=MOST_IDS)]
    properties: Annotated[list[PropertyToFetch], Field(max_length=MOST_PROPERTIES)]


def parse_model(model: type[Model], where: str, value: object) -> Model:
    """Check a value; raise HTTPException that says where it is wrong."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ": ".join(filter(None, (where, ".".join(str(part) for part in first["loc"]))))
        text = f"{place}: {first['msg'].removeprefix('Value error, ')}"
        raise HTTPException(413 if first["type"] == "too_long" else 400, text) from None
