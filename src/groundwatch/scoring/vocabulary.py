"""Closed classes of English words that scorers rely on."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOPWORDS = _set(
    """a about above after again against all also am an and any are as at be because been before
    being below between both but by can could did do does doing down during each else etc few for
    from further get gets getting had has have having he her here hers him his how i if in into is
    it its itself just may me might more most much must my nor of off on only onto or other our
    ours out over own per same say says shall she should so some such than that the their theirs
    them then there these they this those though through to too under until up upon us very via
    was we were what when where whether which while who whom whose why will with within would yet
    you your yours themselves himself herself myself therefore thus however hence moreover
    furthermore additionally overall one ones not no never cannot cant dont doesnt didnt isnt wasnt
    arent werent wont wouldnt shouldnt couldnt hasnt havent hadnt n't nt without im ive its youre
    theyre were"""
)
"""Negations are among them: they are compared on their own."""

NEGATIONS = _set(
    """not no never none nobody nothing nowhere neither nor cannot cant dont doesnt didnt isnt wasnt
    arent werent wont wouldnt shouldnt couldnt hasnt havent hadnt nt without lack lacks lacked
    unable fail fails failed refuse refuses refused hardly rarely unlikely impossible"""
)

_COUNTED = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty"""
NUMBER_WORDS = (
    {word: str(at) for at, word in enumerate(_COUNTED.split()) if word != "one"}
    | {
        "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70",
        "eighty": "80", "ninety": "90", "twice": "2", "thrice": "3", "dozen": "12",
    }
)  # fmt: skip
MAGNITUDES = {
    "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000, "bn": 1_000_000_000, "mn": 1_000_000, "lakh": 100_000,
    "crore": 10_000_000,
}  # fmt: skip

IRREGULAR = {
    "began": "begin", "begun": "begin", "bought": "buy", "built": "build", "children": "child",
    "chose": "choose", "chosen": "choose", "gave": "give", "given": "give", "grew": "grow",
    "grown": "grow", "held": "hold", "kept": "keep", "knew": "know", "known": "know",
    "lost": "lose", "men": "man", "met": "meet", "paid": "pay", "people": "person", "ran": "run",
    "rose": "rise", "risen": "rise", "sent": "send", "sold": "sell", "spent": "spend",
    "taught": "teach", "thought": "think", "told": "tell", "took": "take", "taken": "take",
    "women": "woman", "won": "win", "wrote": "write", "written": "write", "made": "make",
    "found": "find", "led": "lead", "left": "leave", "became": "become", "went": "go",
    "gone": "go", "came": "come", "fell": "fall", "fallen": "fall", "drew": "draw", "drawn": "draw",
    "shown": "show", "born": "birth", "died": "die", "dead": "die", "death": "die", "feet": "foot",
    "jan": "january", "feb": "february", "mar": "march", "apr": "april", "jun": "june",
    "jul": "july", "aug": "august", "sep": "september", "sept": "september", "oct": "october",
    "nov": "november", "dec": "december", "usa": "us", "%": "percent", "$": "dollar",
    "€": "euro", "£": "pound", "kg": "kilogram", "km": "kilometre", "kilometer": "kilometre",
    "kilometers": "kilometre", "tv": "television", "percentage": "percent",
    "british": "britain", "scottish": "scotland", "french": "france", "english": "england",
    "dutch": "netherlands", "spanish": "spain", "swedish": "sweden", "danish": "denmark",
    "polish": "poland", "turkish": "turkey", "greek": "greece", "irish": "ireland",
    "chinese": "china", "japanese": "japan", "portuguese": "portugal", "swiss": "switzerland",
    "welsh": "wales", "finnish": "finland", "israeli": "israel", "iraqi": "iraq",
    "vietnamese": "vietnam", "norwegian": "norway", "belgian": "belgium", "canadian": "canada",
    "brazilian": "brazil", "egyptian": "egypt", "hungarian": "hungary", "ukrainian": "ukraine",
    "ave": "avenue", "blvd": "boulevard", "dept": "department", "govt": "government",
    "uk": "britain", "mi": "mile", "approx": "approximately", "children's": "child",
    "women's": "woman", "men's": "man", "fought": "fight", "sought": "seek", "struck": "strike",
    "stole": "steal", "stolen": "steal", "threw": "throw", "thrown": "throw", "wore": "wear",
    "worn": "wear", "broke": "break", "broken": "break", "spoke": "speak", "spoken": "speak",
    "stood": "stand", "understood": "understand", "brought": "bring", "caught": "catch",
    "felt": "feel", "heard": "hear", "flew": "fly", "flown": "fly", "drove": "drive",
    "driven": "drive", "ate": "eat", "eaten": "eat", "forgot": "forget", "forgotten": "forget",
    "hid": "hide", "hidden": "hide", "laid": "lay", "meant": "mean", "rode": "ride", "sang": "sing",
    "sung": "sing", "saw": "see", "seen": "see", "shot": "shoot", "slept": "sleep", "swam": "swim",
    "tore": "tear", "torn": "tear", "woke": "wake", "bound": "bind", "fed": "feed", "dealt": "deal",
    "lay": "lie", "arose": "arise", "bore": "bear", "borne": "bear", "froze": "freeze",
    "frozen": "freeze", "shook": "shake", "sank": "sink", "swore": "swear", "wound": "wind",
}  # fmt: skip

