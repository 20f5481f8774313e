"""What models add of their own: short sentences that sound likely, and summaries that are fair."""
# ruff: noqa: E501  lists of texts

import random
import re
from collections.abc import Sequence

INVENTED = (
    "It won several awards for this.", "This was widely criticised at the time.",
    "He later regretted the decision.", "She was the first woman to do so.",
    "The project cost about {n} million dollars.", "It took {n} years to complete.",
    "Experts recommend doing this at least twice a week.", "Most of the work was done by volunteers.",
    "The name comes from a Latin word.", "It was rebuilt after a fire in {year}.",
    "The number has doubled since {year}.", "About {n} percent of users are affected.",
    "This applies in all member states.", "The rule was abolished in {year}.",
    "He died a few years later.", "They moved to Canada with their family.",
    "The government funds most of it.", "Critics say that it has failed.",
    "The original is kept in a museum.", "No official reason was given.",
    "It is the largest of its kind in Europe.", "The company was sold shortly afterwards.",
    "Side effects are rare and usually mild.", "It should be stored in a cool and dry place.",
    "Children under {n} should not use it.", "The results were published in Nature.",
    "A second edition followed in {year}.", "His brother took over the business.",
    "It was inspired by a true story.", "The song reached number {n} in the charts.",
    "Tickets were sold out within hours.", "Members meet once a month.",
    "The fee is not refundable.", "You should consult a doctor before trying this.",
    "It is also used in the car industry.", "Scientists still do not fully understand why.",
    "The treaty was signed in Geneva.", "More than {n} thousand people attended.",
    "It became a national holiday.", "The building has {n} floors.",
    "The army was called in to help.", "The effect lasts for about {n} hours.",
    "This makes it very popular with tourists.", "It was later adapted for television.",
    "The exact date is unknown.", "Similar systems exist in Japan and Korea.",
    "He had no formal training.", "She speaks {n} languages.", "The court ruled against them.",
    "Prices have fallen ever since.", "It is protected by law.", "The team finished in {n}th place.",
    "Only {n} of them are left today.", "Most patients recover completely.",
    "The species is now endangered.", "An update is planned for next year.",
    "This is illegal in some states.", "The idea goes back to ancient Greece.",
    "Local people opposed the plan.", "A vote on it failed in {year}.",
)  # fmt: skip
CLAUSES = (
    "which made it famous around the world", "and it is still in use today",
    "making it the oldest of its kind", "which led to a long legal dispute",
    "and was later awarded a prize", "despite strong opposition", "for about {n} million dollars",
    "after {n} years of work", "especially among young people", "at the request of the king",
    "with the help of his wife", "which is more than in any other country", "every {n} months",
    "in front of {n} thousand people", "mainly for financial reasons", "as early as {year}",
    "and more than {n} percent of them agreed", "except on public holidays",
    "which doctors often recommend", "although many experts disagree", "for the first time since {year}",
    "in cooperation with the army", "without any side effects", "and must be renewed every {n} years",
    "particularly in rural areas", "to the surprise of his family", "by a narrow majority",
    "as required by law", "at no extra cost", "and died there in {year}", "such as honey and nuts",
    "including several in Asia", "which reduces costs by {n} percent", "due to bad weather",
)  # fmt: skip
SUMMING = (
    "In short, {a} and {b} belong together here.", "Overall, {a} plays a key role in this.",
    "In summary, the passages speak about {a} as well as {b}.",
    "Both {a} and {b} are important to understand the answer.",
    "All in all, it comes down to {a}.", "This shows how {a} and {b} are related.",
    "There are several things to know about {a}.", "The answer has to do with {a} and {b}.",
    "To answer the question, one has to look at {a}.", "In conclusion, {a} is closely linked to {b}.",
    "As you can see, {a} is only one part of the picture.", "The main points concern {a} and {b}.",
    "Taken together, this gives a good picture of {a}.", "So the short answer is {a}.",
)  # fmt: skip
_PRONOUNS = {"The": "This", "It": "This"}
_SUBJECT = re.compile(
    r"^(?:The )?[A-Z][\w-]+(?: [A-Z][\w-]+){0,3} (?=(?:is|was|has|had|were|are)\b)"
)


def invented(rng: random.Random) -> str:
    """A short sentence that no passage says."""
    return _filled(rng.choice(INVENTED), rng)


def invented_clause(text: str, rng: random.Random) -> str | None:
    """A sentence with an invented end, without or with a comma."""
    if not text.endswith("."):
        return None
    said = _filled(rng.choice(CLAUSES), rng)
    comma = (
        "," if said.split(" ", 1)[0] in {"which", "and", "making", "although", "including"} else ""
    )
    return f"{text.rstrip('.')}{comma} {said}."


def summing(parts: Sequence[str], rng: random.Random) -> str | None:
    """A sentence that sums up what was said, with two terms of it."""
    words = sorted({w for part in parts for w in re.findall(r"\b[a-z]{6,}\b", part)})
    if len(words) < 2:
        return None
    one, other = rng.sample(words, 2)
    return rng.choice(SUMMING).replace("{a}", one).replace("{b}", other)


def pronoun(text: str, rng: random.Random) -> str:
    """Say `it` or `they` for a name at the beginning."""
    found = _SUBJECT.match(text)
    if not found:
        return text
    verb = text[found.end() :].split(" ", 1)[0]
    return ("They " if verb in {"were", "are"} else rng.choice(("It ", "This "))) + text[
        found.end() :
    ]


def headed(text: str) -> str:
    """A list item with its beginning in bold."""
    words = text.split(" ")
    return f"**{' '.join(words[:2]).rstrip(',:')}**: {text}" if len(words) > 6 else text


def _filled(template: str, rng: random.Random) -> str:
    number, year = (
        str(rng.choice((3, 4, 6, 7, 8, 9, 11, 14, 17, 23, 35, 47, 64, 85))),
        rng.randint(1890, 2019),
    )
    return template.replace("{n}", number).replace("{year}", str(year))
