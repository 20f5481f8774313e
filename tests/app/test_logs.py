"""Every line is JSON with a correlation id, and holds neither texts nor people."""

import json
import subprocess
import sys

import pytest
from structlog.contextvars import bound_contextvars, get_contextvars

from groundwatch.telemetry.settings import LogSettings
from groundwatch.telemetry.withholding import WITHHELD, Withholding
from groundwatch.wire.client import Client
from groundwatch.wire.server import Server

PROGRAM = """
import logging, warnings
import structlog
from groundwatch.app.logs import allow_in_logs, configure_logs
from groundwatch.telemetry.settings import LogSettings
configure_logs("serving")
log = structlog.get_logger("here")
log.info("first", question="salary?", by="anna", document="d1")
logging.getLogger("uvicorn.error").warning("from a %s: anna@example.com", "library")
logging.getLogger("noisy").info("not wanted")
warnings.warn("old thing", stacklevel=1)
try:
    raise KeyError("gone")
except KeyError:
    log.exception("failed")
with structlog.contextvars.bound_contextvars(correlation_id="c1"):
    log.warning("in a request", key="gw_abcdefghijkl")
allow_in_logs(LogSettings(texts=True, people=True))
log.info("allowed", question="salary?", by="anna", mail="anna@example.com")
"""


@pytest.fixture(scope="module")
def lines():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stderr.splitlines()]


def line(lines, event):
    return next(each for each in lines if event in each["event"])


def test_every_line_has_time_level_process_and_correlation_id(lines):
    assert len(lines) == 6
    for each in lines:
        assert each["process"] == "serving"
        assert each["timestamp"].endswith("Z")
        assert each["level"] in {"info", "warning", "error"}
        assert each["correlation_id"]
    assert line(lines, "in a request")["correlation_id"] == "c1"
    outside = {each["correlation_id"] for each in lines if each["event"] != "in a request"}
    assert len(outside) == 1


def test_lines_of_libraries_are_json_too(lines):
    found = line(lines, "library")
    assert found["logger"] == "uvicorn.error"
    assert "old thing" in line(lines, "old thing")["event"]
    assert "KeyError" in line(lines, "failed")["exception"]


def test_texts_people_and_keys_are_withheld_unless_allowed(lines):
    first, allowed = line(lines, "first"), line(lines, "allowed")
    assert first["question"] == WITHHELD
    assert first["by"].startswith("person-")
    assert first["document"] == "d1"
    assert "anna" not in line(lines, "library")["event"]
    assert line(lines, "in a request")["key"] == f"gw_{WITHHELD}"
    assert (allowed["question"], allowed["by"]) == ("salary?", "anna")
    assert allowed["mail"] == "anna@example.com"


def test_a_person_is_the_same_in_all_lines_of_a_process_and_in_no_other():
    one, other = Withholding(), Withholding()

    def shown(step, user):
        return step(None, "info", {"user": user})["user"]

    assert shown(one, "anna") == shown(one, "anna") != shown(one, "ben")
    assert shown(one, "anna") != shown(other, "anna")
    assert one(None, "info", {"users": 3, "user": ""}) == {"users": 3, "user": ""}


def test_only_people_may_be_allowed():
    step = Withholding(LogSettings(people=True))
    shown = step(None, "info", {"user": "anna", "query": "salary?"})
    assert shown == {"user": "anna", "query": WITHHELD}


def test_a_call_to_another_process_is_logged_under_the_id_of_its_request(tmp_path):
    seen = []

    def note(payload):
        seen.append(get_contextvars().get("correlation_id", ""))
        return {}

    with Server(tmp_path / "a.sock", {"note": note}):
        client = Client(tmp_path / "a.sock")
        with bound_contextvars(correlation_id="c7"):
            client.call("note", {})
        client.call("note", {})
        client.close()
    assert seen == ["c7", ""]
