"""What people of the made-up applications ask about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing people ask about.

    Attributes:
        questions: ways to ask.
        passage: the text that answers; empty where no document does.
        answer: sentences; the last one is not in the passage when `is_loose`.
        declined: the share of questions that find no answer.
        base: the quality of its answers, 0 to 1.
    """

    name: str
    source: str
    path: str
    title: str
    questions: tuple[str, ...]
    passage: str
    answer: tuple[str, ...]
    loose: str
    share: float
    declined: float
    base: float


INTERNAL = (
    Topic(
        "travel and hotels",
        "harbor",
        "handbook/travel-policy-2025.md",
        "Travel policy 2025",
        (
            "How much may a hotel night in Rotterdam cost?",
            "What is the hotel limit in Gothenburg this year?",
            "Do I have to take the train to Copenhagen?",
            "If I travel to Copenhagen and stay for a weekend, must I take the train, and who pays "
            "for the hotel?",
        ),
        "Since January 2025 hotel nights are reimbursed up to EUR 150 in Gothenburg and Gdynia, "
        "and up to EUR 175 in Rotterdam, breakfast included. The train is mandatory for every "
        "journey that takes less than six hours from door to door.",
        (
            "Hotel nights are reimbursed up to EUR 150 in Gothenburg and up to EUR 175 in "
            "Rotterdam, breakfast included.",
            "The train is mandatory for every journey of less than six hours from door to door.",
        ),
        "Exceptions are approved by the travel desk within two days.",
        0.22,
        0.02,
        0.91,
    ),
    Topic(
        "expense claims",
        "harbor",
        "finance/expenses/how-to-claim.md",
        "How to claim expenses",
        (
            "When are approved expense claims paid out?",
            "Can I get an advance for a long trip?",
            "What may I buy without asking?",
            "Compare an advance with the company card: which is better if a trip takes weeks?",
        ),
        "Approved claims are paid out every Thursday. If you travel for more than two weeks you "
        "may ask for an advance of up to EUR 800. Tips are reimbursed up to 8 % when they stand "
        "on the receipt.",
        (
            "Approved claims are paid out every Thursday.",
            "For journeys of more than two weeks you may ask for an advance of up to EUR 800.",
        ),
        "Claims older than 60 days are not paid.",
        0.18,
        0.03,
        0.89,
    ),
    Topic(
        "learning budget",
        "harbor",
        "handbook/learning-budget.md",
        "Learning and conferences",
        (
            "How big is my learning budget?",
            "Does Harbor pay for a boat licence?",
            "Which courses need approval?",
        ),
        "Each employee has a learning budget of EUR 1,600 a year. Courses below EUR 500 need no "
        "approval at all. Harbor pays half of the course for a coastal skipper's certificate, up "
        "to EUR 300.",
        (
            "You have a learning budget of EUR 1,600 a year.",
            "Courses below EUR 500 need no approval.",
        ),
        "Unused money is paid out in December.",
        0.14,
        0.04,
        0.88,
    ),
    Topic(
        "on call",
        "harbor",
        "engineering/oncall.md",
        "On call",
        (
            "What is the on-call allowance in a week with a holiday?",
            "How fast must an alarm be acknowledged?",
            "What happens if nobody acknowledges an alarm in time, and who is called then?",
            "When does an on-call shift begin?",
        ),
        "A shift lasts a week and begins on Wednesday at 10:00. The first acknowledges an alarm "
        "within ten minutes by day and night. The on-call allowance is EUR 340 for a week, and "
        "EUR 460 in a week with a public holiday.",
        (
            "The allowance is EUR 340 for a week, and EUR 460 in a week with a public holiday.",
            "An alarm is acknowledged within ten minutes by day and night.",
        ),
        "Shifts can be swapped until the evening before.",
        0.16,
        0.03,
        0.9,
    ),
    Topic(
        "database failover",
        "harbor",
        "engineering/runbooks/database-failover.md",
        "Database failover",
        (
            "How do I fail over the booking database?",
            "What do I check before promoting the replica?",
        ),
        "Fail over when the primary has been silent for 90 seconds and the replica is less than "
        "five seconds behind.",
        (
            "Fail over when the primary has been silent for 90 seconds.",
            "Before that, check that the replica is less than five seconds behind.",
        ),
        "The old primary may be restarted at once.",
        0.12,
        0.05,
        0.85,
    ),
    Topic(
        "sabbatical",
        "",
        "",
        "",
        (
            "May I take a sabbatical after five years?",
            "How do I apply for unpaid leave of six months?",
        ),
        "",
        (),
        "",
        0.1,
        0.9,
        0.6,
    ),
    Topic(
        "parking in Rotterdam",
        "",
        "",
        "",
        (
            "Where can I park at the Rotterdam office?",
            "Who pays for parking near the Rotterdam office?",
        ),
        "",
        (),
        "",
        0.08,
        0.85,
        0.6,
    ),
)

