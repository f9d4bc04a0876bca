"""Orders: the rules by which `injection` tells words meant for a model, with what each is worth.

A rule looks at text as `disguises` reads it: lower case, straight quotes, no emphasis, `_` as a space. Three points
taint. Rules of a GENERIC kind find what every prompt has: in a code block, where bug reports paste their prompts, they
are never enough together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

GENERIC: Final = frozenset({"turn", "persona", "say", "call", "model"})

_G: Final = r"[^\w\n]{0,3}\s{1,2}[^\w\n]{0,3}"
"""Between two words."""
_G0: Final = r"\W{0,4}"


def _some(most: int) -> str:
    """Up to that many words, each with the gap after it."""
    return rf"(?:[\w'/#-]{{1,24}}{_G}){{0,{most}}}"


_AI: Final = (
    r"(?:(?:an?|the|all|any|every|whatever|whichever|other|automated|dear)\s){0,2}(?:"
    r"ai(?:[\s-](?:assistant|agent|model|system|tool|bot|reader|summari[sz]er|reviewer)s?|s)?"
    r"|artificial intelligence"
    r"|llms?|(?:large\s)?language[\s-]models?|chat\s?bots?|chatgpt|gpt(?:-\w{1,4})?|claude|gemini|copilot"
    r"|grok"
    r"|(?:digest|summary|report|news)?[\s-]?(?:bots?|assistants?|summari[sz]ers?|digesters?|writers?)"
    r"|neural networks?)"
)
_HERE: Final = (
    r"(?:this|the|these)\s(?:issues?|text|comments?|prs?|pull requests?|threads?|pages?|messages?"
    r"|descriptions?|repo(?:sitory)?"
    r"|title|body|document|discussion|conversation|item|items|data|window|project|change|ticket|digest"
    r"|report|content)"
)
_SAY: Final = (
    r"(?:say|state|claim|declare|announce|write|tell|reply|respond|answer|output|print|repeat|conclude"
    r"|assert|insist"
    r"|recommend|advise|emphasi[sz]e|mention|report|call|describe|begin|start|end|include|add|insert|append"
    r"|put|list|name"
    r"|quote|cite|link|mark|rate)"
)
_IGNORE: Final = (
    r"(?:ignore|disregard|forget|override|overrule|bypass|discard|neglect|overlook|dismiss|abandon|drop)"
)
_BEFORE: Final = (
    r"(?:previous(?:ly)?|prior|above|earlier|preceding|foregoing|former|past|original|initial|your|system"
    r"|safety"
    r"|developer'?s?|existing|given|so far|other)"
)
_FILLER: Final = (
    r"(?:all|any|every|each|of|the|my|our|his|these|those|this|that|and|or|set|stated|listed|current)"
)
_RULES: Final = (
    r"(?:instructions?|instrctions?|prompts?|rules?|guidelines?|guardrails?|directions?|directives?|orders?"
    r"|commands?"
    r"|constraints?|restrictions?|polic(?:y|ies)|programming|training|safeguards?|tasks?|context)"
)

_DESCRIBES: Final = re.compile(
    r"(?:\b(?:will|would|may|might|can|could|does|do|did|models?|llms?|it|they|we|i|he|she|vllm|engine"
    r"|server|client|code"
    r"|parser|template|tokenizer|never|always|often|sometimes|which|that|users?|seems? to|tends? to"
    r"|appears? to|used to"
    r"|want(?:s|ed)? to|allow(?:s|ed)? to|able to|order to|possible to|attempts? to|try to|tr(?:y|ies"
    r"|ied) to|fails? to"
    r"|not to)|n't|cannot|not)\s\Z"
)
"""What stands before a verb that is no order."""
_TO_YOU: Final = re.compile(r"\b(?:you|assistant|please)\b")


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found: `text[start:end]`, and the points it gives in prose and in a code block."""

    kind: str
    worth: int
    in_code: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Rule:
    """A pattern; needs: literals of which a text it can match has at least one. native: for unmapped letters."""

    kind: str
    worth: int
    needs: tuple[str, ...]
    pattern: re.Pattern[str]
    in_code: int
    native: bool = False
    imperative: bool = False


def _rule(
    kind: str,
    worth: int,
    needs: str,
    pattern: str,
    *,
    in_code: int | None = None,
    native: bool = False,
    imperative: bool = False,
) -> _Rule:
    """imperative: worth one point less than enough where the verb only tells what somebody does."""
    compiled = re.compile(pattern, re.MULTILINE)
    return _Rule(
        kind,
        worth,
        tuple(needs.split("|")),
        compiled,
        worth if in_code is None else in_code,
        native,
        imperative,
    )


_IGNORES: Final = "ignore|disregard|forget|overr|bypass|discard|neglect|overlook|dismiss|abandon|drop"

