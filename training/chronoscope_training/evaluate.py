"""Scores greedy answers on held-out clips against the scenes' true times."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from . import data, lessons, prompts, queries, render, scenes, stories
from . import model as net
from .data import Branch, Text
from .model import Model, Past
from .prompts import Row
from .render import Frames
from .scenes import Event, Scene

Identity: TypeAlias = tuple[str, str] | str  # colour and shape, or "light"
Window: TypeAlias = tuple[Frames, list[float], Scene]
Margins: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"

TIME = re.compile(r"(\d+):(\d+(?:\.\d+)?)")


@torch.no_grad()
def generate(
    model: Model,
    text: Text,
    frames: Tensor,
    pair_seconds: list[list[float]],
    questions: list[list[int]],
    limit: int = 260,
) -> list[str]:
    """Greedy answers.

    frames: uint8 [clips, 2T, H, W, 3]; pair_seconds: [clips][T]; questions: token ids per clip, all of one length.
    """
    size, grid = len(frames), (frames.shape[2] // 28, frames.shape[3] // 28)
    lay = data.lay_out(text, [[Branch(q, [])] for q in questions], pair_seconds, grid)
    visual, decoder = model.model.visual, model.model.language_model
    device = frames.device
    positions = lay["positions"].to(device)
    x = decoder.embed_tokens(lay["ids"].to(device))
    start, video = lay["head"], lay["video"]
    x[:, start : start + video] = net.encode(visual, frames).reshape(size, video, -1)
    past: Past = []
    x = net.decode(decoder, x, positions, past=past)[:, -1]
    position = positions[:, :, -1:] + 1
    out = torch.empty(size, 0, dtype=torch.long, device=device)
    for _ in range(limit):
        token = F.linear(x, model.lm_head.weight).argmax(-1, keepdim=True)
        out = torch.cat((out, token), 1)
        if (out == text.end).any(1).all():
            break
        x = net.decode(decoder, decoder.embed_tokens(token), position, past=past)[:, 0]
        position = position + 1
    return [text.tokenizer.decode(row[: row.index(text.end)] if text.end in row else row) for row in out.tolist()]


def parse(answer: str) -> list[Row]:
    """The events of a dense answer; none if it is unreadable."""
    try:
        rows = json.loads(answer.strip().removeprefix("```json").removesuffix("```"))

        def seconds(s: str) -> float:
            match = TIME.fullmatch(s)
            if match is None:
                raise ValueError(s)
            minutes, rest = match.groups()
            return int(minutes) * 60 + float(rest)

        return [(seconds(r["start_time"]), seconds(r["end_time"]), r["description"]) for r in rows]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def names(description: str) -> Identity | None:
    """The colour and shape in a description, 'light', or None."""
    if "light" in description.lower():
        return "light"
    colour = next((c for c in re.findall(r"\w+", description.lower()) if c in scenes.COLOURS), None)
    shape = next((s for s in scenes.SHAPES if s in description.lower()), None)
    return (colour, shape) if colour and shape else None


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Temporal IoU of two spans."""
    inside = max(0.0, min(a[1], b[1]) - max(a[0], b[0]))
    union = max(a[1], b[1]) - min(a[0], b[0])
    return inside / union if union > 0 else 0.0


def identities(event: Event) -> set[Identity]:
    """What a description may call this event: either colour of an object that changes."""
    if isinstance(event, scenes.Dark):
        return {"light"}
    return {(scenes.COLOURS[c], scenes.SHAPES[s]) for c, s in event.identities()}