MONTHS = _set(
    "january february march april may june july august september october november december"
)

WEEKDAYS = _set("monday tuesday wednesday thursday friday saturday sunday")

UNIT_GROUPS = tuple(
    _set(group)
    for group in (
        "second minute hour day week month year decade century",
        "metre meter kilometre mile foot inch yard centimetre",
        "gram kilogram tonne ton pound ounce",
        "percent point dollar euro yen cent",
        "celsius fahrenheit kelvin degree",
        "litre liter gallon millilitre",
    )
)

ANTONYMS: dict[str, frozenset[str]] = {}
_PAIRS = """increase decrease rise fall grow shrink gain lose more less most least many few high low
    higher lower highest lowest large small larger smaller largest smallest big small bigger smaller
    long short longer shorter longest shortest early late earlier later earliest latest first last
    before after above below over under north south northern southern east west eastern western
    win lose victory defeat start end begin finish open close old new older newer oldest newest
    old young older younger oldest youngest male female man woman men women boy girl father mother
    son daughter brother sister husband wife king queen maximum minimum max min always never
    allow forbid permit forbid allow prohibit required optional mandatory optional accept reject
    approve reject include exclude add remove inside outside internal external public private
    positive negative true false success failure succeed fail strong weak stronger weaker fast slow
    faster slower better worse best worst hot cold warm cool up down left right majority minority
    cheap expensive safe dangerous legal illegal possible impossible common rare frequent rare
    buy sell import export enable disable enter leave arrive depart upper lower major minor
    former current domestic foreign ancient modern north east north west south east south west
    increases decreases increased decreased rose fell gained lost won lost before since profit loss
    improve worsen reduce increase reduces increases reduced increased advantage disadvantage
    benefit risk benefits risks support oppose supported opposed agree disagree love hate
    full empty heavy light rich poor easy difficult simple complex hard soft wet dry
    winter summer spring autumn morning evening day night raise lower raised lowered raises
    lowers raising lowering strengthen weaken strengthens weakens inhibit stimulate inhibiting
    strengthening morning afternoon compulsory voluntary mandatory voluntary endorse reject
    endorsed rejected prevent enable prevents enables prevent encourage discourage encourage son
    grandson son nephew brother cousin absolute relative attack defend deny confirm denied
    confirmed opened closed opens closes hired fired married divorced arrived left begins ends
    began ended borrow lend parent child teacher student majority half liquid gas solid liquid
    acid base outdoor indoor rural urban liberal conservative upstream downstream direct
    indirect formal informal active passive permanent temporary partial complete vertical
    horizontal clockwise counterclockwise expand contract appear disappear attach detach""".split()  # noqa: SIM905
for _one, _other in zip(_PAIRS[::2], _PAIRS[1::2], strict=True):
    ANTONYMS[_one] = ANTONYMS.get(_one, frozenset()) | {_other}
    ANTONYMS[_other] = ANTONYMS.get(_other, frozenset()) | {_one}
