"""What is wrong in a flow's file is said with file, line and field; and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from fsm.flow.machine import mermaid
from service.flows import FlowsError, Library, load, parsed

GOOD = """\
flow: coffee
command: coffee
languages: [en, zh-CN]
title: {en: Coffee, zh-CN: 咖啡}
steps:
  - id: size
    kind: choice
    text: {en: "Which size?", zh-CN: "多大？"}
    options:
      - {key: small, label: {en: Small, zh-CN: 小}}
      - {key: large, label: {en: Large, zh-CN: 大}}
    goto:
      - {when: {equals: {size: large}}, to: sugar}
  - id: milk
    kind: number
    text: {en: "How much milk?", zh-CN: "多少奶？"}
    least: 0
    most: 5
  - id: sugar
    kind: text
    text: {en: "Sugar with {size}?", zh-CN: "糖？"}
    pattern: "yes|no"
    remind: 10 min
ending:
  kind: prompt
  template: {en: "A {{ size }} coffee, {{ milk }} milk, {{ sugar }}", zh-CN: "{{ size }}"}
"""

ENDING = "ending:\n  kind: card\n  template: {en: x, zh-CN: x}\n  ask: {en: x, zh-CN: x}\n"
MISTAKES: dict[str, tuple[str, str, int, str]] = {
    "no YAML": ("flow: coffee", "flow: [coffee", 2, "this is no YAML"),
    "a key twice": ("command: coffee", "flow: tea", 2, "`flow` is there twice"),
    "a missing field": ("flow: coffee\n", "", 1, "flow: this is missing; add it"),
    "an unknown field": ("command:", "comand:", 2, "there is no such field"),
    "a name with spaces": ("flow: coffee", "flow: my coffee", 1, "a name is a small letter"),
    "an unknown kind": ("kind: number", "kind: numeral", 15, "this has to be 'text'"),
    "a field of another kind": ("    least: 0", "    minutes: 30", 14, "`minutes` belongs to time"),
    "options forgotten": (
        GOOD[GOOD.index("    options:") : GOOD.index("    goto:")],
        "",
        6,
        "needs `options`",
    ),
    "least over most": ("most: 5", "most: -1", 14, "`least` is more than `most`"),
    "an option twice": ("key: large", "key: small", 6, "two options have the same key"),
    "a bad expression": ('"yes|no"', '"yes|(no"', 22, "this is no regular expression"),
    "a span without a unit": ("10 min", "10", 23, "write a number and a unit"),
    "an unknown condition": ("equals:", "is:", 13, "there is no such field"),
    "two conditions in one": (
        "{equals: {size: large}}",
        "{equals: {size: large}, has: size}",
        13,
        "exactly one of",
    ),
    "a branch to nowhere": ("to: sugar}", "to: suger}", 13, "there is no step suger"),
    "a step twice": ("id: milk", "id: size", 14, "the name size is taken"),
    "a condition on no step": ("equals: {size:", "equals: {cup:", 13, "asks for cup"),
    "a step that nothing leads to": (
        "    goto:\n      - {when: {equals: {size: large}}, to: sugar}",
        "    next: sugar\n",
        14,
        "no way leads to milk",
    ),
    "no way to the end": ("remind: 10 min", "next: size", 6, "no way to the end"),
    "a text without its translation": (", zh-CN: 咖啡}", "}", 4, "the text in zh-CN is missing"),
    "a label without its translation": (", zh-CN: 小}", "}", 10, "zh-CN is missing"),
    "a key that is too long": ("key: small", f"key: {'s' * 21}", 10, "a name is a small letter"),
    "a mention of no step": ("with {size}", "with {cup}", 21, "{cup} is no step"),
    "a broken template": ("{{ size }} coffee", "{{ size coffee", 26, "this is no template"),
    "a template about no step": ("{{ milk }}", "{{ cream }}", 26, "asks for cream"),
    "an ending without its template": ("  template:", "  text:", 24, "needs `template`"),
    "a command that is taken": ("command: coffee", "command: stop", 2, "/stop is taken"),
    "a text that is nowhere": (
        "title: {en: Coffee, zh-CN: 咖啡}",
        "title: {key: coffee}",
        4,
        "there is no text coffee under `words`",
    ),
    "a time that is none": (
        "title:",
        'schedule: {every: day, at: "25:00"}\ntitle:',
        4,
        "write a time like 18:30",
    ),
    "a card that nobody is asked for": (
        GOOD[GOOD.index("ending:") :],
        "ending:\n  kind: card\n  template: x\n  fields: [{name: dish}]\n",
        24,
        "`ask` and `fields` belong together",
    ),
    "a blank with the name of a step": (
        GOOD[GOOD.index("ending:") :],
        ENDING + "  fields:\n    - {name: dish}\n    - {name: milk}\n",
        30,
        "the name milk is taken",
    ),
    "a choice of nothing": (
        GOOD[GOOD.index("ending:") :],
        ENDING + "  fields:\n    - {name: dish, kind: choice}\n",
        29,
        "`options` and the kind choice belong together",
    ),
    "an ending with the field of another kind": (
        "  kind: prompt",
        "  kind: prompt\n  tool: remind",
        24,
        "`tool` belongs to tool, not to prompt",
    ),
    "a tool without a name": ("kind: prompt", "kind: tool", 24, "needs `tool`"),
    "a tool that is nowhere": (
        GOOD[GOOD.index("ending:") :],
        "ending:\n  kind: tool\n  tool: remnd\n",
        26,
        "there is no tool remnd",
    ),
    "a tool of a server that is nowhere": (
        GOOD[GOOD.index("ending:") :],
        "ending:\n  kind: tool\n  tool: kitchn__brew\n",
        26,
        "there is no MCP server kitchn; there are kitchen",
    ),
    "an argument about no step": (
        GOOD[GOOD.index("ending:") :],
        (
            "ending:\n  kind: tool\n  tool: remind\n  arguments:\n"
            '    text: {en: "{{ cream }}", zh-CN: "{{ milk }}"}\n'
        ),
        28,
        "asks for cream",
    ),
    "a flow that is nowhere": (
        GOOD[GOOD.index("ending:") :],
        "ending: {kind: flow, flow: tea}\n",
        24,
        "there is no flow tea",
    ),
}


def test_the_example_itself_is_right(tmp_path: Path) -> None:
    (tmp_path / "coffee.yaml").write_text(GOOD)

    assert list(load(tmp_path)) == ["coffee"]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_with_its_line_and_what_to_do(mistake: str, tmp_path: Path) -> None:
    old, new, line, words = MISTAKES[mistake]
    assert old in GOOD
    (tmp_path / "coffee.yaml").write_text(GOOD.replace(old, new, 1))

    with pytest.raises(FlowsError) as refused:
        load(tmp_path, servers=["kitchen"])

    said = [str(each) for each in refused.value.mistakes]
    assert any(each.startswith(f"coffee.yaml:{line}:") and words in each for each in said), said


@pytest.mark.parametrize("tool", ["remind", "kitchen__brew"])
def test_a_tool_of_ours_or_of_a_server_ends_a_flow(tool: str, tmp_path: Path) -> None:
    ending = f"ending:\n  kind: tool\n  tool: {tool}\n"
    (tmp_path / "coffee.yaml").write_text(GOOD[: GOOD.index("ending:")] + ending)

    assert load(tmp_path, servers=["kitchen"])["coffee"].ending.tool == tool


def test_two_flows_may_not_have_one_name_or_one_command(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(GOOD)
    with pytest.raises(FlowsError, match=r"b\.yaml:1: flow: a\.yaml has a flow of the name coffee"):
        load(tmp_path)

    (tmp_path / "b.yaml").write_text(GOOD.replace("flow: coffee", "flow: tea"))
    with pytest.raises(FlowsError, match=r"b\.yaml:2: command: coffee has the command /coffee too"):
        load(tmp_path)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    wrong = GOOD.replace("kind: number", "kind: numeral").replace("10 min", "soon")
    (tmp_path / "coffee.yaml").write_text(wrong)

    with pytest.raises(FlowsError) as refused:
        load(tmp_path)

    assert [each.line for each in refused.value.mistakes] == [15, 23]


def test_a_bad_change_leaves_the_running_flows_in_force(tmp_path: Path) -> None:
    file = tmp_path / "coffee.yaml"
    file.write_text(GOOD)
    library = Library(tmp_path)
    before = dict(library.flows)

    file.write_text(GOOD.replace("kind: number", "kind: numeral"))
    with pytest.raises(FlowsError):
        library.reload()
    assert library.flows == before

    file.write_text(GOOD.replace("How much milk?", "Milk?"))
    assert library.reload() == 1
    assert library.flows["coffee"].revision != before["coffee"].revision


def test_a_flow_of_your_own_replaces_ours_of_that_name(tmp_path: Path) -> None:
    own = GOOD.replace("flow: coffee", "flow: trip").replace("command: coffee", "command: trip")
    (tmp_path / "mine.yaml").write_text(own)

    library = Library(tmp_path)

    assert library.flows[library.flow_of("trip")].title["en"] == "Coffee"
    assert "bug" in library.flows


def test_a_picture_of_a_flow_has_every_way() -> None:
    drawn = mermaid(parsed(GOOD, "coffee.yaml")[0], live="milk").splitlines()

    assert "    size --> sugar: size = large" in drawn
    assert "    size --> milk: else" in drawn
    assert "    sugar --> [*]" in drawn
    assert "    class milk live" in drawn


def test_a_text_can_stand_once_and_be_used_by_its_key() -> None:
    shared = GOOD.replace(
        "title: {en: Coffee, zh-CN: 咖啡}",
        "words: {cup: {en: Coffee, zh-CN: 咖啡}}\ntitle: {key: cup}\nabout: {key: cup}",
    )

    definition, _ = parsed(shared, "coffee.yaml")

    assert definition.title == definition.about == {"en": "Coffee", "zh-CN": "咖啡"}
    assert [option.key for option in definition.steps[0].options] == ["small", "large"]
