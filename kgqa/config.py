"""Settings: arguments win over the environment (``KGQA_*``), the environment over a TOML file."""

from __future__ import annotations

import os
import tomllib
import warnings
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from kgqa.errors import ConfigError

ENV_PREFIX = "KGQA_"
Folder = Annotated[Path, AfterValidator(Path.expanduser)]


class Settings(BaseSettings):
    """Everything that can be set. Credentials are not here: they stay in the environment and are never printed."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    store: str | None = Field(None, description="Default store: a folder or a server URI.")
    work: Folder | None = Field(None, description="Where indexes and models of a server's graph lie.")
    cache: Folder = Field(
        default_factory=lambda: platformdirs.user_cache_path("kgqa"), description="The one cache folder."
    )
    language: str = Field("en", description="Default language of a new store's labels (BCP 47).")
    encoder: str = Field("packaged", description="Text encoder: 'packaged', a folder, or a hub name.")
    device: str = Field("auto", description="'auto' (CUDA where present), 'cpu', 'cuda' or 'cuda:N'.")
    threads: int | None = Field(None, ge=1, description="Threads for the models; None leaves the library's choice.")
    seed: int = Field(0, ge=0, description="Seed of everything random.")
    online: bool = Field(False, description="Allow model hubs to be asked for a named model.")
    tracing: bool = Field(False, description="Allow LangChain to send traces, as its own settings say.")
    chat_model: str | None = Field(
        None, description="Words checked answers: a local transformers folder or a .gguf file. None: the verbaliser."
    )
    snapshot_mb: int | None = Field(
        None,
        ge=0,
        description="A server's graph whose snapshot would be larger is traversed on the server. None: never.",
    )
    query_timeout: float = Field(30.0, gt=0, description="Seconds one query on a server may take.")
    cypher_channel: bool = Field(
        False, description="Let the chat model write Cypher for search on a server: checked, read-only, limited."
    )
    overlap: int = Field(0, ge=0, le=100, description="Words that a passage of a document repeats of the text before.")
    encode_entities: int = Field(50_000, ge=0, description="Entity names are encoded up to this many.")
    approximate_above: int = Field(
        50_000, ge=0, description="More vectors of a kind are searched approximately, where FAISS is (extra 'ann')."
    )
    server_vectors: bool = Field(
        False,
        description="Keep the vectors of a graph on a Neo4j server there too, and search them in its indexes.",
    )
    server_names: bool = Field(
        False,
        description="Keep the names of a graph on a Neo4j server there too, and link by its indexes, not a local one.",
    )
    reader: Folder | None = Field(
        None,
        description="A file with a reader of questions for graphs that none was trained on. None: the ranker alone.",
    )
    max_hops: int = Field(4, ge=1, le=4, description="Longest path that plan search proposes.")
    beam: int = Field(64, ge=1, description="Plans kept at each step of the search.")
    predict_above: float = Field(0.5, ge=0, le=1, description="A predicted fact is used above this probability.")
    answer_above: float = Field(0.3, ge=0, le=1, description="Below this confidence the engine abstains.")
    max_answers: int = Field(1000, ge=1, description="Answers written at most; the total is always told.")
    max_evidence: int = Field(50, ge=1, description="Evidence items written at most; the total is always told.")
    timeout: float | None = Field(None, gt=0, description="Seconds one question may take.")
    server_wait: float = Field(5.0, gt=0, description="Seconds a Neo4j server may take to be reached.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings


def load_settings(*, file: str | Path | None = None, **arguments: Any) -> Settings:
    """Settings from arguments (None means not given), environment and a TOML file, in that order.

    Raises ConfigError that names the setting, the place it came from and what it may be.
    """
    given = {name: value for name, value in arguments.items() if value is not None}
    from_file = _read_file(Path(file)) if file is not None else {}
    variables = {name.upper() for name, value in os.environ.items() if value}
    in_environment = {name for name in Settings.model_fields if ENV_PREFIX + name.upper() in variables}
    merged = {name: value for name, value in from_file.items() if name not in in_environment} | given
    try:
        return Settings(**merged)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        place = (
            "argument"
            if name in given
            else f"environment {ENV_PREFIX}{name.upper()}"
            if name in in_environment
            else file
        )
        raise ConfigError(f"setting {name!r} ({place}): {first['msg']}") from error


def _read_file(path: Path) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    unknown = sorted(set(data) - set(Settings.model_fields))
    if unknown:
        raise ConfigError(f"{path}: unknown setting {unknown[0]!r}; known: {', '.join(Settings.model_fields)}")
    return data


def prepare_environment(settings: Settings) -> None:
    """Points every library's cache into ours, keeps hubs and tracing quiet; call before importing torch and the like.

    What the user has set in the environment on purpose (a hub cache with models in it) stays.
    """
    cache = settings.cache
    for variable, folder in {
        "PYSTOW_HOME": "pystow",
        "PYKEEN_HOME": "pykeen",
        "HF_HOME": "huggingface",
        "TORCH_HOME": "torch",
        "TORCHINDUCTOR_CACHE_DIR": "torchinductor",
        "TRITON_CACHE_DIR": "triton",
        "CUDA_CACHE_PATH": "cuda",
        "MPLCONFIGDIR": "matplotlib",
    }.items():
        os.environ.setdefault(variable, str(cache / folder))
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # Threads that wait sleep: where other programs run too, spinning ones make the same training ten times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    # In a notebook without ipywidgets tqdm complains on import that it cannot draw bars, of which we show none.
    warnings.filterwarnings("ignore", message="IProgress not found")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")  # progress is told through our own callback
    if not settings.online:
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TRANSFORMERS_OFFLINE"] = "1"
    if not settings.tracing:
        for variable in ("LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING"):
            os.environ[variable] = "false"
