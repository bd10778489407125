"""TOML documents read as declared models: a mistake is named by file and key, with a suggestion."""

import difflib
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from features.contract.mistake import MistakeError

_CATEGORY_ROWS = 5
_MOST_CATEGORIES = 20

Declared = TypeVar("Declared", bound=BaseModel)


class DocumentError(MistakeError):
    """A document that cannot be read as it is meant; one line per mistake."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return what to write instead of a word nobody knows, as the end of a sentence."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"known are {', '.join(names)}" if names else "nothing is known there"


def value_suggestion(word: str, values: Iterable[str], declared: Iterable[str] = ()) -> str:
    """Return what to write instead of a value, as `suggestion`, telling none that may be personal.

    What many rows share is a category; what few have may be a name.

    Args:
        word: The value that is not there.
        values: Those of the data, one for each row.
        declared: Further ones, that the user has written.
    """
    counts = Counter(values)
    categories = {value for value, rows in counts.items() if rows >= _CATEGORY_ROWS} | {*declared}
    if not categories or len(categories) > _MOST_CATEGORIES:
        return f"{len(counts):,} other values are there; write one exactly as it stands there"
    return suggestion(word, categories)


def read_document(path: Path, model: type[Declared]) -> Declared:
    """Read a TOML file as a model.

    Raises:
        DocumentError: The file is missing, is no TOML, or breaks the model; the message names the
            file and each key.
    """
    return parse_document(read_text(path), str(path), model)


def read_text(path: Path) -> str:
    """Read the text of a file.

    Raises:
        DocumentError: The file is missing, or is no text in UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DocumentError(f"{path}: there is no such file") from None
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path}: is not TOML: {error}") from None
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from None


def parse_document(text: str, called: str, model: type[Declared]) -> Declared:
    """Read the text of a TOML document as a model.

    Args:
        text: Of the document.
        called: What messages call it, such as its file.
        model: What it is read as.

    Raises:
        DocumentError: It is no TOML, or breaks the model; the message names each key.
    """
    try:
        content = tomllib.loads(text)
    except RecursionError:
        raise DocumentError(f"{called}: is not TOML: lists are nested too deeply") from None
    except ValueError as error:
        # Numbers of thousands of digits are no mistake of TOML, and Python refuses them.
        raise DocumentError(f"{called}: is not TOML: {error}") from None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        mistakes = error.errors(include_url=False)
        raise DocumentError(
            "\n".join(f"{called}: {_sentence(mistake, model)}" for mistake in mistakes)
        ) from None


def _sentence(mistake: ErrorDetails, model: type[BaseModel]) -> str:
    location = [str(part) for part in mistake["loc"]]
    key = ".".join(location)
    if mistake["type"] == "extra_forbidden":
        known = _keys_at(model, mistake["loc"][:-1])
        return f"unknown key '{key}'; {suggestion(location[-1], known)}"
    if mistake["type"] == "missing":
        return f"key '{key}' is missing"
    if mistake["type"] == "tuple_type" and isinstance(mistake["input"], dict):
        return f"{key}: there may be several; write [[{key}]]"
    message = mistake["msg"].removeprefix("Value error, ")
    return f"{key}: {message}" if key else message


def _keys_at(model: type[BaseModel], location: Iterable[str | int]) -> list[str]:
    """Return the keys that the model knows at a location inside a document."""
    here: list[type[BaseModel]] = [model]
    for part in location:
        if isinstance(part, int):
            continue
        fields = [f for m in here for name, f in _written(m).items() if name == part]
        inner = [found for field in fields for found in _models_in(field.annotation)]
        # A tagged union adds its tag to the location; the models stay the same.
        here = inner or here
    return [name for m in here for name in _written(m)]


def _written(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by the keys that a document has for them."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for argument in get_args(annotation) for found in _models_in(argument)]
