"""Importing the package and asking for help stay light, by what is imported."""

import subprocess
import sys

import pytest

HEAVY = {
    "alembic",
    "docx",
    "fastapi",
    "httpx",
    "mcp",
    "nicegui",
    "numpy",
    "onnx",
    "onnxruntime",
    "openpyxl",
    "pptx",
    "psycopg",
    "pydantic",
    "pypdfium2",
    "qdrant_client",
    "qdrant_edge",
    "ruamel",
    "selectolax",
    "sqlalchemy",
    "structlog",
    "tokenizers",
    "uvicorn",
    "watchdog",
}

OF_ITS_OWN = {"pydantic", "ruamel", "structlog", "watchdog"}
"""What reading the configuration is made of; every process pays for it."""

PROGRAMS = {
    "import groundwatch": "import groundwatch",
    "groundwatch --help": (
        "import sys; sys.argv = ['groundwatch', '--help']\n"
        "from groundwatch.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code"
    ),
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_nothing_heavy_is_imported(program):
    code = f"{program}\nimport sys; print('|', *sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = {name.split(".")[0] for name in run.stdout.rpartition("|")[2].split()}
    assert modules & HEAVY == set()


def test_the_configuration_imports_nothing_that_only_its_users_need():
    code = "import groundwatch.config, sys; print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = {name.split(".")[0] for name in run.stdout.split()}
    assert modules & (HEAVY | {"jinja2", "reportlab", "sklearn"}) <= OF_ITS_OWN


def test_nothing_imports_torch():
    code = (
        "import pkgutil, importlib, groundwatch, sys\n"
        "for module in pkgutil.walk_packages(groundwatch.__path__, 'groundwatch.'):\n"
        "    if not module.name.endswith(('__main__', 'migrations.env')):\n"
        "        importlib.import_module(module.name)\n"
        "assert 'torch' not in sys.modules and 'sentence_transformers' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