class Score:
    """Sums over answers.

    A row of an answer finds an event if it names its colour and shape; the event's IoU is that of the best such row, 0
    without one. A row is invented if it names nothing that the window shows, or repeats what an earlier row has named.
    Events that overlap the window by less than `least` seconds are optional.
    """

    def __init__(self, least: float = 1.0) -> None:
        self.least, self.invented, self.answers, self.unreadable = least, 0, 0, 0
        self.ious: list[float] = []
        self.wrong = {"colour": 0, "shape": 0, "again": 0, "other": 0}

    def add(self, answer: str, scene: Scene, window: float) -> None:
        """Counts an answer about the window [0, `window`) of a scene."""
        rows = parse(answer)
        self.answers += 1
        self.unreadable += "[" not in answer or (not rows and "[]" not in answer)
        known: set[Identity] = set()
        asked: list[tuple[tuple[float, float], set[Identity]]] = []
        unnamed: list[set[Identity]] = []
        for event in scene.events():
            span = (max(event.t0, 0.0), min(event.t1, window))
            if span[1] > span[0]:
                known |= identities(event)
                unnamed.append(identities(event))
                if span[1] - span[0] >= self.least:
                    asked.append((span, identities(event)))
        for span, these in asked:
            self.ious.append(max((overlap(r[:2], span) for r in rows if names(r[2]) in these), default=-1.0))
        for r in rows:
            who = names(r[2])
            match = next((ids for ids in unnamed if who in ids), None)
            if match is not None:
                unnamed.remove(match)
            elif who in known:
                self.invented += 1
                self.wrong["again"] += 1
            else:
                self.invented += 1
                same = [k for k in known if k != "light"] if who is not None and who != "light" else []
                kind = "other"
                if who is not None and any(k[0] == who[0] for k in same):
                    kind = "shape"
                elif who is not None and any(k[1] == who[1] for k in same):
                    kind = "colour"
                self.wrong[kind] += 1

    def result(self) -> dict[str, Any]:
        """The figures of all answers."""
        iou = np.maximum(self.ious, 0)
        return {
            "miou": float(iou.mean()),
            "r1": float((iou >= 0.5).mean()),
            "r1_07": float((iou >= 0.7).mean()),
            "named": float((np.array(self.ious) >= 0).mean()),
            "invented": self.invented / self.answers,
            "unreadable": self.unreadable / self.answers,
            "wrong": self.wrong,
            "asked": len(iou),
        }


def held_out(seed: int, count: int, fps: float, length: float = 10.0) -> Window:
    """One held-out window; a seed gives the same scene at every fps."""
    rng = np.random.default_rng([seed, 77])
    grid = data.pick(rng, {g: share for g, (_, share) in data.GRIDS.items()})
    aspect = data.GRIDS[grid][0][0]
    scene = scenes.window_scene(rng, length, aspect, count)
    times, _ = data.frame_times(fps, length)
    return render.clip(np.random.default_rng([seed, 78]), scene, times, grid[1] * 28, grid[0] * 28), times, scene


def lesson_window(seed: int, count: int, fps: float, length: float = 10.0, uneven: bool = False) -> Window:
    """One held-out window as `teach` draws them: brief and long events, stops, similar and alike objects."""
    rng = np.random.default_rng([seed, 82])
    grid = data.pick(rng, {g: share for g, (_, share) in data.GRIDS.items()})
    scene = lessons.lesson_scene(rng, length, data.GRIDS[grid][0][0], count, data.LESSON["light"])
    times = (data.uneven_times(rng, fps, length) if uneven else data.frame_times(fps, length))[0]
    return render.clip(np.random.default_rng([seed, 83]), scene, times, grid[1] * 28, grid[0] * 28), times, scene


def run(
    model: Model,
    text: Text,
    first_seed: int,
    clips: int,
    fps: float,
    counts: tuple[int, ...],
    length: float = 10.0,
    batch: int = 24,
    show: int = 0,
    window: Callable[..., Window] = held_out,
    least: float = 1.0,
) -> dict[str, Any]:
    """Scores dense answers on `clips` held-out windows with the given numbers of events."""
    assert first_seed + clips <= data.HELD_OUT_END
    model.eval()
    score, groups = Score(least), dict[Any, list[Window]]()
    for n in range(clips):
        item = window(first_seed + n, counts[n % len(counts)], fps, length)
        groups.setdefault(item[0].shape, []).append(item)
    for items in groups.values():
        for at in range(0, len(items), batch):
            part = items[at : at + batch]
            answers = generate(
                model,
                text,
                torch.from_numpy(np.stack([p[0] for p in part])),
                [p[1][::2] for p in part],
                [text.dense] * len(part),
            )
            for (_, _, scene), answer in zip(part, answers):
                score.add(answer, scene, length)
                if show > 0:
                    show -= 1
                    print(
                        [
                            (round(max(0, e.t0), 2), round(min(length, e.t1), 2), e.describe())
                            for e in scene.events()
                            if e.t1 > 0 and e.t0 < length
                        ],
                        "\n   ->",
                        answer.replace("\n", " "),
                        flush=True,
                    )
    model.train()
    return {**score.result(), "fps": fps, "events": "-".join(str(c) for c in sorted({counts[0], counts[-1]}))}


