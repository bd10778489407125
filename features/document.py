"""TOML documents read as declared models: a mistake is named by file and key, with a suggestion."""

import difflib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from features.mistake import MistakeError

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


def read_document(path: Path, model: type[Declared]) -> Declared:
    """Read a TOML file as a model.

    Raises:
        DocumentError: The file is missing, is no TOML, or breaks the model; the message names the
            file and each key.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DocumentError(f"{path}: there is no such file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, IsADirectoryError) as error:
        raise DocumentError(f"{path}: is not TOML: {error}") from None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        mistakes = error.errors(include_url=False)
        raise DocumentError(
            "\n".join(f"{path}: {_sentence(mistake, model)}" for mistake in mistakes)
        ) from None


def _sentence(mistake: ErrorDetails, model: type[BaseModel]) -> str:
    location = [str(part) for part in mistake["loc"]]
    key = ".".join(location)
    if mistake["type"] == "extra_forbidden":
        known = _keys_at(model, mistake["loc"][:-1])
        return f"unknown key '{key}'; {suggestion(location[-1], known)}"
    if mistake["type"] == "missing":
        return f"key '{key}' is missing"
    message = mistake["msg"].removeprefix("Value error, ")
    return f"{key}: {message}" if key else message


def _keys_at(model: type[BaseModel], location: Iterable[str | int]) -> list[str]:
    """Return the keys that the model knows at a location inside a document."""
    here: list[type[BaseModel]] = [model]
    for part in location:
        if isinstance(part, int):
            continue
        fields = [m.model_fields[part].annotation for m in here if part in m.model_fields]
        inner = [found for annotation in fields for found in _models_in(annotation)]
        # A tagged union adds its tag to the location; the models stay the same.
        here = inner or here
    return [name for m in here for name in m.model_fields]


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for argument in get_args(annotation) for found in _models_in(argument)]
