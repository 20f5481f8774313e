"""The wheel works where there is httpx and nothing of the server."""

import ast
import re
import subprocess
import sys
import venv
from importlib.metadata import requires
from pathlib import Path

import pytest

from tests.client.receiver import receiving
from tests.tools import absent

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "groundwatch" / "client"
PROGRAM = """
import os, sys
from groundwatch_client import Client, Interaction, Options
client = Client({url!r}, "gw_key", "shop", options=Options(exit_seconds=5))
client.observe(Interaction("before the fork", "a"))
child = os.fork()
client.observe(Interaction("child" if child == 0 else "parent"))
if child:
    assert os.waitpid(child, 0)[1] == 0
assert not [name for name in sys.modules if name.split(".")[0] == "groundwatch"]
"""


def test_nothing_but_the_standard_library_and_httpx_is_imported():
    allowed = sys.stdlib_module_names | {"httpx"}
    for file in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                assert {each.name.split(".")[0] for each in node.names} <= allowed, file
            elif isinstance(node, ast.ImportFrom) and not node.level:
                assert (node.module or "").split(".")[0] in allowed, file


def test_it_is_written_for_the_oldest_python_it_names():
    for file in PACKAGE.glob("*.py"):
        ast.parse(file.read_text(), feature_version=(3, 9))
        assert "from __future__ import annotations" in file.read_text() or file.stem == "__init__"


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A Python with the wheel, httpx and what httpx needs, taken over from this environment."""
    folder = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).with_name("uv")
    built = subprocess.run(
        [uv, "--system-certs", "build", "--wheel", "-o", folder, ROOT / "packages" / "client"],
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode:
        absent(f"the wheel's build tool is not at hand: {built.stderr[-200:]}")
    venv.create(folder / "venv", symlinks=True)
    site = next((folder / "venv" / "lib").glob("python3*")) / "site-packages"
    (wheel,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "zipfile", "-e", wheel, site], check=True)
    here = Path(next(path for path in sys.path if path.endswith("site-packages")))
    for name in _needs("httpx"):
        found = [here / name, here / f"{name}.py"]
        source = next(path for path in found if path.exists())
        (site / source.name).symlink_to(source)
    return folder / "venv" / "bin" / "python"


def _needs(package):
    """Import names of a package and of all it needs, as far as they are plain."""
    names, todo = set(), [package]
    while todo:
        name = todo.pop()
        if name in names:
            continue
        names.add(name)
        plain = (line for line in requires(name) or () if ";" not in line)
        todo += [re.split(r"[<>=!~ \[]", line)[0] for line in plain]
    return names | {"typing_extensions"}


@pytest.mark.slow
@pytest.mark.integration
def test_the_wheel_sends_at_the_end_of_the_program_and_from_a_forked_child(environment):
    with receiving() as receiver:
        subprocess.run(
            [environment, "-c", PROGRAM.format(url=receiver.url)], check=True, timeout=60
        )
    sent = sorted(each["query"] for each in receiver.committed())
    assert sent == ["before the fork", "child", "parent"]