_ENGLISH: Final = (
    _rule(
        "override",
        3,
        _IGNORES,
        rf"\b{_IGNORE}{_G}(?:{_FILLER}{_G}){{0,4}}{_BEFORE}{_G}(?:(?:{_FILLER}|{_BEFORE}){_G}"
        rf"){{0,4}}{_RULES}\b",
        imperative=True,
    ),
    _rule(
        "override",
        3,
        "ignore|disregard|forget",
        rf"\b(?:ignore|disregard|forget){_G}(?:(?:all|any|the|your|these){_G}){{0,3}}(?:instructions?"
        rf"|guidelines|directives)"
        rf"(?:{_G}(?:above|before|so far|given|until now|that came|you|from))",
        imperative=True,
    ),
    _rule(
        "override",
        2,
        "ignore|disregard|forget",
        rf"\b(?:ignore|disregard|forget){_G}(?:all|everything|anything|what(?:ever)?|any)"
        rf"{_G}{_some(3)}(?:above|before|prior|told|said|know|learned|instructions?|rules|prompts?|else)\b",
        imperative=True,
    ),
    _rule(
        "override",
        3,
        "forget everything|forget all",
        rf"\bforget{_G}(?:everything|all){_G}(?:that{_G})?you{_G}(?:know|were|have|'ve|learned|had)",
    ),
    _rule(
        "override",
        3,
        "follow|obey|listen|comply|adhere",
        rf"\b(?:do{_G}not|don't|never|stop|no longer|cease){_G}(?:to{_G})?(?:follow|obey|listen|comply"
        rf"|adhere)(?:ing)?{_G}"
        rf"(?:(?:to|with|all|any|the){_G}){{0,3}}(?:{_BEFORE}){_G}{_some(2)}{_RULES}\b",
    ),
    _rule(
        "override",
        2,
        "overrid|supersed|replaces",
        rf"\b(?:this|these|which|it){_G}{_some(2)}(?:overrid(?:es?|ing)|supersedes?|replaces?){_G}"
        rf"{_some(3)}{_RULES}\b",
    ),
    _rule(
        "override",
        3,
        "ignorea|ignoret|ignorep|disregarda|disregardp|forgeta|forgetp|forgety",
        r"\b(?:ignore|disregard|forget)(?:all|any|the|your|of|my){0,4}(?:previous|prior|above|earlier"
        r"|system)?"
        r"(?:instruction|prompt|rule|guideline)",
    ),
    _rule(
        "instructions",
        2,
        "instruction|directive|order",
        r"\b(?:new|updated|revised|real|actual|true|secret|hidden|special|urgent|following|next|final|system"
        r"|admin)"
        rf"{_G}(?:instructions?|directives?|orders){_G0}(?::|-|$|are\b)",
    ),
    _rule(
        "instructions",
        2,
        "follow |follow\n|obey|comply with|carry out|execute ",
        rf"\b(?:follow|obey|comply{_G}with|carry{_G}out|execute){_G}(?:only{_G})?(?:these|my|this){_G}"
        rf"{_some(2)}"
        rf"(?:instructions?|orders?|directives?|commands?)\b",
    ),
    _rule(
        "instructions",
        3,
        "your new|your real|your only|your actual|your true|your task is|your job is|your goal is|your next",
        rf"\byour{_G}(?:new|real|only|actual|true|next){_G}(?:tasks?|jobs?|goals?|roles?|instructions?"
        rf"|objectives?|missions?|purpose)"
        rf"\b|\byour{_G}(?:task|job|goal){_G}is{_G}(?:now|no longer){_G}",
    ),
    _rule(
        "instructions",
        2,
        "do as i|obey|do what i|do exactly",
        rf"\bdo{_G}(?:exactly{_G})?(?:as|what){_G}i{_G}(?:say|tell|ask)|\byou{_G}(?:must|will|shall){_G}"
        rf"(?:now{_G})?obey\b",
    ),
    _rule(
        "instructions",
        3,
        "instruction|order|prompt",
        rf"\b(?:do{_G}not|don't|never){_G}(?:mention|reveal|tell|disclose|report|list|flag|quote|repeat){_G}"
        rf"{_some(3)}(?:this|these|that|the)"
        rf"{_G}(?:{_some(1)})(?:instructions?|orders?|prompt)\b",
    ),
    _rule(
        "instructions",
        2,
        "end of|begin|start of|end untrusted|end user|end system|end issue",
        rf"(?:^|[-=#*<\[(]{{1,3}}\s?)(?:end|begin(?:ning)?|start){_G}(?:of{_G})?(?:the{_G})?(?:untrusted"
        rf"|user|github|issue"
        rf"|quoted|external|system|override|admin|prompt)(?:{_G}(?:data|text|input|content|prompt|message"
        rf"|instructions?"
        rf"|override|section|issue|body))?{_G0}(?:-{{2,}}|={{2,}}|\]|\*|#|:|>|$)",
    ),
    _rule(
        "instructions",
        2,
        "system override|system notice|system alert|admin override|system update|system directive"
        "|developer override|system note",
        rf"\b(?:system|admin(?:istrator)?|developer){_G}(?:override|notice|alert|update|directive|note"
        rf"|command|message)\b{_G0}(?::|-|!|\]|$)",
    ),
    _rule(
        "report",
        2,
        "summari|digest|assess|recap|rating|rate th|describ|review th|reviewing|process th"
        "|processing|analys|analyz|reading|read th|report th|reporting|listing|list th|mention",
        rf"\b(?:when|while|before|after|upon|once|if){_G}(?:you{_G})?(?:are{_G})?(?:asked{_G}to{_G}"
        rf")?(?:summari[sz]|digest|assess|recap|report|rat|describ|"
        rf"review|process|analy[sz]|read|writ|list|mention)\w{{0,3}}{_G}(?:on{_G}|about{_G}|up{_G}"
        rf")?(?:{_HERE}|this|it\b|anything)",
    ),
    _rule(
        "report",
        3,
        "summari|digest|assess|recap|rating|rate th|describ",
        rf"\b(?:when|while|before|after|upon|once|if){_G}(?:you{_G})?(?:are{_G})?(?:asked{_G}to{_G})?"
        rf"(?:summari[sz]|digest|assess|recap|rat|describ)\w{{0,3}}{_G}(?:(?:{_HERE}|this|it)\b)(?:{_G0}"
        rf"|{_G}{_some(3)}){_SAY}\b",
    ),
    _rule(
        "report",
        2,
        "digest|summar|newsletter|recap|briefing|assessment|report|bulletin|overview",
        rf"\b(?:in|into|to|of|at|on|with|for|from){_G}(?:(?:the{_G})?(?:top|start|beginning|end|head"
        rf"|first line){_G}of{_G})?"
        rf"(?:your|any|every|each|all|the|this|today's){_G}{_some(1)}(?:digests?|newsletters?|recaps?"
        rf"|briefings?|assessments?)\b"
        rf"|\b(?:in|into|to|at){_G}(?:(?:the{_G})?(?:top|start|beginning|end){_G}of{_G})?(?:your|every){_G}"
        rf"{_some(1)}(?:summary|summaries|answer|response|output|report|section)\b",
    ),
    _rule(
        "report",
        1,
        "summar|report",
        rf"\b(?:in|into|to|at{_G}the{_G}\w{{3,9}}{_G}of){_G}(?:the|any|each|this){_G}{_some(1)}(?:summary"
        rf"|summaries|reports?)\b",
    ),
    _rule(
        "report",
        3,
        "digest|summar|newsletter|recap|briefing|assessment",
        rf"\b(?:the|your|every|any|each|this){_G}{_some(1)}(?:digests?|summary|summaries|newsletter|recap"
        rf"|briefing){_G}"
        rf"(?:must|has{_G}to|needs{_G}to|shall|ought{_G}to|is{_G}required{_G}to|will){_G}(?:only{_G}|not{_G}"
        rf")?{_SAY}\b",
    ),
    _rule(
        "report",
        3,
        "summari|describe|present|portray|characteri|digest",
        rf"\b(?:summari[sz]e|describe|present|portray|characteri[sz]e|digest){_G}(?:{_HERE}|this|it){_G}"
        rf"{_some(2)}(?:as|like|with{_G}the|only|by{_G}saying)\b",
        imperative=True,
    ),
    _rule(
        "report",
        3,
        "reader|subscriber|users of|audience|everyone who reads",
        rf"\b(?:tell|inform|notify|convince|instruct|urge|warn|advise|ask|direct){_G}"
        rf"(?:(?:the|all|your|every|our|any|this|digest(?:'s)?){_G}){{0,3}}(?:readers?|subscribers?"
        rf"|audience)\b",
        imperative=True,
    ),
    _rule(
        "report",
        2,
        "mention|not includ|n't includ|never includ|not report|n't report|not summari|not list"
        "|n't list|everything else|the rest|others",
        rf"\b(?:do{_G}not|don't|never){_G}(?:mention|include|report|summari[sz]e|list|cover){_G}(?:any{_G}"
        rf"(?:other|of)|other|the{_G}(?:other|rest)"
        rf"|anything|everything)|\b(?:omit|leave{_G}out|skip|hide){_G}(?:everything{_G}else|the{_G}(?:rest"
        rf"|others?)|all{_G}(?:the{_G})?others?)",
    ),
    _rule(
        "addressed",
        3,
        "if you're|if you are|since you are|because you are|are an ai|are a language|are an llm"
        "|as you are|you're an ai",
        rf"\b(?:if|since|because|as|whenever|when){_G}(?:you(?:'re|{_G}are)|reader is"
        rf"|this is being read by){_G}{_AI}\b",
    ),
    _rule(
        "addressed",
        3,
        "note to|note for|message to|message for|memo to|memo for|attention to|attention for"
        "|instruction|request to|request for|reminder|important to|important for|order",
        rf"\b(?:note|notice|message|memo|instructions?|request|reminder|orders?|important|attention){_G}"
        rf"(?:(?:to{_G}{_AI}{_G0}"
        rf"(?::|,|-|!|;|\bread|\bsumm|\bproc|\bthat\b|\bwho\b|$))|for{_G}{_AI}{_G0}(?::|!|\bread|\bsumm"
        rf"|\bproc))",
    ),
    _rule(
        "addressed",
        3,
        "reading|reads th|read th|summari|processing|processes th|digesting|digests th|analyzing"
        "|analysing|parsing|reviewing|assessing|consuming",
        rf"\b{_AI}{_G}(?:(?:that|who|which|are|is|now|currently){_G}){{0,3}}(?:reading|read|reads"
        rf"|summari[sz](?:ing|es?)|process(?:ing|es)|digest(?:ing|s)"
        rf"|pars(?:ing|es)|analy[sz](?:ing|es)|assess(?:ing|es)|consum(?:ing|es)|review(?:ing|s)){_G}"
        rf"(?:{_HERE}|this\b(?!{_G}(?:prompt|request|token)))",
    ),
    _rule(
        "addressed",
        2,
        "dear |hey |hey,|hello|psst|hi ai|hi, ai|hi llm|hi gpt|hi ch|ok ai|ok, |okay|attention|listen ",
        rf"(?:^|[.!?]\s|\")\W{{0,4}}(?:(?:dear|hey|ok|okay|listen|psst){_G0}(?:{_AI}|model)"
        rf"|(?:hello|hi|attention){_G0}{_AI}){_G0}(?:,|:|!|-|\.|\s)",
        in_code=0,
    ),
    _rule(
        "addressed",
        2,
        "summari|digest|ai assist|ai agent|ai model|ai tool|ai summ|ais ",
        rf"\b(?:the{_G})?(?:summari[sz]ers?|digest{_G}(?:bot|writer|model)|ai{_G}(?:assistants?|agents?"
        rf"|models?|tools?|summari[sz]ers?)|ais)"
        rf"{_G}(?:must|should|shall|has{_G}to|have{_G}to|needs?{_G}to|are{_G}(?:required|instructed|ordered)"
        rf"|please|will{_G}now){_G}",
    ),
    _rule(
        "model", 1, "language model|llm|an ai|as ai|assistant", rf"\b(?:as|you,?){_G}{_AI}\b|^{_AI}\s?[:,]"
    ),
    _rule(
        "rating",
        3,
        "rate th|rate it|rate my|rate #|score th|score it|score my|rank th|rank it|grade th"
        "|grade it|importance|insight",
        rf"\b(?:rate|score|rank|grade){_G}(?:{_HERE}|this|it|my|#\d+)(?:{_G}{_some(4)}|{_G0})(?:as{_G}"
        rf"|an?{_G}|at{_G}|with{_G}){{0,2}}"
        rf"(?:10|ten|100|highest|max(?:imum)?|critical|top|most)\b"
        rf"|\b(?:importance|insight(?:fulness)?){_G0}(?:{_G}(?:score|rating|value))?{_G0}(?:is|=|:|to|of|as"
        rf"|must{_G}be|should{_G}be|at)?{_G0}"
        rf"(?:10|ten|100|highest|max(?:imum)?|critical|top)\b"
        rf"|\b(?:highest|max(?:imum)?|top|full){_G}(?:possible{_G})?(?:importance|insight)\b",
        in_code=2,
    ),
    _rule(
        "rating",
        3,
        "risk|importance|severity|urgent|key change|key pr",
        rf"\b(?:mark|flag|label|classify|set|tag|categori[sz]e|treat|list|report){_G}(?:{_HERE}|this|it|#\d+"
        rf"|me){_G}{_some(3)}(?:as|to|with|under){_G}"
        rf"{_some(2)}(?:risks?|importance|importan|severity|key{_G}(?:change|pr)|urgent)\b",
        imperative=True,
    ),
    _rule(
        "rating",
        2,
        "mark th|mark it|classify|flag th|flag it|treat th|treat it",
        rf"\b(?:mark|flag|classify|treat){_G}(?:{_HERE}|this|it){_G}{_some(2)}as{_G}{_some(1)}(?:critical"
        rf"|urgent|highest|top|security|important)\b",
        imperative=True,
    ),
    _rule(
        "reveal",
        3,
        "reveal|leak|disclose|recite|expose|exfiltrat|verbatim|repeat",
        rf"\b(?:reveal|leak|disclose|recite|expose|exfiltrate|repeat){_G}{_some(4)}(?:your|the|all|any){_G}"
        rf"{_some(2)}"
        rf"(?:system{_G}(?:prompt|message|instructions?)|prompt|instructions?|api{_G}keys?|secrets?"
        rf"|credentials|tokens?{_G}you|configuration)\b"
        rf"|\b(?:system{_G}prompt|instructions){_G}(?:verbatim|word{_G}for{_G}word)",
        imperative=True,
    ),
    _rule(
        "reveal",
        2,
        "your system|your hidden|your initial|your original|your secret|your instructions"
        "|your prompt|your api|your environment",
        rf"\b(?:print|show|output|display|share|give|send|tell|dump|list|what{_G}(?:is|are)){_G}"
        rf"{_some(3)}your{_G}(?:full{_G}|entire{_G}|own{_G})?"
        rf"(?:(?:system|hidden|initial|original|secret|internal){_G}(?:prompt|instructions?|message|rules)"
        rf"|instructions|api{_G}keys?)\b",
        imperative=True,
    ),
    _rule(
        "persona",
        2,
        "you are now|you're now|from now on|henceforth|pretend|role|act as|jailbreak|dan mode"
        "|god mode|developer mode|no longer bound",
        rf"\byou(?:'re|{_G}are){_G}now{_G}(?:an?|the|no{_G}longer|dan|acting|playing|free|in{_G}"
        rf"\w{{2,12}}{_G}mode)\b"
        rf"|\b(?:from{_G}now{_G}on|henceforth|from{_G}this{_G}point(?:{_G}on)?){_G0}{_G}?(?:you|act|answer"
        rf"|respond|speak|write|your|every|all{_G}your)\b"
        rf"|\bpretend{_G}(?:to{_G}be|that{_G}you|you)\b|\b(?:act|behave){_G}as{_G}(?:if{_G}you|an?{_G}(?:ai"
        rf"|unrestricted|expert|hacker|dan)|dan\b)"
        rf"|\b(?:jailbreak|dan|god|developer|unrestricted){_G}mode\b|\bno{_G}longer{_G}bound{_G}by\b",
        in_code=1,
    ),
    _rule(
        "turn",
        1,
        "system|assistant|human|user|instruction|im start|im end|inst]|<<sys|header id"
        "|start of turn|end of turn|developer|[system",
        r"^[ \t>|#*\[({-]{0,8}\|?(?:system|assistant|developer|human|user|instructions?|input|response"
        r"|admin)"
        r"(?:\s(?:message|prompt|override|notice|instruction|note)s?)?[\]|*)}\" ]{0,4}[:：\n]"
        r"|<\W{0,2}(?:im start|im end|system|user|assistant|start header id|end header id|eot id"
        r"|start of turn|end of turn|endoftext)\W{0,2}>"
        r"|\[/?inst\]|<<sys>>|^#{2,4}\s?(?:instruction|response|input|system|human|user|assistant)\b",
    ),
    _rule(
        "say",
        1,
        "say|stat|claim|declar|announc|writ|reply|respond|answer|output|print|conclu|recommend|tell"
        "|praise|instead",
        rf"(?:^|[.!?:;,)>\"'\]-]\s?|\b(?:you|please|must|should|then|and|now|to|only|always|instead|just"
        rf"|simply|also|not"
        rf"|shall|will){_G})(?:(?:only|simply|always|just|instead){_G})?"
        rf"(?:(?:say|claim|declare|announce|praise|recommend)\b(?!{_G}(?:hello|hi)\b)"
        rf"|(?:state|write|reply|respond|answer|output|print|conclude|tell){_G}(?:{_some(2)})(?:that|only"
        rf"|exactly|nothing"
        rf"|instead|verbatim|readers?|everyone|everybody|people|them)\b"
        rf"|(?:state|write|reply|respond|answer|output|print){_G0}(?:{_G}(?:with|the following))?{_G0}[:\"]"
        rf"|(?:write|reply|respond|answer){_G}{_some(3)}with\b)",
    ),
    _rule(
        "say",
        1,
        "includ|insert|append|add |put |link |cite |quote ",
        rf"\b(?:include|insert|append|add|put|link|cite|quote){_G}(?:this|the|following|exactly|these"
        rf"|an?){_G}{_some(3)}"
        rf"(?:sentences?|links?|urls?|images?|words|phrase|statement|badge|banner|advert\w*)\b",
    ),
    _rule("call", 1, '"name"|"tool', r'"(?:name|tool|tool call|tool calls|function)"\s{0,3}:\s{0,3}["{\[]'),
    _rule(
        "tag",
        2,
        "</|<facts|<item|<task|<repair|<untrusted",
        r"<\s{0,3}/\s{0,3}(?:facts|items?|task|repair|untrusted|github|context|document|data)\s{0,3}>"
        r"|<\s{0,3}(?:facts|task|repair|untrusted)\b[^<>\n]{0,60}>|<\s{0,3}item\s{1,3}number",
        in_code=2,
    ),
    _rule(
        "facts",
        1,
        "prs merged|issues opened|prs opened",
        r"\b(?:prs merged|issues opened|prs opened|issues closed)\b",
    ),
    _rule(
        "tag",
        2,
        "<system|<instruct|<admin|<override|<prompt|<important|</system|</instruct|<assistant"
        "|</user|<encoded",
        r"<\s{0,3}/?\s{0,3}(?:system|instructions?|admin|override|prompt|important|assistant|user"
        r"|encoded)(?:\s(?:message|prompt|note|instructions?))?\s{0,3}>",
        in_code=1,
    ),
)

