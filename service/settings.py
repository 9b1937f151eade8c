"""How this copy of the service behaves: the only place that reads the environment.

Every field has a default that suits a laptop: with nothing set, the service runs the local
playground and needs no credentials. Names are the fields' in capitals after `GREENROOM_`,
unless the field says otherwise; a file `.env` in the current folder is read too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.settings_errors import SettingsError, Warned, sentence, unknown
from service.settings_kinds import (
    GOOGLES,
    NO_LIMITS,
    TOOLS,
    DataKeys,
    Googles,
    HookSecret,
    Ids,
    Limits,
    ModelId,
    Names,
    Port,
    Tokens,
    Url,
    Urls,
    Zone,
)

PREFIX: Final = "GREENROOM_"


class Mode(Enum):
    """The four cases of credentials; the value is the key of the sentence said at start."""

    NOTHING = "start-nothing"
    MODEL = "start-model"
    TELEGRAM = "start-telegram"
    BOTH = "start-both"

    @property
    def playground(self) -> bool:
        """Whether the chats are those of the local playground."""
        return self in (Mode.NOTHING, Mode.MODEL)


class Settings(BaseSettings):
    """The effective settings; secrets never show in a repr."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )

    telegram_bot_token: Tokens = Field(SecretStr(""), validation_alias="TELEGRAM_BOT_TOKEN")
    """From @BotFather; of several bots, separated by commas. Empty means: playground."""
    telegram_api_base: Url = Field("https://api.telegram.org", validation_alias="TELEGRAM_API_BASE")
    """The Bot API server: Telegram's, one of your own, or a stand-in."""
    telegram_files: Path | None = None
    """Folder of a server of your own that runs with --local: files of up to 2 GB are read there."""

    webhook_url: Url = ""
    """Public https address under which Telegram posts updates; empty: they are fetched."""
    webhook_secret: HookSecret = SecretStr("")
    """What Telegram shows to prove that it is Telegram; empty: made anew at every start."""
    webhook_host: str = "127.0.0.1"
    """Where updates are awaited, behind that address."""
    webhook_port: Port = 8081
    """Its port."""

    gemini_api_key: SecretStr = Field(SecretStr(""), validation_alias="GEMINI_API_KEY")
    """From Google AI Studio. Empty means: no Gemini."""
    gemini_base_url: Url = Field(
        "https://generativelanguage.googleapis.com", validation_alias="GEMINI_BASE_URL"
    )
    """Where Gemini is reached."""
    gemini_api_version: str = Field("v1beta", validation_alias="GEMINI_API_VERSION")
    """Version of Gemini's interface."""
    gemini_model: ModelId = Field("gemini-3.8-flash", validation_alias="GEMINI_MODEL")
    """The Gemini model that answers."""
    openai_api_key: SecretStr = Field(SecretStr(""), validation_alias="OPENAI_API_KEY")
    """Key of a provider that speaks OpenAI's language; with a Gemini key it is the fallback."""
    openai_base_url: Url = Field("https://api.openai.com/v1", validation_alias="OPENAI_BASE_URL")
    """Where that provider is reached."""
    openai_model: ModelId = Field("gpt-5-mini", validation_alias="OPENAI_MODEL")
    """The model asked there."""
    gemini_tools: Googles = frozenset(GOOGLES)
    """What Google may do on its side for /search, /read and /run; `off` is none of them."""
    gemini_stream: Literal["wire", "sdk"] = "wire"
    """How Gemini is spoken to: `wire` is our own fast adapter, `sdk` is Google's library."""

    model_limits: Limits = NO_LIMITS
    """What each model's provider allows, such as `gemini-3.8-flash: 1000 rpm, 50 at once`."""
    model_first_seconds: float = Field(20.0, gt=0, le=900)
    """How long a model may take to begin; one on a small machine of your own may need more."""
    model_silence_seconds: float = Field(60.0, gt=0, le=900)
    """How long it may fall silent in the middle of an answer."""
    model_answer_seconds: float = Field(180.0, gt=0, le=900)
    """How long a whole answer may take, second tries included."""

    data_dir: Path = Path("var")
    """Folder for everything that has to last."""
    data_keys: DataKeys = SecretStr("")
    """Keys that encrypt that folder: base64 of 32 bytes each, the first one seals."""
    flows_dir: Path | None = None
    """Folder with guided flows of your own; one of the same name replaces ours."""
    packed_mb: int = Field(64, ge=0)
    """Megabytes of memory for chats that rest; beyond that they come back from the disk."""
    admins: Ids = frozenset()
    """Telegram user ids that may use /debug."""
    allowed: Ids = frozenset()
    """Telegram user ids that may use the bot; empty means everyone."""
    language: Literal["en", "zh-CN"] = "en"
    """Language of what the terminal shows, and of chats whose language is unknown."""

    identity: Path | None = None
    """A file with the bot's own name, texts and photo, as everybody sees them."""
    personas: Path | None = None
    """A file of personas instead of those that /mode offers by itself."""
    tools: Names = frozenset(TOOLS)
    """What a model may use; the names are those of the default, and `off` is none of them."""
    tools_dir: Path | None = None
    """Folder with tools of your own: Python files whose functions a model may call."""
    time_zone: Zone = "UTC"
    """Zone of the times that people name, such as Europe/Berlin."""
    news_feeds: Urls = ("https://feeds.bbci.co.uk/news/world/rss.xml",)
    """RSS or Atom feeds of the tool `news`."""
    mcp_servers: Path | None = None
    """A file of MCP servers whose tools a model may use, in the form that MCP's clients share."""
    weather_url: Url = "https://api.open-meteo.com"
    """Where the tool `weather` asks for forecasts."""
    places_url: Url = "https://geocoding-api.open-meteo.com"
    """Where it asks for places."""

    budget_person: float = Field(0.0, ge=0, allow_inf_nan=False)
    """US dollars that one person may use up in a day (UTC), in all chats; 0: no limit."""
    budget_chat: float = Field(0.0, ge=0, allow_inf_nan=False)
    """US dollars that one chat may use up in a day; 0: no limit."""
    budget_day: float = Field(0.0, ge=0, allow_inf_nan=False)
    """US dollars that everybody together may use up in a day; 0: no limit."""
    prices: Path | None = None
    """A file of prices that is laid over those that come with the service."""
    recall_turns: int = Field(20, ge=1)
    """How many turns of a conversation the model is reminded of."""
    recall_tokens: int = Field(24_000, ge=2000)
    """How large a context may grow; it is summarized before that."""
    summary_model: ModelId = "gemini-3.1-flash-lite"
    """The Gemini model that writes summaries; empty: the one that answers."""
    image_model: ModelId = "gemini-3.1-flash-image"
    """The Gemini model that draws; empty: none of Google's does."""
    openai_image_model: ModelId = Field("gpt-image-1-mini", validation_alias="OPENAI_IMAGE_MODEL")
    """The model that draws at the other provider; empty: none."""
    speech_model: ModelId = "gemini-3.8-flash-tts"
    """The Gemini model that reads aloud; empty: none of Google's does."""
    speech_voice: str = "Kore"
    """The voice in which it does."""
    openai_speech_model: ModelId = Field("gpt-4o-mini-tts", validation_alias="OPENAI_SPEECH_MODEL")
    """The model that reads aloud at the other provider; empty: none."""
    openai_speech_voice: str = Field("alloy", validation_alias="OPENAI_SPEECH_VOICE")
    """Its voice."""
    answer_cache: bool = True
    """Whether a question that is asked twice in a row gets the answer it has, marked."""
    window_minutes: float = Field(30.0, gt=0, allow_inf_nan=False)
    """How long a silence may last before the next message starts a fresh window."""
    pause_seconds: float = Field(1.0, ge=0, allow_inf_nan=False)
    """How long a chat rests after an answer before the next one begins."""
    pace: float = Field(1.0, gt=0, allow_inf_nan=False)
    """Pauses between calls to a chat, compared with what Telegram advises."""
    pacing: bool = True
    """Off lifts pauses and buckets for load tests; penalties are obeyed all the same."""
    inline: bool = False
    """Answer in chats that are not the bot's, in inline mode and as a guest."""
    transport: Literal["auto", "draft", "edit", "final"] = "auto"
    """How answers are seen growing: drafts where Telegram has them, edits of a message, or not."""
    offline_pace: float = Field(0.03, ge=0, allow_inf_nan=False)
    """Seconds between two pieces of an answer of the offline model."""

    http_host: str = "127.0.0.1"
    """Where /healthz and /readyz listen."""
    http_port: Port = 0
    """Port of /healthz and /readyz; 0 takes any free one and prints it."""
    console_token: SecretStr = SecretStr("")
    """Opens the console at /console; needed where HTTP_HOST is not this machine alone."""
    playground_port: Port = 0
    """Port of the playground's page; 0 takes any free one and prints it."""
    playground_secret: SecretStr = SecretStr("")
    """Set by the keeper alone: the chats are the playground's, and its buttons may crash them."""
    kept: bool = False
    """Set by the keeper alone: it has said already which case of credentials this is."""

    log: Literal["console", "json"] = "console"
    """Form of the log: lines to read, or one JSON object per line."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much is logged."""

    @property
    def mode(self) -> Mode:
        """Which of the four cases of credentials this is."""
        model = bool(self.gemini_api_key.get_secret_value()) or bool(
            self.openai_api_key.get_secret_value()
        )
        if self.telegram_bot_token.get_secret_value() and not self.playground_secret:
            return Mode.BOTH if model else Mode.TELEGRAM
        return Mode.MODEL if model else Mode.NOTHING

    @property
    def bot_tokens(self) -> tuple[str, ...]:
        """The token of each bot, in the order in which they were written."""
        written = self.telegram_bot_token.get_secret_value()
        return tuple(written.split(",")) if written else ()

    @property
    def model_name(self) -> str:
        """Name of the model that is asked first; empty for the offline model."""
        if self.gemini_api_key.get_secret_value():
            return self.gemini_model
        return self.openai_model if self.openai_api_key.get_secret_value() else ""

    @property
    def model_names(self) -> tuple[str, ...]:
        """Names of all models that may be asked, for answers, summaries, pictures and speech."""
        gemini = (self.gemini_model, self.summary_model, self.image_model, self.speech_model)
        openai = (self.openai_model, self.openai_image_model, self.openai_speech_model)
        kept = (self.gemini_api_key, gemini), (self.openai_api_key, openai)
        return tuple(
            name for key, names in kept if key.get_secret_value() for name in names if name
        )

    @property
    def limited_in_vain(self) -> tuple[str, ...]:
        """Names in the limits of models that no setting has, so that nothing is limited by them."""
        models = {str(getattr(self, name)) for name in type(self).model_fields if "_model" in name}
        return tuple(sorted(self.model_limits.keys() - models))

    @property
    def window_seconds(self) -> float:
        """The window in seconds."""
        return self.window_minutes * 60

    def secrets(self) -> tuple[str, ...]:
        """Return every secret that is set, for those who must keep them out of logs."""
        values = (getattr(self, name) for name in type(self).model_fields)
        texts = (each.get_secret_value() for each in values if isinstance(each, SecretStr))
        return tuple(part for text in texts for part in (text, *text.split(",")) if part)


def variable(field: str) -> str:
    """Return the name that *field* has in the environment."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else PREFIX + field.upper()


def load(env_file: Path | None = Path(".env"), **given: Any) -> Settings:
    """Return the settings of this process.

    Raises:
        SettingsError: Some do not fit; it holds one sentence for each.

    """
    try:
        return Settings(_env_file=env_file, **given)  # type: ignore[call-arg]
    except ValidationError as found:
        names = {name: variable(name) for name in Settings.model_fields}
        raise SettingsError(sentence(error, names) for error in found.errors()) from None


def warnings(env_file: Path | None = Path(".env")) -> list[Warned]:
    """Return a sentence for each `GREENROOM_` name that is set and means nothing."""
    known = [variable(name) for name in Settings.model_fields]
    found = [name for name in _written_names(env_file) if name.upper().startswith(PREFIX)]
    return [unknown(name, known, PREFIX) for name in sorted(found) if name.upper() not in known]


def _written_names(env_file: Path | None) -> set[str]:
    written: Mapping[str, Any] = dotenv_values(env_file) if env_file else {}
    return {*os.environ, *written}