@torch.no_grad()
def presence(
    model: Model, text: Text, first_seed: int, clips: int, fps: float, length: float = 10.0, each: int = 2
) -> dict[str, dict[str, float]]:
    """Yes-or-no questions about held-out windows, as many true as false ones of each form.

    The likelier of the two first tokens is the answer. Returns for each kind of query how many there are, the shares
    of right answers, and the area under the ROC curve of the probability of yes.
    """
    assert first_seed + clips <= data.HELD_OUT_END
    model.eval()
    asker, scores = queries.Asker(), dict[str, dict[bool, list[float]]]()
    for seed in range(first_seed, first_seed + clips):
        frames, times, scene = asked_window(seed, fps, length)
        count, rng = data.frame_times(fps, length)[1], np.random.default_rng([seed, 79])
        asked: list[tuple[queries.Query, bool]] = []
        for _ in range(each):
            found = asker.true(rng, scene, times, count, fps)
            asked += [(found[0], True)] if found else []
            query = asker.false(rng, scene, times, count, fps)
            asked += [(query, False)] if query else []
        if not asked:
            continue
        for (query, truth), margin in zip(asked, margins(model, text, frames, times, [q.words(rng) for q, _ in asked])):
            thing = (
                "any"
                if query.act == "light"
                else {
                    (True, True): "colour and shape",
                    (True, False): "colour",
                    (False, True): "shape",
                    (False, False): "any thing",
                }[query.colour is not None, query.shape is not None]
            )
            for key in (
                "all",
                "act: " + query.act,
                "place: " + ("half" if query.place else "anywhere"),
                "thing: " + thing,
            ):
                scores.setdefault(key, {True: [], False: []})[truth].append(margin)
    model.train()
    return {key: {"fps": fps, **rates(np.array(v[True]), np.array(v[False]))} for key, v in sorted(scores.items())}


@torch.no_grad()
def hard_presence(
    model: Model, text: Text, first_seed: int, clips: int, fps: float, length: float = 10.0
) -> dict[str, dict[str, float]]:
    """Presence questions about windows as `teach` draws them, a quarter of which are empty, in free wording.

    Kinds: queries in plain and in other words; absent things, colours and actions by words that training never uses;
    negations. Also the false ones alone by act and place.
    """
    assert first_seed + clips <= data.HELD_OUT_END
    model.eval()
    lesson, scores = lessons.Lesson(), dict[str, dict[bool, list[float]]]()
    for seed in range(first_seed, first_seed + clips):
        frames, times, scene = lesson_window(seed, seed % 4, fps, length)
        count, rng = data.frame_times(fps, length)[1], np.random.default_rng([seed, 84])
        asked: list[tuple[str, bool, tuple[str, ...]]] = []
        for free in (False, True, False, True):
            style = "other words" if free else "plain words"
            found = lesson.asker.true(rng, scene, times, count, fps)
            false = lesson.false(rng, scene, times, count, fps)
            for query, so in ((found[0] if found else None, True), (false, False)):
                if query:
                    words = lessons.reworded(rng, query) if free else query.words(rng)
                    named = (style, f"act: {query.act}", "place: half" if query.place else "place: anywhere")
                    asked.append((words, so, named))
        asked += [(lessons.foreign(rng, scene, True), False, ("absent things",)) for _ in range(2)]
        for _ in range(2):
            negation = lesson.negation(rng, scene, times, count, fps)
            asked += [(*negation, ("negations",))] if negation else []
        for (_, so, kinds), margin in zip(asked, margins(model, text, frames, times, [a[0] for a in asked])):
            for kind in kinds:
                scores.setdefault(kind, {True: [], False: []})[so].append(margin)
    model.train()
    return {key: {"fps": fps, **rates(np.array(v[True]), np.array(v[False]))} for key, v in sorted(scores.items())}


