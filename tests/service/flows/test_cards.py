"""Cards: what the model is held to, what fits, and what the person reads."""

from __future__ import annotations

import json

import pytest

from fsm.content import Card
from service.flows import Library, cards
from service.flows.cards import UnfitError
from service.models import offline_cards
from service.texts import Texts

MEAL = Library().flows["meal"].ending
SCHEMA = cards.schema_of(MEAL.blanks)
DINNER = {"name": "Rice with beans", "minutes": 25, "steps": "Cook. Mix."}
WRITTEN = {"dinners": [DINNER], "shopping": ["salt"], "tip": "Rinse the rice."}


def card(template: str = "{{ dinners[0].name }} for {{ people }}") -> Card:
    return Card(schema=json.dumps(SCHEMA), template=template, names='{"people": "4"}')


def test_the_schema_is_as_strict_as_every_provider_wants_it() -> None:
    dinner = SCHEMA["properties"]["dinners"]["items"]

    for each in (SCHEMA, dinner):
        assert each["additionalProperties"] is False
        assert each["required"] == list(each["properties"])
    assert dinner["properties"]["minutes"]["type"] == "number"


@pytest.mark.parametrize("fence", ["{}", "```json\n{}\n```"])
def test_what_fits_is_put_into_the_authors_words(fence: str) -> None:
    written = fence.replace("{}", json.dumps(WRITTEN))

    assert cards.filled(card(), written) == "Rice with beans for 4"


@pytest.mark.parametrize(
    "written",
    [
        "Here you are!",
        "[]",
        json.dumps({**WRITTEN, "dinners": "none"}),
        json.dumps({**WRITTEN, "dinners": [{**DINNER, "minutes": "soon"}]}),
        json.dumps({**WRITTEN, "shopping": [1]}),
        json.dumps({key: each for key, each in WRITTEN.items() if key != "tip"}),
        json.dumps({**WRITTEN, "people": "5"}),
    ],
)
def test_what_does_not_fit_is_refused(written: str) -> None:
    with pytest.raises(UnfitError):
        cards.filled(card(), written)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_offline_model_fills_in_every_card(language: str) -> None:
    written = offline_cards.written(json.dumps(SCHEMA), language, Texts().say)

    assert cards.filled(card("{{ dinners | length }} {{ tip }}"), written).startswith("2 ")