_MODEL_ZH: Final = r"(?:ai|人工智[能慧]|大?[语語]言模型|大模型|llm|[机機]器人|智能助手|聊天助手)"
_OUR_ZH: Final = r"(?:摘要|总结|總結|日报|日報|周报|週報|月报|简报|簡報|汇总|匯總|综述|要点|评估|概述)"
_SAY_ZH: Final = (
    r"(?:写|寫|说|說|称|稱|加入|加上|添加|注明|声明|聲明|强调|強調|宣布|宣称|包含"
    r"|插入|标注|提到|提及|推荐|告诉|输出|回答|回复|附上|列出|引用)"
)

_CHINESE: Final = (
    _rule(
        "override",
        3,
        "忽略|无视|無視|忘记|忘記|忘掉|不要理会|不用管|抛弃|推翻|不要遵守|不要遵循|停止遵守",
        r"(?<![会會被来來易])(?:忽略|[无無][视視]|忘[记記掉]|不要理会|不用管|抛弃|推翻|不要遵[守循]|停止遵[守循])(?!了|的)[^\n。！？!?]{0,8}?"
        r"(?:以上|上述|之前|前面|先前|此前|上面|所有|一切|你的|全部|既[有定]|原[有来]|系统)[^\n。！？!?]{0,8}?"
        r"(?:指令|指示|提示词?|命令|要求|[规規][则則定]|[设設]定|限制|[约約]束)",
    ),
    _rule(
        "persona",
        2,
        "你现在是|你現在是|从现在|從現在|从今|扮演|假装你|你将扮演",
        r"你[现現]在是|[从從][现現]在起?(?:[开開]始)?[,，、]?\s?你|[从從]今以?[后後][,，]?你|[请請你][将將]?扮演|假[装裝]你",
        in_code=1,
    ),
    _rule(
        "report",
        3,
        "摘要|总结|總結|日报|日報|周报|週報|月报|简报|簡報|汇总|匯總|综述|评估",
        rf"(?:在|于|於|把|为|给|向|到)[^\n。！？!?]{{0,8}}?{_OUR_ZH}[^\n。！？!?]{{0,4}}?(?:里|裡|中|内|內|开头|開頭|结尾|最后|首行|第一行"
        rf"|顶部)[^\n。！？!?]{{0,10}}?{_SAY_ZH}"
        rf"|{_OUR_ZH}(?:里|中|内)?(?:必须|必須|务必|只能|应当|应该|一定要)[^\n。！？!?]{{0,6}}?{_SAY_ZH}",
    ),
    _rule(
        "report",
        2,
        "报告|報告",
        rf"在[^\n。！？!?]{{0,8}}?[报報]告[^\n。！？!?]{{0,4}}?(?:里|裡|中|内|开头|结尾|最后)[^\n。！？!?]{{0,8}}?{_SAY_ZH}",
    ),
    _rule(
        "report",
        3,
        "总结|總結|汇总|概括|摘要|评估|評估|报道|描述|概述",
        rf"(?:总结|總結|汇总|概括|摘要|[评評]估|报道|描述|概述)[^\n。！？!?]{{0,4}}?(?:本|[这這]个?|该|該|此)[^\n。！？!?]{{0,12}}?(?:[时時]"
        rf"|的时候|为|為|成)[^\n。！？!?]{{0,10}}?(?:{_SAY_ZH}|务必|必须|必須)",
    ),
    _rule(
        "addressed", 3, "如果你是|若你是|假如你是", rf"(?:如果|若|假如)你是[^\n。！？!?]{{0,6}}?{_MODEL_ZH}"
    ),
    _rule(
        "addressed",
        3,
        "阅读|閱讀|读取|处理|处理|总结",
        rf"(?:[阅閱][读讀]|[读讀]取|处理|[总總][结結]|分析)(?:本|此|[这這]"
        rf"|以[上下])[^\n。！？!?]{{0,10}}?的[^\n。！？!?]{{0,4}}?{_MODEL_ZH}(?!推理|引擎|框架|平台|服务)",
    ),
    _rule(
        "addressed",
        2,
        "作为|作為|致|各位|所有|给",
        r"(?:作[为為]|致|各位|所有)(?:一[个名個])?(?:各位|所有|任何)?\s?(?:ai|人工智[能慧]|[语語]言模型|摘要)(?:助手|模型|工具"
        r"|[机機]器人)?(?=[,，:：。！!]|你|必|请|請|应|務|务)",
    ),
    _rule(
        "instructions",
        2,
        "指令|指示|任务|任務|命令",
        r"(?:新的?|真正的?|最新|系统)(?:指令|指示|任[务務])\s?(?:[:：是]|如下)",
    ),
    _rule(
        "instructions",
        3,
        "你的新|你真正|你的真正|你唯一|你的唯一",
        r"你的?(?:新|真正|唯一)的?(?:任[务務]|指令|目[标標]|角色|身份)",
    ),
    _rule(
        "instructions",
        3,
        "指令|提示|命令|消息",
        r"(?:不要|不得|禁止|[请請]勿)(?:提及|提到|透露|告[诉訴]|泄露)[^\n。！？!?]{0,6}?(?:本|[这這]条?|此|[该該])(?:指令|消息|提示|命令)",
    ),
    _rule(
        "rating",
        3,
        "重要|洞察|评分|評分|打分",
        r"(?:重要(?:性|程度|度)|洞察(?:力|度)?|[评評打]分)[^\n。！？!?]{0,8}?(?:10|十分|[满滿]分|最高|[为為]十)",
    ),
    _rule(
        "rating",
        3,
        "标记|標記|标为|评为|列为|设为|定为",
        r"(?:[标標][记記]?[为為成]?|评为|列为|设为|定为)[^\n。！？!?]{0,8}?(?:[严嚴]重|最高|重大|[极極]高"
        r"|[关關][键鍵])[^\n。！？!?]{0,4}?(?:[风風][险險]|重要|优先|[变變]更)",
    ),
    _rule(
        "reveal",
        3,
        "提示词|提示|指令|设定",
        r"(?:透露|泄露|泄漏|复述|複述|公开|輸出|输出|打印|[显顯]示|告[诉訴]我|重复)[^\n。！？!?]{0,6}?你的[^\n。！？!?]{0,6}?(?:提示[词詞]?|指令"
        r"|[设設]定|密[钥鑰])",
    ),
    _rule("reveal", 3, "系统提示|系統提示", r"(?:透露|泄露|泄漏|复述|逐字)[^\n。！？!?]{0,8}?系[统統]提示"),
    _rule(
        "turn",
        1,
        "系统|系統|助手|用户",
        r"^[ \t>|#*\[【(（-]{0,8}(?:系[统統]|助手|用[户戶])(?:提示[词詞]?|消息|指令|通知|命令)?[\]】）)]?\s?[:：]",
    ),
    _rule(
        "say",
        1,
        "说|写|回答|输出|回复|声明|声称|宣布|称|强调",
        r"(?:必须|必須|[务務]必|只能|[请請]|直接|改为|并且?|然后|而是)[^\n。！？!?]{0,6}?(?:[说說]|[写寫]|回答|[输輸]出|回[复覆]|声明|声称|宣布|强调"
        r"|告[诉訴]|推荐)",
    ),
)

