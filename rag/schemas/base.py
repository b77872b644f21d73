"""What all models of JSON share. Imported only where JSON is made or read."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


MODELS: list[type[Schema]] = []
"""All models that are imported, each after those that it contains."""


class Schema(BaseModel):
    """A JSON object, made from the value of the same fields, or read from JSON.

    Fields are only ever added, so an unknown one is ignored when JSON is read; the published schema knows none. Bounds
    and patterns are published, too, but not checked: what an archive has is what it says.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        from_attributes=True,
        defer_build=True,  # of the models that a program imports, it uses few
        json_schema_extra={"additionalProperties": False},
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        MODELS.append(cls)

    @classmethod
    def of(cls, value: object) -> Self:
        """Return the model of a value, or of a dictionary of values."""
        return cls.model_validate(value)

    @classmethod
    def json_of(cls, value: object) -> dict[str, Any]:
        """Return a value as a dictionary of JSON values."""
        return cls.of(value).to_json()

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary of JSON values."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class _Generator(GenerateJsonSchema):
    """Leaves out the titles of fields, which repeat their names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def json_schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    """Return the JSON schema of what a model is written as."""
    schema = model.model_json_schema(mode="serialization", schema_generator=_Generator)
    return {"$schema": _DIALECT, **schema, "title": title}


def _rounded(digits: int) -> AfterValidator:
    return AfterValidator(lambda value: round(value, digits))


def _published(**keywords: object) -> Any:
    """Return what publishes bounds or a pattern without checking them."""
    return Field(json_schema_extra=keywords)  # type: ignore[arg-type]


Decimal4 = Annotated[float, _rounded(4)]
"""A number with four decimals."""
Decimal6 = Annotated[float, _rounded(6)]
"""A number with six decimals."""
Share = Annotated[Decimal4, _published(minimum=0, maximum=1)]
"""A share or a probability, in [0, 1], with four decimals."""
Count = Annotated[int, _published(minimum=0)]
"""A number of things."""
Positive = Annotated[int, _published(minimum=1)]
"""A number from 1."""
Duration = Annotated[float, _published(minimum=0)]
"""A time, in the unit that the field's name says."""
Offset = Annotated[int, _published(minimum=0)]
"""A number of code points from the beginning of an article's text."""
End = Annotated[int, _published(minimum=1)]
"""The offset after the last code point."""
SpanPair = Annotated[tuple[Offset, End], Field(description="start and end in the article's text, half open")]
ArticleId = Annotated[str, _published(pattern="^[0-9a-f]{12}$")]
PassageId = Annotated[str, _published(pattern="^[0-9a-f]{12}:[0-9]+-[0-9]+$")]
Sha256 = Annotated[str, _published(pattern="^[0-9a-f]{64}$")]
"""The SHA-256 of a file's bytes, in hexadecimal digits."""
Filled = Annotated[str, _published(minLength=1)]
"""A text that is not empty."""
