"""What the keeper is told by the process that can read settings and speak."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One line of JSON between two of our processes."""

    playground: bool
    data_dir: str
    http_port: int = 0
    playground_port: int = 0
    lines: Sequence[str] = ()
    """To be printed before anything is started."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """Who answers, in one line for the playground's page, by language."""
    offline: bool = False
    """Whether the offline model answers, so that the page suggests what that one can do."""
    sentences: Mapping[str, str] = field(default_factory=dict)
    """What the keeper may have to say; `{name}` stands for what is filled in."""

    def say(self, key: str, **args: str) -> str:
        """Return the sentence *key* with *args* filled in."""
        text = self.sentences.get(key, key)
        for name, value in args.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def written(self) -> str:
        """Return it as one line."""
        return json.dumps(asdict(self), ensure_ascii=True)

    @classmethod
    def read(cls, line: bytes) -> Plan:
        """Return the plan that *line* holds."""
        return cls(**json.loads(line))

    @property
    def folder(self) -> Path:
        """The data directory."""
        return Path(self.data_dir)
