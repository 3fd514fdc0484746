"""The files of `deploy/`: they are well-formed, and name settings, files and versions that exist."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.settings.environment import PREFIX
from gateway.settings.settings import Settings
from gateway.version import VERSION

ROOT = Path(__file__).parents[2]

DEPLOY = ROOT / "deploy"

SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}

NUMERIC_USER = 10001

GIT = shutil.which("git") or "git"


def files() -> list[Path]:
    inside = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file() and ".venv" not in path.parts]
    return [ROOT / "Dockerfile", *inside]


def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return parsed


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_setting_in_deploy_files_exists(path: Path) -> None:
    named = set(re.findall(rf"{PREFIX}[A-Z][A-Z_]*[A-Z]", path.read_text()))
    secrets = {name.upper() for name in re.findall(r"riverfront_[a-z_]*(?:key|keys|secret|url)\b", path.read_text())}
    assert named | secrets <= SETTINGS


def test_compose_mounts_files_that_exist() -> None:
    mounted = [
        volume.partition(":")[0]
        for service in compose()["services"].values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    ]
    assert mounted
    assert [name for name in mounted if not (DEPLOY / name).is_file()] == []


def test_secrets_of_compose_are_files_outside_of_the_repository() -> None:
    secrets = [secret["file"] for secret in compose()["secrets"].values()]
    ignored = subprocess.run([GIT, "check-ignore", *secrets], cwd=DEPLOY, capture_output=True, text=True, check=True)
    assert ignored.stdout.split() == secrets


def test_image_and_chart_have_the_version_of_the_gateway() -> None:
    chart = yaml.safe_load((DEPLOY / "helm/riverfront/Chart.yaml").read_text())
    assert (chart["version"], chart["appVersion"]) == (VERSION, VERSION)
    assert compose()["x-gateway"]["image"] == f"riverfront:${{VERSION:-{VERSION}}}"


def test_all_images_run_the_gateway_as_the_same_numeric_user() -> None:
    assert f"\nUSER {NUMERIC_USER}:{NUMERIC_USER}\n" in (ROOT / "Dockerfile").read_text()
    assert compose()["x-gateway"]["user"] == f"{NUMERIC_USER}:{NUMERIC_USER}"
    assert f"runAsUser: {NUMERIC_USER}" in (DEPLOY / "helm/riverfront/templates/deployment.yaml").read_text()


def test_gateway_runs_from_the_folders_of_the_image(tmp_path: Path) -> None:
    copied = re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    for folder in copied:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "gateway", "schema"]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert printed.stdout == (ROOT / "schema" / "schema.graphql").read_text()


def test_builds_by_hand_and_by_make_have_one_base() -> None:
    image = (DEPLOY / "base-image").read_text().splitlines()[-1]
    assert f"ARG BASE_IMAGE={image.partition('@')[0]}\n" in (ROOT / "Dockerfile").read_text()


def test_every_runtime_package_of_traces_is_locked() -> None:
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["otel"]
    lock = (ROOT / "requirements-otel.lock").read_text()
    assert [package for package in extra if re.split("[<>=]", package)[0] + "==" not in lock] == []
