"""The sample company: its files are what they claim to be, and so are its questions."""

import re
import zipfile
from collections import Counter
from difflib import SequenceMatcher

import pypdfium2  # type: ignore[import-untyped]
import pytest
from examples.harbor.build import build
from tests.examples.questions import (
    HARBOR,
    configuration,
    may_read,
    principals,
    questions,
    read_questions,
    shares_three_content_words,
)
from tests.examples.reading import squeezed, text_of

from groundwatch.config import load

FORMATS = {".md", ".txt", ".html", ".pdf", ".docx", ".pptx", ".xlsx", ".csv", ".eml"}
ENCRYPTED = "legal/escrow-agreement.pdf"
CORRUPT = "product/partner-brochure.docx"
SCANNED = "product/berth-plan-tangen.pdf"
EMPTY = "product/empty-notes.txt"
UNREADABLE = {ENCRYPTED, CORRUPT, SCANNED, EMPTY}
QUESTIONS = questions()
WITH_SOURCE = [question for question in QUESTIONS if question.source]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("harbor")
    build(folder)
    return folder


@pytest.fixture(scope="module")
def texts(built):
    paths = {str(path.relative_to(built)): path for path in built.rglob("*") if path.is_file()}
    return {name: text_of(path) for name, path in paths.items() if name not in UNREADABLE}


def _reads(user: str, path: str) -> bool:
    users, groups, rules = configuration()
    return may_read(path, principals(user, users, groups), rules)


def test_there_are_enough_documents_in_all_formats(built):
    suffixes = Counter(path.suffix for path in built.rglob("*") if path.is_file())
    assert suffixes.total() >= 60
    assert set(suffixes) == FORMATS


def test_five_groups_share_folders_out():
    _, groups, rules = configuration()
    assert len(groups) == 5
    named = {principal for rule in rules for principal in rule.get("allow", ())}
    assert {f"group:{name}" for name in groups} <= named
    assert any(rule.get("deny") for rule in rules)
    assert all(rule["path"].endswith("**") for rule in rules)


def test_two_policies_are_versions_and_others_are_nearly_the_same(texts):
    def alike(one: str, other: str) -> float:
        return SequenceMatcher(None, texts[one].split(), texts[other].split()).ratio()

    old, new = "handbook/travel-policy-2024.md", "handbook/travel-policy-2025.md"
    assert 0.4 < alike(old, new) < 1
    places = ("handbook/onboarding-checklist-{}.md", "gothenburg", "rotterdam")
    seas = ("product/winterization-checklist-{}.md", "baltic", "north-sea")
    for name, one, other in (places, seas):
        assert 0.55 < alike(name.format(one), name.format(other)) < 1


def test_there_are_tables_in_several_formats(built):
    assert [path for path in built.rglob("*.md") if "\n|" in path.read_text()]
    assert [path for path in built.rglob("*.html") if "<table" in path.read_text()]
    assert list(built.rglob("*.xlsx"))
    assert [path for path in built.rglob("*.csv") if len(path.read_text().splitlines()) > 4]


def test_building_twice_gives_the_same_files(built, tmp_path):
    again = {path.relative_to(tmp_path): path for path in build(tmp_path)}
    first = {path.relative_to(built): path for path in built.rglob("*") if path.is_file()}
    assert again.keys() == first.keys()
    assert [n for n in first if first[n].read_bytes() != again[n].read_bytes()] == []
    assert [n for n in first if first[n].stat().st_mtime != again[n].stat().st_mtime] == []


def test_building_again_repairs_a_file_and_keeps_what_is_not_ours(tmp_path):
    spoilt = build(tmp_path)[1]
    right = spoilt.read_bytes()
    spoilt.write_bytes(b"something else")
    (tmp_path / "mine.txt").write_text("mine")
    build(tmp_path)
    assert spoilt.read_bytes() == right
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_the_encrypted_document_asks_for_its_password(built):
    with pytest.raises(pypdfium2.PdfiumError, match="password"):
        pypdfium2.PdfDocument(built / ENCRYPTED)
    with pypdfium2.PdfDocument(built / ENCRYPTED, password="sealed-until-release") as document:
        assert "escrow agreement" in document[0].get_textpage().get_text_range()


def test_the_corrupt_document_is_not_a_readable_archive(built):
    assert (built / CORRUPT).read_bytes()[:2] == b"PK"
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(built / CORRUPT)


def test_the_scanned_document_shows_a_picture_and_has_no_text(built):
    with pypdfium2.PdfDocument(built / SCANNED) as document:
        assert document[0].get_textpage().get_text_range() == ""
        assert len(list(document[0].get_objects())) == 1
        assert min(bytes(document[0].render(grayscale=True).buffer)) < 100


