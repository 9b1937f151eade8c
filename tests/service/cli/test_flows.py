"""`greenroom flows`: what an author of flows does before people see them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from PIL import Image

from fsm.flow.state import Form, Given
from service import cli
from service.flows import Library
from service.flows.exporting import as_csv, as_json, as_rows
from tests.service.cli.test_cli import call, empty_environment
from tests.service.flows.test_loader import GOOD

__all__ = ["cli", "empty_environment"]


def test_a_file_is_checked_and_a_mistake_told_with_its_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "coffee.yaml"
    file.write_text(GOOD)
    assert call(monkeypatch, "flows", "check", str(file)) == 0
    assert "One flow; nothing is wrong" in capsys.readouterr().out

    file.write_text(GOOD.replace("kind: number", "kind: numeral"))
    assert call(monkeypatch, "flows", "check", str(file)) == 2
    assert capsys.readouterr().err.startswith("coffee.yaml:15: steps[1].kind: this has to be")


def test_a_flow_is_drawn_as_mermaid_and_as_a_picture(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "flows", "draw", "lesson") == 0
    assert "tongue --> which: tongue = other" in capsys.readouterr().out

    picture = tmp_path / "lesson.png"
    assert call(monkeypatch, "flows", "draw", "lesson", "--png", str(picture)) == 0
    with Image.open(picture) as image:
        assert image.width < image.height < 1280, "a phone shows it whole"


def test_the_preview_has_every_step_in_every_language(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = tmp_path / "all.html"

    assert call(monkeypatch, "flows", "preview", "--to", str(page)) == 0

    shown = page.read_text(encoding="utf-8")
    for definition in Library().flows.values():
        for step in definition.steps:
            for language in ("en", "zh-CN"):
                assert step.text[language].split("{")[0].strip()[:12] in shown
    assert "<script" not in shown


def test_a_flow_is_played_in_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "coffee.yaml"
    file.write_text(GOOD)
    typed = iter(["#Tea", "#Small", "#Done", "yes"])
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(typed))

    assert call(monkeypatch, "flows", "try", str(file)) == 0

    said = capsys.readouterr().out
    assert "there is no key 'Tea'; there are: Small, Large" in said
    assert said.endswith("A Small coffee, 0 milk, yes\n")


def test_the_schema_for_editors_knows_every_field(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "flows", "schema") == 0

    schema = json.loads(capsys.readouterr().out)
    assert "back_to" in schema["$defs"]["StepFile"]["properties"]
    assert "in" in schema["$defs"]["ConditionFile"]["properties"]


def test_forms_are_exported_with_lists_and_without_formulas() -> None:
    given = (
        Given(step="item", round=0, value="rice"),
        Given(step="item", round=1, value="beans"),
        Given(step="diet", values=("vegan", "nuts")),
        Given(step="dinner", value="=1+1"),
    )
    form = Form(flow="meal", revision="1", person="telegram.7", at=1_800_000_000.0, given=given)

    rows = as_rows([("telegram.1.7", form)], Library().flows)

    (row,) = json.loads(as_json(rows))
    assert row["item"] == ["rice", "beans"]
    assert row["diet"] == ["vegan", "nuts"]
    assert row["at"] == "2027-01-15T08:00:00+00:00"
    (line,) = csv.DictReader(io.StringIO(as_csv(rows)))
    assert (line["item"], line["dinner"]) == ("rice; beans", "'=1+1")
