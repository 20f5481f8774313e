"""The page to ask, in a real browser."""

import httpx
import pytest
from tests.serving.company import document_id
from tests.waiting import until

from groundwatch.domain.access import AccessList
from groundwatch.domain.answers import DOUBT_TEXT, DOUBTFUL, Outcome
from groundwatch.errors import Unavailable

pytestmark = pytest.mark.integration
QUESTION = "How many weeks of parental leave do we get?"
RULE = "Who hoists the quarantine flag at dawn?"


def test_sign_in_ask_and_open_a_citation(tab_of, here, size):
    here.authentication.links.add("link-anna")
    tab = tab_of("", size)
    page = tab.page
    tab.open("/")
    assert "groundwatch link USER" in page.inner_text("main")
    tab.picture("needs-link")
    tab.open("/sign-in/link-anna")
    page.click("button:has-text('Sign in')")
    page.wait_for_selector(".hints")
    tab.picture("empty")
    tab.ask(QUESTION)
    page.wait_for_selector(".searched")
    assert "26 weeks of paid leave." in page.inner_text(".answer")
    assert page.inner_text(".verdict") == "Supported by 1 document"
    assert page.url.endswith("/?q=How+many+weeks+of+parental+leave+do+we+get%3F")
    tab.picture("answer")
    page.click(".chip >> nth=0")
    page.wait_for_selector(".panel .in-quote")
    quoted = "".join(page.locator(".in-quote").all_inner_texts())
    assert quoted == "Every parent gets 26 weeks of paid leave."
    assert page.locator(".is-word").all_inner_texts() == [
        "parent", "weeks", "leave", "leave", "weeks"
    ]  # fmt: skip
    assert "group staff" in page.inner_text(".facts")
    tab.picture("citation")
    page.keyboard.press("Escape")
    page.wait_for_selector(".panel", state="detached")
    tab.check()
    assert [(each.user, each.endpoint) for each in here.sink.recorded] == [("anna", "page")]


def test_a_doubtful_answer_says_so_above_its_sentences(tab_of, here, size):
    here.asking.flags = (DOUBTFUL,)
    tab = tab_of("anna", size)
    tab.open("/")
    tab.ask(QUESTION)
    tab.page.wait_for_selector(".searched")
    assert tab.page.inner_text(".answer").startswith(DOUBT_TEXT)
    assert tab.page.get_attribute(".text", "data-copied").startswith(f"{DOUBT_TEXT}\n\nEvery")
    assert tab.page.inner_text(".verdict") == "Quoted from 1 document"
    tab.picture("doubtful")
    tab.check()


def test_who_sets_permissions_asks_why_somebody_may_read_a_document(tab_of, size):
    tab = tab_of("cleo", size)
    tab.open("/")
    tab.ask(QUESTION)
    tab.page.wait_for_selector(".searched")
    tab.page.click(".chip >> nth=0")
    tab.page.fill("#why-user", "anna")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector(".why [role=status]")
    assert tab.page.inner_text(".why [role=status]") == "anna may read this: by anna."
    assert tab.page.input_value("#why-user") == "anna"
    tab.picture("why")
    tab.check()


def test_who_does_not_set_permissions_learns_nothing_of_others(tab_of):
    tab = tab_of("anna")
    tab.open("/")
    tab.ask(QUESTION)
    tab.page.wait_for_selector(".searched")
    tab.page.click(".chip >> nth=0")
    tab.page.wait_for_selector(".panel .in-quote")
    assert tab.page.locator(".why").count() == 0
    tab.page.evaluate("emitEvent('why', {user: 'hana'})")
    tab.page.wait_for_selector(".panel.settled")
    assert "by hana" not in tab.page.content()
    tab.check()


def test_a_quote_deep_in_a_document_is_scrolled_to(tab_of, size):
    tab = tab_of("anna", size)
    tab.open("/")
    tab.ask(RULE)
    tab.page.wait_for_selector(".searched")
    tab.page.click(".chip >> nth=0")
    tab.page.wait_for_selector(".panel .in-quote")
    assert tab.page.evaluate(
        """() => {
            const box = document.querySelector(".in-quote").getBoundingClientRect();
            const page = document.querySelector(".document").getBoundingClientRect();
            return box.top > page.top && box.bottom < page.bottom;
        }"""
    )
    tab.picture("deep")
    tab.check()


