"""Prompts, answers and the tokenizer: all text."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from .scenes import COLOURS, DIRECTIONS, LIGHT_TEXT, SHAPES

Row: TypeAlias = tuple[float, float, str]  # start s, end s, description

DENSE = (
    "Localize a series of activity events in the video, output the start and end timestamp for each event, "
    "and describe each event with sentences. Provide the result in json format with 'mm:ss.ff' format for "
    "time depiction."
)
GROUND = "Give the query: '{}', when does the described content occur in the video? Use 'mm:ss.ff' as time format."
SUMMARY = "Could you go into detail about the content of this long video?"
PRESENCE = "Does the following happen in the video: '{}'? Answer yes or no."
YES, NO = "yes", "no"
WHOLE = "These are descriptions of successive parts of one video:\n{}\nSummarize the whole video in a few sentences."
NOTHING = "Nothing happens."
SYSTEM = "You are a helpful assistant."
TALK = f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n"
HEAD = TALK + "<|vision_start|>"
TAIL = "<|vision_end|>"
ASK = "{}<|im_end|>\n<|im_start|>assistant\n"
END = "<|im_end|>"
SPECIALS = [
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|object_ref_start|>",
    "<|object_ref_end|>",
    "<|box_start|>",
    "<|box_end|>",
    "<|quad_start|>",
    "<|quad_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
]
QWEN_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def stamp(seconds: float) -> str:
    """mm:ss.ff"""
    hundredths = round(seconds * 100)
    return f"{hundredths // 6000:02d}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


def dense_answer(events: Sequence[Row]) -> str:
    """The fenced JSON array of these events, which are in order of their start.

    The description comes first: what is named can be found in the video when its times are told.
    """
    rows = ",".join(
        json.dumps({"description": d, "start_time": stamp(a), "end_time": stamp(b)}, separators=(",", ":"))
        for a, b, d in events
    )
    return f"```json\n[{rows}]\n```"


def ground_answer(start: float, end: float) -> str:
    """The answer to the grounding question."""
    return f"The event happens in {stamp(start)} - {stamp(end)}."


def summary_answer(events: Sequence[Row]) -> str:
    """The summary of a window with these events."""
    if not events:
        return NOTHING
    texts = [d.rstrip(".") for _, _, d in events]
    lowered = [texts[0], *(t[0].lower() + t[1:] for t in texts[1:])]
    return ", then ".join(lowered) + "."


def as_query(description: str) -> str:
    """'A red circle moves left.' -> 'a red circle moves left'"""
    d = description.rstrip(".")
    return d[0].lower() + d[1:]


def examples() -> dict[str, dict[str, Any]]:
    """Every text that the trainer and the service both build, with example arguments.

    `question` is the text after the arguments are in place, `prompt` the whole chat prompt with one placeholder for
    the video. A test of the service compares its own texts with these.
    """
    from .stories import lines_of

    query = "a red circle moves left and stops in the upper half"
    parts = [
        (0.0, 8.0, "A red circle moves left, then the light goes off."),
        (5.0, 13.0, NOTHING),
        (3600.0, 3670.0, "A red circle, a blue square, the light goes off."),
    ]
    video = HEAD + "<|video_pad|>" + TAIL

    def entry(start: str, template: str, arguments: dict[str, Any], *values: str) -> dict[str, Any]:
        question = template.format(*values)
        return {
            "template": template,
            "arguments": arguments,
            "question": question,
            "prompt": start + ASK.format(question),
        }

    rows = [{"startSeconds": a, "endSeconds": b, "text": text} for a, b, text in parts]
    return {
        "system": {"text": SYSTEM},
        "dense": entry(video, DENSE, {}),
        "grounding": entry(video, GROUND, {"query": query}, query),
        "presence": entry(video, PRESENCE, {"query": query}, query),
        "windowSummary": entry(video, SUMMARY, {}),
        "summaryOfSummaries": entry(TALK, WHOLE, {"parts": rows}, lines_of(parts)),
    }


def corpus() -> Iterator[str]:
    """The text whose words the tokenizer learns: the project's own prompts and answers."""
    yield HEAD + TAIL + ASK.format(DENSE)
    yield ASK.format(SUMMARY)
    yield dense_answer([]) + summary_answer([])
    verbs = [
        "appears",
        *[f"moves {d}" for d in DIRECTIONS],
        *[f"moves {d} and stops" for d in DIRECTIONS],
        *[f"turns {c}" for c in COLOURS],
    ]
    texts = [f"A {c} {s} {v}." for c in COLOURS for s in SHAPES for v in verbs] + [LIGHT_TEXT]
    for k, text in enumerate(texts):
        other = texts[(k * 7 + 3) % len(texts)]
        rows = [(0.25, 11.5, text), (3.0, 4.75, other)]
        yield dense_answer(rows) + summary_answer(rows)
        yield ASK.format(GROUND.format(as_query(text))) + ground_answer(0.25, 11.5)
    # The later questions, again with one token a word.
    for answer in (YES, NO):
        yield ASK.format(PRESENCE.format("x")) + answer + END
    halves = [f"in the {place} half" for place in ("upper", "lower", "left", "right")]
    for thing in ("something", "an object", "a shape", "it", *(f"a {s}" for s in SHAPES), "the light"):
        for query in (
            f"{thing} stops {halves[0]}",
            f"{thing} is visible {halves[1]}",
            f"{thing} changes colour",
            f"{thing} gets dark {halves[2]}",
            f"{thing} moves {halves[3]}",
            thing[0].upper() + thing[1:],
        ):
            yield ASK.format(PRESENCE.format(query)) + ASK.format(GROUND.format(query))
            yield ASK.format(PRESENCE.format(query + ".")) + ASK.format(GROUND.format(query + "."))
    yield "something red, an object, a red object, a red shape"
    # Free wording of queries. The import is local because `lessons` and this module depend on each other's words.
    from . import lessons

    for query in lessons.corpus():
        for asked in (query, query[0].upper() + query[1:] + "."):
            yield ASK.format(PRESENCE.format(asked)) + ASK.format(GROUND.format(asked))
    lines = "\n".join(f"00:00 - 12:34: {text}" for text in (NOTHING, LIGHT_TEXT, texts[0]))
    yield TALK + ASK.format(WHOLE.format(lines)) + "A red circle, a blue square, the light goes off."


def build_tokenizer() -> Tokenizer:
    """Byte-level BPE with Qwen's split rule: every word of the corpus is one token, other words fall back to bytes."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(QWEN_SPLIT), behavior="isolated", invert=False),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=2000,
        min_frequency=1,
        show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
    )
    texts = []
    for text in corpus():
        for special in SPECIALS:
            text = text.replace(special, "\n")
        texts.append(text)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in SPECIALS])
    return tokenizer
