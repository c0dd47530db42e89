"""The environment of AWS as a person sets it, and nothing of this machine's own configuration."""

from __future__ import annotations

import pytest

REGION = "eu-west-1"
ACCOUNT = "123456789012"
SECRET = "hunter2-secret"  # noqa: S105 - of these tests


def needs(*packages: str) -> None:
    """Skip the test where a package is not installed."""
    for package in packages:
        pytest.importorskip(package, reason=f"needs {package} (pip install 'evtcompat[dev-replay]')")


def aws_environment(patch: pytest.MonkeyPatch, url: str) -> None:
    """boto3 asks the emulation at a URL, and signs with `SECRET`."""
    for name, value in {
        "AWS_ENDPOINT_URL_GLUE": url,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }.items():
        patch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        patch.delenv(name, raising=False)
