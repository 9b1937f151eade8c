"""What an operator's Prometheus and Grafana ask for, the service has."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
import yaml

from tests.deploy.prometheus import DEPLOY, program
from tests.house.sources import ROOT
from tests.service.observe.exposition import families

NAME = re.compile(r"greenroom_\w+")


def dashboard() -> list[str]:
    panels = json.loads((DEPLOY / "grafana/greenroom.json").read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def rules() -> list[dict[str, str]]:
    [group] = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"]
    return list(group["rules"])


def known() -> set[str]:
    names = set()
    for name, kind, _, _ in families():
        suffixes = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
        names |= {f"{name}{suffix}" for suffix in suffixes}
    return names


@pytest.mark.parametrize("expression", [*dashboard(), *(rule["expr"] for rule in rules())])
def test_every_metric_that_is_asked_for_exists(expression: str) -> None:
    asked = set(NAME.findall(expression))

    assert asked or expression.startswith("up{")
    assert asked <= known()


def test_each_alert_fires_once_when_it_should() -> None:
    promtool = program("promtool")
    rules_test = str(ROOT / "tests/deploy/alerts.test.yml")

    for command in (["check", "rules", str(DEPLOY / "alerts.yml")], ["test", "rules", rules_test]):
        done = subprocess.run([promtool, *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_described_for_who_is_woken_by_it() -> None:
    document = (ROOT / "docs/operations.md").read_text()

    assert [rule["alert"] for rule in rules() if f"`{rule['alert']}`" not in document] == []
