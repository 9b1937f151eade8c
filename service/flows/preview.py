"""One page with every step of every flow in every language, to read through before people do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Final

from fsm.flow import view
from fsm.flow.definition import Definition, pick
from fsm.flow.screen import Screen, Words
from fsm.flow.state import Flow
from service.flows.play import NEW_YEAR
from service.texts import LANGUAGES, Texts

_STYLE: Final = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem;background:#eceff1;color:#222}
.flow{display:flex;flex-wrap:wrap;gap:1rem}
.step{background:#fff;border-radius:12px;padding:12px;width:320px}
.step h3{margin:0 0 6px;font-size:13px;color:#777}
.row{display:flex;gap:4px;margin-top:4px}
.row span{flex:1;text-align:center;background:#dfe7ee;border-radius:6px;padding:3px;font-size:13px}
p{margin:.3rem 0;white-space:pre-line}
"""


def page(flows: Mapping[str, Definition]) -> str:
    """Return the page; it needs nothing else, neither style nor script nor network."""
    texts = Texts()
    parts = [
        "<!doctype html><meta charset=utf-8>",
        f"<title>Greenroom</title><style>{_STYLE}</style>",
    ]
    for definition in flows.values():
        for language in LANGUAGES:
            title = escape(pick(definition.title, language))
            parts.append(f"<h2>{title} <small>/{definition.command} · {language}</small></h2>")
            parts.append('<div class="flow">')
            parts += _steps(definition, language, texts)
            parts.append("</div>")
    return "\n".join(parts)


def _steps(definition: Definition, language: str, texts: Texts) -> Iterator[str]:
    for step in definition.steps:
        flow = Flow(
            number=1, name=definition.name, language=language, step=step.id, helped=bool(step.help)
        )
        shown = view.question(definition, flow, NEW_YEAR)
        optional = " · optional" if step.optional else ""
        yield (
            f'<div class="step"><h3>{escape(step.id)} · {step.kind}{optional}</h3>'
            f"{_screen(shown, language, texts)}</div>"
        )


def _screen(screen: Screen, language: str, texts: Texts) -> str:
    def said(words: Words) -> str:
        text = texts.plain(language, words.key, words.args) if words.key else words.text
        return escape(text.replace("**", ""))

    lines = "".join(f"<p>{said(line)}</p>" for line in screen.lines)
    rows = "".join(
        '<div class="row">' + "".join(f"<span>{said(key.label)}</span>" for key in row) + "</div>"
        for row in screen.rows
    )
    return lines + rows