def test_the_empty_document_is_empty(built):
    assert (built / EMPTY).read_bytes() == b""


def test_all_other_documents_have_text(texts):
    assert [name for name, text in texts.items() if len(text) < 250] == []


def test_question_ids_and_wordings_are_unique():
    assert [i for i, n in Counter(q.id for q in QUESTIONS).items() if n > 1] == []
    assert [a for a, n in Counter(q.ask for q in QUESTIONS).items() if n > 1] == []


@pytest.mark.parametrize("split", ["tune", "test"])
def test_each_half_has_the_promised_shares(split):
    kinds = Counter(question.kind for question in QUESTIONS if question.split == split)
    assert kinds.total() >= 70
    assert kinds["unanswerable"] >= kinds.total() / 5
    assert kinds["forbidden"] >= kinds.total() / 5
    assert kinds["answerable"] >= kinds.total() / 2


def test_the_halves_are_equal_in_size_and_share_no_document():
    assert len({Counter(q.split for q in QUESTIONS)[split] for split in ("tune", "test")}) == 1
    tune, test = ({q.source for q in WITH_SOURCE if q.split == s} for s in ("tune", "test"))
    assert tune & test == set()


def test_every_asker_exists_and_every_user_asks():
    assert {question.asker for question in QUESTIONS} == set(configuration()[0])


def test_the_sentence_stands_in_its_source(texts):
    pairs = [(q, source) for q in WITH_SOURCE for source in (q.source, *q.also)]
    assert [q.id for q, source in pairs if squeezed(q.sentence) not in texts[source]] == []


def test_the_asker_may_read_the_source_unless_the_question_is_forbidden():
    pairs = [(q, source) for q in WITH_SOURCE for source in (q.source, *q.also)]
    wrong = [q.id for q, path in pairs if _reads(q.asker, path) != (q.kind == "answerable")]
    assert wrong == []


def test_no_readable_document_repeats_a_forbidden_sentence(texts):
    forbidden = [q for q in WITH_SOURCE if q.kind == "forbidden"]
    sentences = [q for q in forbidden if len(q.sentence.split()) > 4]  # a cell needs its row
    assert len(sentences) > len(forbidden) / 2
    for question in sentences:
        holders = [name for name, text in texts.items() if squeezed(question.sentence) in text]
        assert [name for name in holders if _reads(question.asker, name)] == []


def test_few_questions_repeat_the_words_of_their_source():
    same = [q.id for q in WITH_SOURCE if shares_three_content_words(q.ask, q.sentence)]
    assert len(same) <= len(WITH_SOURCE) / 3


def test_all_five_groups_and_every_kind_of_rule_are_used():
    users, groups, rules = configuration()
    assert set(groups) == {"staff", "hr", "finance", "engineering", "legal"}
    assert [rule["path"] for rule in rules if rule.get("deny")] != []
    assert [user for user, u in users.items() if u.get("role") == "admin"] == ["greta"]
    assert [user for user, u in users.items() if not u.get("groups")] == ["henrik"]


def test_the_deny_rules_take_away_what_the_group_allows():
    secrets = "engineering/security/key-rotation.md"
    assert (_reads("chioma", secrets), _reads("farid", secrets)) == (True, False)
    minutes = "minutes/board/2025-05-22.pdf"
    assert (_reads("bram", minutes), _reads("jonas", minutes)) == (True, False)


def test_near_duplicates_differ_in_their_figures(texts):
    for one, other in (("baltic", "north-sea"), ("gothenburg", "rotterdam")):
        pairs = [n for n in texts if n.endswith((f"checklist-{one}.md", f"checklist-{other}.md"))]
        a, b = (set(texts[name].lower().split()) for name in pairs)
        assert len(a & b) > 0.6 * min(len(a), len(b))


def test_everything_in_the_repository_is_text():
    files = [path for path in HARBOR.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    kept = [path for path in files if HARBOR / "built" not in path.parents]
    assert [path for path in kept if b"\0" in path.read_bytes()] == []


def test_the_configuration_is_accepted(tmp_path):
    folder = tmp_path / "examples" / "harbor"
    build(folder / "built")
    text = (HARBOR / "groundwatch.yaml").read_text(encoding="utf-8")
    (folder / "groundwatch.yaml").write_text(text, encoding="utf-8")
    config = load(folder / "groundwatch.yaml", {})
    assert [source.path for source in config.sources] == [folder / "built"]
    assert config.data == tmp_path / "data" / "harbor"


def test_the_example_in_the_documentation_follows_the_schema():
    page = (HARBOR.parents[1] / "docs" / "questions.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(- id:.*?)```", page, re.DOTALL)
    assert [[question.kind for question in read_questions(block)] for block in blocks] == [
        ["answerable", "unanswerable", "forbidden"]
    ]
