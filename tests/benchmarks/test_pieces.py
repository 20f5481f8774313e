"""The pieces of the benchmarks, on five documents; nothing is timed."""

import json
from pathlib import Path

import pytest
from benchmarks.corpora import ndcg_at_10, read_corpus, write_files
from benchmarks.harness import (
    PRINCIPALS,
    index_everything,
    install,
    latencies,
    processes,
    searching,
)
from benchmarks.stored import PRINCIPALS as SHARES
from benchmarks.stored import access_of

from benchmarks import compare, figures
from groundwatch.domain.access import AccessReason
from groundwatch.domain.queries import EVERYTHING

TEXTS = (
    ("a", "Harbour", "The harbour opens at six and closes at ten in the evening."),
    ("b", "Crane", "The crane lifts forty tons and is inspected in spring."),
    ("c", "Crane", "A crane is also a bird that winters in the south."),
    ("d", "", "Mooring fees are paid per metre and per night."),
    ("e", "Empty", ""),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus in the form of the shared ones."""
    corpus = tmp_path / "five"
    corpus.mkdir()
    rows = [json.dumps({"id": key, "title": title, "text": text}) for key, title, text in TEXTS]
    (corpus / "corpus.jsonl").write_text("\n".join(rows))
    queries = [{"id": "1", "text": "how heavy may a load be for the crane"}]
    (corpus / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (corpus / "qrels.tsv").write_text("query\tdocument\tgrade\n1\tb\t2\n1\tc\t1\n")
    return corpus


def test_a_perfect_ranking_has_ndcg_1_and_a_swapped_one_less() -> None:
    grades = {"b": 2, "c": 1}
    assert ndcg_at_10(["b", "c", "a"], grades) == pytest.approx(1.0)
    assert 0.0 < ndcg_at_10(["c", "b"], grades) < 1.0
    assert ndcg_at_10(["a", "d"], grades) == 0.0


def test_a_corpus_becomes_files_named_after_titles(folder: Path, tmp_path: Path) -> None:
    corpus = read_corpus(folder)
    paths = write_files(corpus.documents, tmp_path / "files")
    assert paths == {
        "0/Harbour.txt": "a",
        "0/Crane.txt": "b",
        "1/Crane.txt": "c",
        "0/note.txt": "d",
    }


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"corpus\.jsonl is missing; give the folder"):
        read_corpus(tmp_path)


def test_figures_are_one_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    figures.show([figures.at_most("wait", 12.0, "ms", 10.0), figures.plain("n", 3, "times")])
    shown = json.loads(capsys.readouterr().out)
    assert [(each["name"], each["met"]) for each in shown["figures"]] == [
        ("wait", False),
        ("n", None),
    ]


def test_two_runs_are_compared_as_ratios(tmp_path: Path) -> None:
    for name, value in (("before", 10.0), ("after", 5.0)):
        line = json.dumps({"figures": [{"name": "wait", "value": value, "unit": "ms"}]})
        (tmp_path / name).write_text(f"some table\n{line}\n")
    before, after = (compare.values(tmp_path / name) for name in ("before", "after"))
    assert compare.table(before, after)[1].split() == ["wait", "10", "5", "0.500", "ms"]


def test_permissions_keep_the_shares_they_are_named_after() -> None:
    lists = [access_of(f"document {number}") for number in range(20_000)]
    for share, principals in SHARES.items():
        kept = sum(each.decide(principals) is AccessReason.ALLOWED for each in lists)
        wanted = float(share.removesuffix(" %")) / 100
        assert kept / len(lists) == pytest.approx(wanted, rel=0.4, abs=0.003)


@pytest.mark.integration
@pytest.mark.slow
def test_an_installation_indexes_and_answers(folder: Path, tmp_path: Path) -> None:
    installation = install(
        tmp_path / "installation", {"embedder": {"kind": "none"}}, own_models=True
    )
    write_files(read_corpus(folder).documents, installation.documents)
    with processes(installation) as running, searching(installation) as (retriever, _):
        assert len(running) == 2
        index_everything(installation)
        assert len(latencies(retriever, ["crane"])) == 1
        found = retriever.search("forty tons", PRINCIPALS, EVERYTHING, 10).result.passages
        assert found[0].document.title == "Crane"
