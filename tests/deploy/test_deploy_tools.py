"""The files of `deploy/`, checked by the programs that read them."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

DEPLOY = ROOT / "deploy"

CHART = DEPLOY / "helm/riverfront"

TOOLS = DEPLOY / "tools/.venv/bin"

needs_tools = pytest.mark.skipif(not TOOLS.is_dir(), reason="`make test` installs the tools of deploy/")

HAPROXY = shutil.which("haproxy") or "/usr/sbin/haproxy"

MINIMAL = {
    "settings.RIVERFRONT_UPSTREAM_URL": "https://api.example.com",
    "settings.RIVERFRONT_PUBLISHABLE_KEY": "pk_example",
}

EVERYTHING = MINIMAL | {
    "manifest": "{}",
    "image.digest": "sha256:" + 64 * "0",
    "ingress.enabled": "true",
    "ingress.host": "api.shop.example.com",
    "ingress.tlsSecretName": "tls",
    "priorityClassName": "high",
    "imagePullSecrets[0].name": "registry",
    "nodeSelector.disk": "fast",
}

NOTHING = MINIMAL | {"autoscaling.enabled": "false", "metrics.enabled": "false", "networkPolicy.enabled": "false"}


def output(*command: str | Path) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rendered(values: dict[str, str]) -> str:
    options = [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
    output(TOOLS / "helm", "lint", "--strict", CHART, *options)
    return output(TOOLS / "helm", "template", "shop", CHART, *options)


@needs_tools
@pytest.mark.parametrize("values", [MINIMAL, EVERYTHING, NOTHING], ids=["minimal", "everything", "nothing"])
def test_chart_becomes_valid_objects_of_kubernetes(values: dict[str, str], tmp_path: Path) -> None:
    objects = tmp_path / "objects.yaml"
    objects.write_text(rendered(values))
    output(TOOLS / "kubernetes-validate", "--strict", objects)


@needs_tools
def test_chart_without_required_settings_names_them() -> None:
    command = [str(TOOLS / "helm"), "template", "shop", str(CHART)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "settings.RIVERFRONT_PUBLISHABLE_KEY must be set" in done.stderr


@needs_tools
def test_pods_write_no_files_and_have_no_privileges() -> None:
    objects = rendered(MINIMAL)
    for line in (
        "readOnlyRootFilesystem: true",
        "runAsNonRoot: true",
        "allowPrivilegeEscalation: false",
        "drop: [ALL]",
    ):
        assert line in objects
    assert "secretKeyRef" not in objects


@needs_tools
def test_compose_file_has_the_format_of_compose() -> None:
    output(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")


@needs_tools
def test_list_of_packages_has_every_locked_package(tmp_path: Path) -> None:
    lock = ROOT / "requirements.lock"
    written = tmp_path / "sbom.json"
    output(TOOLS / "cyclonedx-py", "requirements", "--output-format", "JSON", "--output-file", written, lock)
    listed = {f"{part['name']}=={part['version']}" for part in json.loads(written.read_text())["components"]}
    assert listed == set(re.findall(r"^[\w.-]+==[\w.]+", lock.read_text(), re.MULTILINE))


@pytest.mark.skipif(not Path(HAPROXY).exists(), reason="needs HAProxy")
def test_haproxy_accepts_its_file(tmp_path: Path) -> None:
    # The names of the gateways are known only inside of compose.
    text = re.sub(
        r"(server gateway-\d) gateway-\d:8000", r"\1 127.0.0.1:8000", (DEPLOY / "haproxy/haproxy.cfg").read_text()
    )
    (tmp_path / "haproxy.cfg").write_text(text)
    output(HAPROXY, "-c", "-f", tmp_path / "haproxy.cfg")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_service_of_systemd_is_well_confined() -> None:
    service = DEPLOY / "systemd/riverfront.service"
    output("systemd-analyze", "security", "--offline=true", "--threshold=25", service)