def test_sentences_stream_while_the_answer_is_made(tab_of, here, size):
    tab = tab_of("anna", size)
    tab.open("/")
    tab.ask(f"held: {QUESTION}")
    tab.page.wait_for_selector(".sentence")
    assert tab.page.locator(".caret").count() == 1
    assert not here.sink.recorded
    tab.picture("streaming")
    here.asking.release.set()
    tab.page.wait_for_selector(".searched")
    assert tab.page.locator(".sentence").count() == 2
    tab.check()


def test_hovering_a_sentence_lights_its_source(tab_of):
    tab = tab_of("anna")
    tab.open("/")
    tab.ask(QUESTION)
    tab.page.wait_for_selector(".source")
    tab.page.hover(".sentence >> nth=1")
    tab.page.wait_for_selector(".source.lit")
    assert tab.page.inner_text(".source.lit .number") == "2"
    tab.page.hover(".source >> nth=0")
    tab.page.wait_for_selector(".sentence.lit")
    assert "26 weeks" in tab.page.inner_text(".sentence.lit")


def test_a_person_says_what_was_missing(tab_of, here, size):
    tab = tab_of("anna", size)
    tab.open("/")
    tab.ask(QUESTION)
    tab.page.click("[aria-label='Bad answer']")
    tab.page.fill("#comment", "Where is the <b>form</b>?")
    tab.picture("feedback")
    tab.page.click("text=Send")
    tab.page.wait_for_selector(".feedback-done")
    assert [(each.thumb, each.comment) for each in here.feedback.given] == [
        (-1, ""),
        (-1, "Where is the <b>form</b>?"),
    ]
    assert here.feedback.given[0].interaction_id == here.sink.recorded[0].id
    tab.check()


def test_what_was_searched_opens_in_its_document(tab_of):
    tab = tab_of("anna")
    tab.open("/")
    tab.ask(QUESTION)
    tab.page.click(".searched summary")
    assert tab.page.locator(".searched tbody tr").count() == 2
    tab.page.click(".passage >> nth=1")
    tab.page.wait_for_selector(".panel .in-passage")
    assert tab.page.locator(".panel .number").count() == 0


def test_an_unanswerable_and_a_forbidden_question_look_the_same(tab_of):
    tab = tab_of("anna")
    shown = []
    for question in ("Who sank the ferry?", "What do harbour masters earn in crowns?"):
        tab.open("/")
        tab.ask(question)
        tab.page.wait_for_selector(".notice")
        shown.append(tab.page.inner_html(".answer"))
        assert "98,000" not in tab.page.content()
        assert "alaries" not in tab.page.content()
    assert shown[0] == shown[1]
    tab.picture("declined")
    hana = tab_of("hana")
    hana.open("/")
    hana.ask("What do harbour masters earn in crowns?")
    hana.page.wait_for_selector(".sentence")
    assert "98,000" in hana.page.inner_text(".answer")


def test_permissions_taken_away_count_for_an_open_page(tab_of, here):
    tab = tab_of("anna")
    tab.open("/")
    tab.ask(QUESTION)
    tab.page.wait_for_selector(".searched")
    leave = document_id("handbook", "people/leave.md")
    cleo = here.authentication.people["cleo"]
    here.library.set_access(cleo, leave, AccessList(frozenset({"group:hr"})))
    tab.page.click(".chip >> nth=0")
    tab.page.wait_for_selector(".panel")
    assert "cannot be opened" in tab.page.inner_text(".panel")
    assert "26 weeks" not in tab.page.inner_text(".panel")


def test_an_ended_session_counts_for_an_open_page(tab_of, here):
    tab = tab_of("anna")
    tab.open("/")
    tab.page.wait_for_selector(".hints")
    here.authentication.ended.add("session-anna")
    tab.ask(QUESTION)
    tab.page.wait_for_selector(".notice.bad")
    assert "Your session has ended" in tab.page.inner_text(".answer")
    assert not here.sink.recorded


@pytest.mark.parametrize("failure", [Unavailable("at 10.0.0.7"), RuntimeError("at 10.0.0.7")])
def test_a_failure_says_what_to_do_and_leaks_nothing(tab_of, here, failure, size):
    here.asking.failure = failure
    tab = tab_of("anna", size)
    tab.open("/")
    tab.ask(QUESTION)
    tab.page.wait_for_selector(".notice.bad")
    assert "10.0.0.7" not in tab.page.content()
    tab.picture("failure")
    here.asking.failure = None
    tab.page.click("button:has-text('Try again')")
    tab.page.wait_for_selector(".under .verdict.good")
    tab.check()