_OTHERS: Final = (
    _rule(
        "override",
        3,
        "指示|命令|プロンプト|ルール|指令",
        r"(?:以前|上記|これまで|すべて|全て|今まで|前|上)[^\n。]{0,8}?(?:指示|命令|フロンフト|プロンプト|ルール|指令)[^\n。]{0,6}?(?:無視|忘れ|破棄|従わない)",
    ),
    _rule(
        "report",
        3,
        "要約|まとめ|レポート|ダイジェスト",
        r"(?:要約|まとめ|レポート|ダイジェスト)(?:に|では|で|の中で)[^\n。]{0,40}?(?:書[いけ]|述べ|含め|記載し|言[いっ])[^\n。]{0,4}?(?:て|ろ|なさい"
        r"|ください|こと)",
    ),
    _rule(
        "override",
        3,
        "지시|명령|프롬프트|규칙",
        r"(?:이전|위의?|앞의|모든|지금까지)[^\n.]{0,10}?(?:지시|명령|프롬프트|규칙)[^\n.]{0,8}?(?:무시|잊)",
    ),
    _rule(
        "override",
        3,
        "instrucc|indicac|reglas|ordenes|instruc|regras",
        rf"\b(?:ignor[ae]n?|olvid[ae]n?|descart[ae]n?|desestim[ae]|esquec[ae]|desconsider[ae]){_G}"
        rf"{_some(4)}(?:instrucciones|indicaciones|reglas|ordenes|instrucoes|orientacoes|regras|ordens)\b",
    ),
    _rule(
        "override",
        3,
        "anweisung|instruktion|befehl|vorgabe|regeln|prompt",
        rf"\b(?:ignorier(?:e|en|t)|vergiss|vergesse?n?|missachten?|verwirf){_G}{_some(4)}(?:vorherig"
        rf"|bisherig|obig|vorangehend|vorangegangen|fruher|deine|alle|system|ursprunglich)\w{{0,3}}{_G}"
        rf"{_some(2)}(?:anweisungen?|instruktionen|befehle?|vorgaben|regeln|prompts?)\b",
    ),
    _rule(
        "override",
        3,
        "instructions|consignes|directives|ordres|regles",
        rf"\b(?:ignore[zr]?|oublie[zr]?|neglige[zr]?){_G}{_some(4)}(?:instructions|consignes|directives"
        rf"|ordres|regles){_G}(?:precedent|anterieur|ci-dessus|initial|du systeme)",
    ),
    _rule(
        "override",
        3,
        "istruzioni|indicazioni",
        rf"\b(?:ignora(?:te)?|dimentica(?:te)?){_G}{_some(4)}(?:istruzioni|indicazioni)\b",
    ),
    _rule(
        "override",
        3,
        "инструкц|указани|команд|правил|подсказ",
        r"(?:игнорируи(?:те)?|забудь(?:те)?|проигнорируи(?:те)?"
        r"|не следуи(?:те)?)\s(?:[\w-]{1,20}\s){0,4}(?:инструкци|указани|команд|правил|подсказ)",
        native=True,
    ),
)

