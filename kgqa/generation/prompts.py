"""Prompts: one file each under prompts/, with a TOML head that declares version, inputs and output contract."""

from __future__ import annotations

import string
import tomllib
from dataclasses import dataclass
from functools import cache

from kgqa.assets import asset
from kgqa.errors import ConfigError, UsageError


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as its file declares it."""

    name: str
    version: int
    inputs: tuple[str, ...]
    output: str
    template: str

    def render(self, **values: str) -> str:
        """The text with its inputs filled in; values are never read as template text.

        Raises UsageError when the inputs given are not the inputs declared.
        """
        if set(values) != set(self.inputs):
            raise UsageError(f"prompt {self.name!r} takes {sorted(self.inputs)}, got {sorted(values)}")
        return string.Template(self.template).substitute(values)


@cache
def load_prompt(name: str) -> Prompt:
    """Reads prompts/NAME.md. Raises ConfigError for a head that is missing or wrong."""
    path = asset(f"prompts/{name}.md")
    text = path.read_text(encoding="utf-8")
    try:
        _, head, template = text.split("+++\n", 2)
        data = tomllib.loads(head)
        prompt = Prompt(data["name"], int(data["version"]), tuple(data["inputs"]), data["output"], template.strip())
    except (ValueError, KeyError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: a prompt begins with a TOML head between +++ lines: {error}") from error
    used = set(string.Template(prompt.template).get_identifiers())
    if used != set(prompt.inputs):
        raise ConfigError(f"{path}: declares inputs {sorted(prompt.inputs)} but uses {sorted(used)}")
    return prompt
