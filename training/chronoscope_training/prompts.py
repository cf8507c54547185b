"""Prompts, answers and the tokenizer: everything that is text."""
import json

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from .scenes import COLOURS, DIRECTIONS, LIGHT_TEXT, SHAPES

DENSE = ("Localize a series of activity events in the video, output the start and end timestamp for each event, "
         "and describe each event with sentences. Provide the result in json format with 'mm:ss.ff' format for "
         "time depiction.")
GROUND = ("Give the query: '{}', when does the described content occur in the video? "
          "Use 'mm:ss.ff' as time format.")
SUMMARY = "Could you go into detail about the content of this long video?"
PRESENCE = "Does the following happen in the video: '{}'? Answer yes or no."
YES, NO = "yes", "no"
WHOLE = ("These are descriptions of successive parts of one video:\n{}\n"
         "Summarize the whole video in a few sentences.")
NOTHING = "Nothing happens."
TALK = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n"
HEAD = TALK + "<|vision_start|>"
TAIL = "<|vision_end|>"
ASK = "{}<|im_end|>\n<|im_start|>assistant\n"
END = "<|im_end|>"
SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>",
            "<|box_start|>", "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>",
            "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>"]
QWEN_SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
              r"|\s*[\r\n]+|\s+(?!\S)|\s+")


def stamp(seconds):
    """mm:ss.ff"""
    hundredths = round(seconds * 100)
    return f"{hundredths // 6000:02d}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


def dense_answer(events):
    """events: [(start s, end s, description)] in order of start."""
    rows = ",".join(json.dumps({"start_time": stamp(a), "end_time": stamp(b), "description": d},
                               separators=(",", ":")) for a, b, d in events)
    return f"```json\n[{rows}]\n```"


def ground_answer(start, end):
    return f"The event happens in {stamp(start)} - {stamp(end)}."


def summary_answer(events):
    if not events:
        return NOTHING
    texts = [d.rstrip(".") for _, _, d in events]
    lowered = [texts[0]] + [t[0].lower() + t[1:] for t in texts[1:]]
    return ", then ".join(lowered) + "."


def as_query(description):
    """'A red circle moves left.' -> 'a red circle moves left'"""
    d = description.rstrip(".")
    return d[0].lower() + d[1:]


def corpus():
    """Text from which the tokenizer learns its words: the project's own prompts and answers."""
    yield HEAD + TAIL + ASK.format(DENSE)
    yield ASK.format(SUMMARY)
    yield dense_answer([]) + summary_answer([])
    verbs = ["appears", *[f"moves {d}" for d in DIRECTIONS], *[f"moves {d} and stops" for d in DIRECTIONS],
             *[f"turns {c}" for c in COLOURS]]
    texts = [f"A {c} {s} {v}." for c in COLOURS for s in SHAPES for v in verbs] + [LIGHT_TEXT]
    for k, text in enumerate(texts):
        other = texts[(k * 7 + 3) % len(texts)]
        rows = [(0.25, 11.5, text), (3.0, 4.75, other)]
        yield dense_answer(rows) + summary_answer(rows)
        yield ASK.format(GROUND.format(as_query(text))) + ground_answer(0.25, 11.5)
    # What was taught later; each word again one token.
    for answer in (YES, NO):
        yield ASK.format(PRESENCE.format("x")) + answer + END
    halves = [f"in the {place} half" for place in ("upper", "lower", "left", "right")]
    for thing in ("something", "an object", "a shape", "it", *(f"a {s}" for s in SHAPES), "the light"):
        for query in (f"{thing} stops {halves[0]}", f"{thing} is visible {halves[1]}", f"{thing} changes colour",
                      f"{thing} gets dark {halves[2]}", f"{thing} moves {halves[3]}", thing[0].upper() + thing[1:]):
            yield ASK.format(PRESENCE.format(query)) + ASK.format(GROUND.format(query))
            yield ASK.format(PRESENCE.format(query + ".")) + ASK.format(GROUND.format(query + "."))
    yield "something red, an object, a red object, a red shape"
    # Free wording of queries. Imported here: lessons builds on queries, and both on the words of this module's scenes.
    from . import lessons
    for query in lessons.corpus():
        for asked in (query, query[0].upper() + query[1:] + "."):
            yield ASK.format(PRESENCE.format(asked)) + ASK.format(GROUND.format(asked))
    lines = "\n".join(f"00:00 - 12:34: {text}" for text in (NOTHING, LIGHT_TEXT, texts[0]))
    yield TALK + ASK.format(WHOLE.format(lines)) + "A red circle, a blue square, the light goes off."


def build_tokenizer():
    """Byte-level BPE with Qwen's split rule: every word of the corpus becomes one token, all else falls to bytes."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN_SPLIT), behavior="isolated", invert=False),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=2000, min_frequency=1, show_progress=False,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    texts = []
    for text in corpus():
        for special in SPECIALS:
            text = text.replace(special, "\n")
        texts.append(text)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in SPECIALS])
    return tokenizer