def margins(model: Model, text: Text, frames: Frames, times: list[float], words: list[str]) -> list[float]:
    """By how many logits yes exceeds no for each query about one clip."""
    branches = [Branch(text.presence(w), []) for w in words]
    pictures = torch.from_numpy(frames)[None]
    lay = data.lay_out(text, [branches], [times[::2]], (pictures.shape[2] // 28, pictures.shape[3] // 28))
    x = model.model.language_model.embed_tokens(lay["ids"])
    x[:, lay["head"] : lay["head"] + lay["video"]] = net.encode(model.model.visual, pictures).flatten(0, 1)[None]
    x = net.decode(model.model.language_model, x, lay["positions"], data.mask_of(lay["branch"]))
    lengths = [len(b.question) for b in branches]
    ends = lay["ids"].shape[1] - sum(lengths) + np.cumsum(lengths) - 1
    logits = F.linear(x[0, ends], model.lm_head.weight)
    return [float(v) for v in logits[:, text.yes] - logits[:, text.no]]


def rates(yes: Margins, no: Margins) -> dict[str, float]:
    """The figures of the margins of true and of false queries."""
    right, wrong = float((yes > 0).mean()) if len(yes) else 0.0, float((no > 0).mean()) if len(no) else 0.0
    above = float((yes[:, None] > no[None]).mean()) if len(yes) and len(no) else 0.0
    return {
        "asked": len(yes) + len(no),
        "balanced": round((right + 1 - wrong) / 2, 3),
        "yes": round(right, 3),
        "no": round(1 - wrong, 3),
        "auc": round(above, 3),
    }


def asked_window(seed: int, fps: float, length: float) -> Window:
    """One held-out window with zero to three events, among them many stops, changes of colour and darkness."""
    rng = np.random.default_rng([seed, 77])
    grid = data.pick(rng, {g: share for g, (_, share) in data.GRIDS.items()})
    scene = scenes.window_scene(
        rng, length, data.GRIDS[grid][0][0], int(rng.integers(0, 4)), data.ASKED["light"], data.ASKED["kinds"]
    )
    times, _ = data.frame_times(fps, length)
    return render.clip(np.random.default_rng([seed, 78]), scene, times, grid[1] * 28, grid[0] * 28), times, scene


def grounding(
    model: Model, text: Text, first_seed: int, clips: int, fps: float, length: float = 10.0
) -> dict[str, float]:
    """Scores the times of queries that match exactly one event."""
    assert first_seed + clips <= data.HELD_OUT_END
    model.eval()
    ious: list[float] = []
    for seed in range(first_seed, first_seed + clips):
        frames, times, scene = asked_window(seed, fps, length)
        rng = np.random.default_rng([seed, 80])
        found = queries.Asker().true(rng, scene, times, data.frame_times(fps, length)[1], fps)
        if not found or len(found[1]) != 1:
            continue
        question = text.ids(prompts.ASK.format(prompts.GROUND.format(found[0].words(rng))))
        (answer,) = generate(model, text, torch.from_numpy(frames)[None], [times[::2]], [question], 40)
        span = [60 * int(m) + float(s) for m, s in TIME.findall(answer)]
        (event,) = found[1]
        ious.append(overlap(span, (max(event.t0, 0), min(event.t1, length))) if len(span) == 2 else 0.0)
    model.train()
    return {
        "fps": fps,
        "asked": len(ious),
        "miou": round(float(np.mean(ious)), 3),
        "r1": round(float(np.mean(np.array(ious) >= 0.5)), 3),
    }


@torch.no_grad()
def told(model: Model, text: Text, question: list[int], limit: int = 160) -> str:
    """The greedy answer to a question without a video."""
    decoder = model.model.language_model
    past: Past = []
    out: list[int] = []
    ids, at = torch.tensor([question]), 0
    while len(out) < limit:
        positions = torch.arange(at, at + ids.shape[1]).expand(3, 1, -1)
        x = net.decode(decoder, decoder.embed_tokens(ids), positions, past=past)
        at += ids.shape[1]
        token = int(F.linear(x[0, -1], model.lm_head.weight).argmax())
        if token == text.end:
            break
        out.append(token)
        ids = torch.tensor([[token]])
    return text.tokenizer.decode(out)


def summaries(
    model: Model, text: Text, count: int, level: int | None, seed: int = 60_000, longest: int = 16, show: int = 0
) -> dict[str, float]:
    """Scores summaries of held-out texts.

    named: the share of the objects in the parts that the answer names; invented: the share of its objects that no part
    names; exact: the share of answers equal to the text of `stories.tell`.
    """
    model.eval()
    named, invented, exact, lengths = list[bool](), list[bool](), list[bool](), list[int]()
    for n in range(count):
        parts, wanted = stories.sample(np.random.default_rng([seed + n, 81]), longest, level)
        answer = told(model, text, text.whole(parts))
        want, got = stories.items_of(wanted), stories.items_of(answer)
        named += [i in got for i in want]
        invented += [i not in want for i in got]
        exact.append(answer == wanted)
        lengths.append(len(text.ids(answer)))
        if show > 0 and (answer != wanted or show > 2):
            show -= 1
            print(stories.lines_of(parts), "\n   wanted", wanted, "\n   ->    ", answer, flush=True)
    model.train()
    return {
        "level": level or 0,
        "texts": count,
        "named": round(float(np.mean(named)), 3),
        "invented": round(float(np.mean(invented or [False])), 3),
        "exact": round(float(np.mean(exact)), 3),
        "longest": max(lengths),
    }


def ceiling(
    first_seed: int,
    clips: int,
    fps: float,
    counts: tuple[int, ...],
    length: float = 10.0,
    window: Callable[..., Window] = held_out,
    least: float = 1.0,
) -> dict[str, Any]:
    """The score of answers that contain exactly what the sampled frames show: no model can exceed it by much."""
    score = Score(least)
    for n in range(clips):
        _, times, scene = window(first_seed + n, counts[n % len(counts)], fps, length)
        events = data.seen_events(scene, times, len(set(times)), fps)
        score.add(prompts.dense_answer([e[:3] for e in events]), scene, length)
    return {**score.result(), "fps": fps}


def survey(model: Model, text: Text, clips: int, first_seed: int = 100) -> list[dict[str, Any]]:
    """The evaluation during `teach`, on the seeds for choices: rows of a question, the rate and up to four figures."""
    rows: list[tuple[Any, ...]] = []
    for counts, fps in (((1,), 2), ((1, 2, 3), 2), ((1, 2, 3), 1), ((1, 2, 3), 4)):
        r = run(model, text, first_seed, clips, fps, counts)
        rows.append((f"dense {r['events']}", fps, r["miou"], r["r1"], r["named"], r["invented"]))
    for key, p in presence(model, text, first_seed, clips, 2).items():
        if key in ("all", "act: stop", "place: half"):
            rows.append((f"presence {key}", 2, p["yes"], p["no"], p["auc"], None))
    for key, p in hard_presence(model, text, first_seed, clips, 2).items():
        rows.append((f"hard {key}", 2, p["yes"], p["no"], p["auc"], None))
    r = grounding(model, text, first_seed, clips, 2)
    rows.append(("grounding", 2, r["miou"], r["r1"], None, None))
    r = summaries(model, text, clips // 4, 1)
    rows.append(("summaries", None, r["exact"], r["named"], r["invented"], None))
    return [
        {"question": q, "fps": f, **{k: v if v is None else round(float(v), 3) for k, v in zip("abcd", figures)}}
        for q, f, *figures in rows
    ]


def quick(model: Model, text: Text, clips: int) -> list[dict[str, Any]]:
    """The small evaluation during `train`."""
    return [
        run(model, text, 10_000, clips, fps, counts, show=4 if fps == 2 and len(counts) > 1 else 0)
        for counts, fps in (((1,), 2), ((1, 2, 3), 2), ((1, 2, 3), 1), ((1, 2, 3), 4))
    ]
