from pathlib import Path

import pytest
from tests.models.bert import tiny_model

from groundwatch.errors import ModelUnusable
from groundwatch.models.minilm import load_tokenizer
from groundwatch.models.minilm_build import PreparedModel
from groundwatch.models.settings import MiniLMSettings, NoEmbedderSettings, OpenAIEmbedderSettings
from groundwatch.models.tokens import token_counter

ENDPOINT = OpenAIEmbedderSettings(
    kind="openai", endpoints=("http://127.0.0.1:9/v1",), model="m", dimensions=64
)


def test_the_count_is_that_of_the_model_without_its_marks(prepared: PreparedModel):
    count = token_counter(MiniLMSettings())
    text = "Reimbursement of overnight accommodation, up to 120 €"

    assert count(text) == len(load_tokenizer(prepared).encode(text).ids) - 2


def test_nothing_is_cut_or_filled_up():
    count = token_counter(MiniLMSettings())

    assert [count(""), count("leave"), count("leave " * 999)] == [0, 1, 999]


@pytest.mark.parametrize("settings", [ENDPOINT, NoEmbedderSettings(kind="none")])
def test_without_a_tokenizer_four_characters_are_a_token(
    settings: OpenAIEmbedderSettings | NoEmbedderSettings,
):
    count = token_counter(settings)

    assert [count(""), count("abc"), count("abcd"), count("abcde")] == [0, 1, 1, 2]


def test_a_damaged_tokenizer_is_named(tmp_path: Path):
    tiny_model(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")

    with pytest.raises(ModelUnusable, match=r"tokenizer\.json is no tokenizer"):
        token_counter(MiniLMSettings(path=str(tmp_path)))