SUPPORT = (
    Topic(
        "shore power",
        "help-centre",
        "shore-power.html",
        "Switching on shore power",
        (
            "My pedestal shows a red light, what now?",
            "How do I switch on shore power with the app?",
            "Why was my shore power cut off?",
            "Why is the light red although I have paid, and what do I do before I plug in again?",
        ),
        "Open the berth in Slipway and press Power. A red light means that the residual current "
        "device has tripped: unplug, press Reset, and wait for ten seconds.",
        (
            "Open your berth in Slipway and press Power.",
            "A red light means that the residual current device has tripped.",
        ),
        "An electrician comes within 30 minutes.",
        0.4,
        0.04,
        0.84,
    ),
    Topic(
        "booking a berth",
        "help-centre",
        "booking.html",
        "Booking and cancelling",
        (
            "Can I cancel a berth on the day of arrival?",
            "How long may I stay in a guest berth?",
            "If I arrive after 14:00 and leave early, what does it cost and can I cancel?",
            "My booking is shown twice",
        ),
        "A booking can be cancelled free of charge until 14:00 on the day of arrival. The booking "
        "night ends at 11:00.",
        (
            "You can cancel free of charge until 14:00 on the day of arrival.",
            "The booking night ends at 11:00.",
        ),
        "Refunds arrive within one hour.",
        0.4,
        0.03,
        0.87,
    ),
    Topic(
        "refunds",
        "help-centre",
        "refunds.html",
        "Refunds",
        ("Where is my refund?", "How do I get my money back for a closed berth?"),
        "Refunds are paid to the card that was used, within five working days.",
        ("Refunds are paid to the card that was used, within five working days.",),
        "You also receive a voucher of EUR 20.",
        0.2,
        0.22,
        0.66,
    ),
)

CONTRACTS = (
    Topic(
        "liability clauses",
        "contracts",
        "masters/2025.pdf",
        "Master agreement 2025",
        (
            "Summarise the liability cap of the master agreement",
            "Does the liability cap cover gross negligence?",
            "Compare the caps of 2024 and 2025: which claims are covered, and which only if "
            "there was gross negligence?",
        ),
        "Liability is capped at the fees paid in the twelve months before the event. The cap does "
        "not apply to intent and gross negligence.",
        (
            "Liability is capped at the fees of the twelve months before the event.",
            "Intent and gross negligence are not covered by the cap.",
        ),
        "Indirect damage is always excluded.",
        0.6,
        0.05,
        0.86,
    ),
    Topic(
        "termination",
        "contracts",
        "masters/2025.pdf",
        "Master agreement 2025",
        ("What is the notice period?", "Can the customer terminate for convenience?"),
        "Either party may terminate with three months' notice to the end of a quarter.",
        ("Either party may terminate with three months' notice to the end of a quarter.",),
        "Termination by e-mail is sufficient.",
        0.4,
        0.08,
        0.8,
    ),
)
