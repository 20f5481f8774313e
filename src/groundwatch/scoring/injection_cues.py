"""Wordings that orders to an assistant have in common."""

import re

_REPLY = (
    r"(?:answers?|responses?|repl(?:y|ies)|outputs?|summar(?:y|ies)|messages?|explanation|solution)"
)
_RULES = r"(?:instructions?|directions?|rules?|prompts?|guidelines?|restrictions?|filters?|orders)"
CUES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\byour (?:\w+ ){{0,2}}{_REPLY}\b",
        r"\b(?:the|this) user(?:'s|s)?\b",
        r"\b(?:ai|assistant|language model|llm|chatbot|gpt|model|bot)\b",
        rf"\b(?:ignore|disregard|forget|override|bypass|skip|drop|cancel|no longer|set aside|stop|"
        rf"switched off|disable|without|not follow|don't follow)\b.{{0,40}}\b{_RULES}\b",
        rf"\b(?:previous|prior|earlier|above|preceding|initial|hidden|system|new|your) {_RULES}\b",
        r"\byou (?:are|will|must|should|can|may) (?:now|instead|also|only|always)\b|\bfrom now on\b"
        r"|\byou are (?:an?|no longer)\b|\bact as\b|\bpretend\b",
        r"^\W*(?:please |now |then |kindly |hey |also )?(?:write|tell|give|explain|"
        r"describe|summari[sz]e|"
        r"translate|solve|generate|create|list|provide|compose|suggest|rewrite|convert|calculate|name|"
        r"compare|make|find|identify|classify|edit|design|construct|brainstorm)\b",
        r"^\W*(?:what|who|when|where|why|how|which|is|are|can|could|do|does)\b.*\?\s*$",
        rf"^\W*(?:in|within|to|into|with|at the (?:end|start|beginning) of|before|while|when) "
        rf"(?:\w+ )?(?:your |the |this |you )?(?:{_REPLY}|answer\w*|respond\w*|reply\w*|"
        rf"summari\w+)",
        r"\b(?:append|insert|include|incorporate|integrate|embed|blend|infuse|weave|merge|add|mention|"
        r"prepend|begin|start|end|finish|encode|respond|reply|answer|output|print|repeat|reveal|"
        r"modify|alter|enhance|augment|adjust|scramble|replace|use)\b.{0,60}\b"
        rf"(?:your|the|this|a) (?:\w+ )?(?:{_REPLY}|code|snippet|excerpt|sentence|words|"
        rf"letters|text)\b",
        r"\b(?:leak|reveal|send|forward|mail|post|upload|exfiltrate|print|show|dump)\b.{0,50}\b(?:"
        r"prompt|conversation|instructions|credentials|keys?|passwords?|secrets|user "
        r"data|documents|"
        r"configuration)\b",
        r"\b(?:instead|regardless|whatever the question|before (?:answering|anything)|"
        r"verbatim|word for "
        r"word|do not (?:tell|mention|answer)|without (?:telling|mentioning))\b",
        r"(?:<!--|\[/?(?:system|inst)|###|</?(?:system|instructions?)>|\bsystem:|\bassistant:)",
        r"\b(?:unrestricted|jailbreak|developer mode|debug mode|dan\b|no (?:filters?|"
        r"limits|rules)|sudo|"
        r"do anything now)",
        r"\bimport \w+|\brequests\.|\bos\.|\bsubprocess|\bcurl |\bsocket\b",
    )
)
"""Wordings that speak to an assistant rather than to a reader; each is weighed, none decides."""
