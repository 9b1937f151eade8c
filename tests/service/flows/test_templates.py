"""Templates as authors expect them: blocks on lines of their own leave no line behind."""

from __future__ import annotations

import pytest

from service.flows.templates import rendered


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("a{% if x %} b{% endif %}\nc", "a b\nc"),
        ("a\n{% if x %}\nb\n{% endif %}\nc", "a\nb\nc"),
        ("{% for n in x %}\n- {{ n }}\n{% endfor %}\nend", "- 1\n- 2\nend"),
        ("  {% if x %}{% endif %}  \na", "a"),
        ("a {% if x %}b{% endif -%}\n c", "a bc"),
    ],
)
def test_a_line_of_words_keeps_its_end_and_a_line_of_blocks_has_none(
    template: str, said: str
) -> None:
    assert rendered(template, {"x": [1, 2]}) == said