def test_an_answer_that_failed_is_shown_as_such(tab_of, here):
    here.asking.outcome = Outcome.FAILED
    tab = tab_of("anna")
    tab.open("/")
    tab.ask(QUESTION)
    tab.page.wait_for_selector(".notice.bad")
    assert tab.page.locator(".under .verdict").count() == 0


def test_leaving_the_page_cancels_the_answer(tab_of, here):
    tab = tab_of("anna")
    tab.open("/")
    tab.ask(f"endless: {QUESTION}")
    tab.page.wait_for_selector(".sentence")
    tab.ask(RULE)
    tab.page.wait_for_selector(".searched")
    until(lambda: len(here.sink.recorded) == 2)
    assert {each.outcome for each in here.sink.recorded} == {
        Outcome.CANCELLED,
        Outcome.ANSWERED,
    }


HOSTILE = (
    "The hostile clause <script>window.hacked = 4</script><img src=x onerror='window.hacked=5'>"
)


def test_hostile_text_stays_text(tab_of, here, size):
    tab = tab_of("ben", size)
    tab.open("/")
    tab.page.wait_for_selector(".hints")
    tab.ask(HOSTILE)
    tab.page.wait_for_selector(".searched")
    tab.page.click(".searched summary")
    tab.page.click(".chip >> nth=0")
    tab.page.wait_for_selector(".panel .in-quote")
    assert "<script>window.hacked = 1</script>" in tab.page.inner_text(".panel .document")
    assert "<script>alert(1)</script>.md" in tab.page.inner_text(".panel .path")
    tab.picture("hostile")
    tab.check()
    here.asking.failure = RuntimeError()
    tab.open("/?q=%3Cimg+src%3Dx+onerror%3Dwindow.hacked%3D6%3Ehostile")
    tab.page.wait_for_selector(".notice.bad")
    tab.check()
    tab.open("/sources")
    tab.page.wait_for_selector(".failures")
    tab.check()


def test_the_address_holds_the_question(tab_of, here):
    tab = tab_of("anna")
    tab.open("/?q=How+many+weeks+of+parental+leave%3F")
    tab.page.wait_for_selector(".verdict")
    tab.ask(RULE)
    tab.page.wait_for_selector(".sentence:has-text('quarantine')")
    tab.page.go_back()
    tab.page.wait_for_selector(".sentence:has-text('26 weeks')")
    assert tab.page.input_value("#question") == "How many weeks of parental leave?"
    until(lambda: len(here.sink.recorded) == 3)


def test_a_preview_of_the_address_asks_nothing(address, here):
    cookies = {"groundwatch_session": "session-anna"}
    response = httpx.get(f"{address}/?q=parental+leave", cookies=cookies)
    assert response.status_code == 200
    assert not here.sink.recorded


def test_the_keyboard_is_enough(tab_of):
    tab = tab_of("ben")
    keyboard = tab.page.keyboard
    tab.open("/?q=How+many+weeks+of+parental+leave%3F")
    tab.page.wait_for_selector(".searched")
    keyboard.press("2")
    tab.page.wait_for_selector(".panel .in-quote")
    assert tab.page.inner_text(".panel .number") == "2"
    keyboard.press("Escape")
    tab.page.wait_for_selector(".panel", state="detached")
    keyboard.press("?")
    tab.page.wait_for_selector("dialog[open]")
    tab.picture("keys")
    keyboard.press("Escape")
    keyboard.press("/")
    assert tab.page.evaluate("document.activeElement.id") == "question"
    keyboard.press("Escape")
    keyboard.press("g")
    keyboard.press("s")
    tab.page.wait_for_url("**/sources")
    tab.check()


SEE_DONE = """() => new MutationObserver(() => {
    window.seenDone ||= document.querySelector(".quiet.done") !== null;
}).observe(document.body, { subtree: true, attributes: true })"""


def test_an_answer_is_copied_with_its_sources(tab_of):
    tab = tab_of("anna")
    tab.open("/")
    tab.ask(QUESTION)
    tab.page.wait_for_selector("[data-copy]")
    tab.page.evaluate(SEE_DONE)  # it is said for a moment only
    tab.page.click("[data-copy]")
    tab.page.wait_for_function("window.seenDone")
    copied = tab.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Every parent gets 26 weeks of paid leave. [1] ")
    assert "[1] Parental leave (people/leave.md)" in copied
