"""The official OpenAI client."""

from collections.abc import Iterator

import openai
import pytest

from groundwatch.domain.answers import DOUBT_TEXT, DOUBTFUL, Outcome
from groundwatch.errors import Unavailable

pytestmark = pytest.mark.integration
QUESTION = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hello"},
    {"role": "assistant", "content": "Hello!"},
    {"role": "user", "content": "How many weeks of parental leave do we get?"},
]
TEXT = (
    "Every parent gets 26 weeks of paid leave. [1] Tell your manager ten weeks before you go. [2]"
)


@pytest.fixture
def anna(address) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="gw_anna", max_retries=0) as client:
        yield client


def said(client, messages, *, stream):
    """The whole text, and what OpenAI's shape has no place for."""
    answer = client.chat.completions.create(model="groundwatch", messages=messages, stream=stream)
    if not stream:
        return answer.choices[0].message.content, answer.groundwatch
    chunks = list(answer)
    return "".join(each.choices[0].delta.content or "" for each in chunks), chunks[-1].groundwatch


def test_an_answer_carries_its_citations(anna, here):
    completion = anna.chat.completions.create(
        model="groundwatch", messages=QUESTION, temperature=0.1, max_tokens=50
    )
    assert completion.choices[0].message.content == TEXT
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage.total_tokens == 150
    grounds = completion.groundwatch
    assert [each["number"] for each in grounds["citations"]] == [1, 2]
    assert grounds["citations"][0]["document"]["path"] == "people/leave.md"
    assert here.sink.recorded[0].id == grounds["interaction_id"]
    assert here.sink.recorded[0].query == QUESTION[-1]["content"]


def test_an_answer_streams(anna):
    stream = anna.chat.completions.create(
        model="groundwatch",
        messages=QUESTION,
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    texts = [choice.delta.content or "" for chunk in chunks for choice in chunk.choices]
    assert "".join(texts) == TEXT
    ending = [chunk for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason]
    assert len(ending) == 1
    assert [each["number"] for each in ending[0].groundwatch["citations"]] == [1, 2]
    assert chunks[-1].usage.completion_tokens == 30


@pytest.mark.parametrize("stream", [True, False])
def test_a_doubtful_answer_says_so_at_its_end(anna, here, stream):
    here.asking.flags = (DOUBTFUL,)
    text, grounds = said(anna, QUESTION, stream=stream)
    assert text == f"{TEXT}\n\n{DOUBT_TEXT}"
    assert grounds["doubtful"] is True


@pytest.mark.parametrize("stream", [True, False])
def test_a_declined_question_says_so(anna, stream):
    messages = [{"role": "user", "content": [{"type": "text", "text": "Who sank the ferry?"}]}]
    text, grounds = said(anna, messages, stream=stream)
    assert text == "This is not in your documents."
    assert grounds["outcome"] == "declined"


def test_errors_become_the_clients_errors(anna, address, here):
    with pytest.raises(openai.UnprocessableEntityError, match="no model"):
        anna.chat.completions.create(model="gpt-4", messages=QUESTION)
    with pytest.raises(openai.UnprocessableEntityError):
        anna.chat.completions.create(
            model="groundwatch", messages=[{"role": "system", "content": "x"}]
        )
    with (
        openai.OpenAI(base_url=f"{address}/v1", api_key="gw_x", max_retries=0) as nobody,
        pytest.raises(openai.AuthenticationError),
    ):
        nobody.models.list()
    here.asking.outcome = Outcome.FAILED
    with pytest.raises(openai.InternalServerError):
        anna.chat.completions.create(model="groundwatch", messages=QUESTION)


@pytest.mark.parametrize("failure", [Unavailable("at 10.0.0.7"), RuntimeError("at 10.0.0.7")])
def test_a_failure_in_mid_stream_is_raised(anna, here, failure):
    here.asking.failure = failure
    stream = anna.chat.completions.create(model="groundwatch", messages=QUESTION, stream=True)
    with pytest.raises(openai.APIError) as caught:
        list(stream)
    assert "10.0.0.7" not in str(caught.value.body)


def test_models_and_embeddings(anna):
    assert [model.id for model in anna.models.list()] == ["groundwatch", "fake-embedder"]
    result = anna.embeddings.create(model="fake-embedder", input=["ab", "c"])
    assert len(result.data[0].embedding) == 4
