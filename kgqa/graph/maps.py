"""Maps that people write in YAML: read and checked against their model, with the place of what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from kgqa.errors import InputError

Map = TypeVar("Map", bound=BaseModel)


def read_map(model: type[Map], given: str | Path | Mapping[str, Any] | Map, *, hint: str) -> Map:
    """The map from a YAML file or a mapping; ``hint`` names the page that explains it.

    Raises InputError that names the line of what is no YAML, or the field and what it may be.
    """
    if isinstance(given, model):
        return given
    path: Path | None = None
    data: Any = given
    if isinstance(given, str | Path):
        path = Path(given)
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = None if mark is None else mark.line + 1
            raise InputError(f"no YAML: {getattr(error, 'problem', error)}", path=path, line=line) from error
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot be read: {error}", path=path) from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the map"
        raise InputError(f"map: {place}: {first['msg']}", path=path, hint=hint) from error