_BY_WORTH: Final = sorted((*_ENGLISH, *_CHINESE, *_OTHERS), key=lambda rule: -rule.worth)
_TELLING_NEEDS: Final = {
    native: tuple(
        dict.fromkeys(n for rule in _BY_WORTH if rule.worth > 1 and rule.native == native for n in rule.needs)
    )
    for native in (False, True)
}
_REACH_BACK, _REACH_ON = 240, 480
"""How far before and after a literal of its a rule can reach, in characters: the bounds of its repetitions."""
_STRIDE: Final = 120
"""A literal that stands again within this is near already."""


def concern(text: str, *, is_native: bool = False) -> bool:
    """Whether any rule that counts for something could find anything in `text`: a quick look."""
    return any(need in text for need in _TELLING_NEEDS[is_native])


def found(text: str, *, is_native: bool = False) -> Iterator[Found]:
    """Whatever the rules find in `text`, rule by rule; what every prompt has, only where there is something else."""
    telling = False
    for rule in _BY_WORTH:
        if rule.native != is_native or (rule.worth == 1 and not telling):
            continue
        for match in _matches(rule, text):
            worth, in_code = rule.worth, rule.in_code
            if rule.imperative and _describes(text, match.start()):
                worth, in_code = worth - 2, in_code - 2
            if worth > 0:
                telling = True
                yield Found(rule.kind, worth, max(in_code, 0), match.start(), match.end())


def _matches(rule: _Rule, text: str) -> Iterator[re.Match[str]]:
    """The rule's matches, looked for near its literals only: most of a text is far from all of them."""
    done = 0
    for begin, end in _near(rule.needs, text):
        for match in rule.pattern.finditer(text, max(begin, done), end):
            done = max(match.end(), match.start() + 1)
            yield match


def _near(needs: tuple[str, ...], text: str) -> Iterator[tuple[int, int]]:
    """Where any of the literals stands, widened and joined, in order."""
    places: list[int] = []
    for need in needs:
        at = text.find(need)
        while at >= 0:
            places.append(at)
            at = text.find(need, at + _STRIDE)
    places.sort()
    begin = end = -1
    for place in places:
        if place - _REACH_BACK > end:
            if end >= 0:
                yield begin, end
            begin = max(0, place - _REACH_BACK)
        end = place + _REACH_ON
    if end >= 0:
        yield begin, end


def _describes(text: str, at: int) -> bool:
    """Whether what stands before the verb at `at` tells that somebody does it, instead of ordering it."""
    before = text[max(0, at - 40) : at]
    return _DESCRIBES.search(before) is not None and not _TO_YOU.search(before)
