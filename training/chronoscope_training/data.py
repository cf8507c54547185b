"""Training clips: which ones, and their tokens."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from . import lessons, prompts, render, scenes, stories
from .model import TOKENS_PER_SECOND, video_positions
from .render import Frames, Labels
from .scenes import Event, Rng, Scene

T = TypeVar("T")
Grid: TypeAlias = tuple[int, int]  # rows and columns of merged tokens
Batch: TypeAlias = dict[str, Any]  # tensors and sizes, as `lay_out`, `pack` and `sample_stories` describe them
Spec: TypeAlias = dict[str, Any]  # an entry of LEVELS
Seen: TypeAlias = tuple[float, float, str, Event]  # start s, end s, description, event


class Branch(NamedTuple):
    """Token ids of a question and its answer. target: the tokens to learn where they differ from the answer's."""

    question: list[int]
    answer: list[int]
    target: list[int] | None = None

    @property
    def learned(self) -> list[int]:
        """The target of each answer token, IGNORE where there is none."""
        return self.answer if self.target is None else self.target


@dataclass
class Shot:
    """One window of a scene: the times of its frames, the first `count` of which are distinct, and its truth."""

    times: list[float]
    count: int
    fps: float
    length: float
    scene: Scene
    events: list[Seen]


@dataclass
class Clip(Shot):
    """A window with its frames."""

    frames: Frames
    labels: Labels | None


# The aspects of real videos that the preprocessor maps to each grid, and its share.
GRIDS: dict[Grid, tuple[tuple[float, ...], float]] = {
    (3, 4): ((4 / 3, 4 / 3, 1.25, 1.3), 0.40),
    (3, 5): ((16 / 9, 16 / 9, 1.5, 1.6, 1.85), 0.28),
    (4, 4): ((1.0,), 0.10),
    (4, 3): ((3 / 4, 3 / 4, 0.8), 0.12),
    (5, 3): ((9 / 16, 9 / 16, 2 / 3), 0.10),
}
FPS: dict[float, float] = {2: 0.43, 1: 0.18, 4: 0.23, 0.5: 0.03, 0.7: 0.02, 1.5: 0.04, 2.5: 0.03, 3: 0.04}
# Levels of difficulty: shares of 0 to 4 events, shares of window lengths in seconds, probability of darkness.
LEVELS: tuple[Spec, ...] = (
    {"count": (0.08, 0.92, 0, 0), "length": {3: 0.3, 4: 0.4, 5: 0.3}, "light": 0.03},
    {"count": (0.08, 0.62, 0.30, 0), "length": {4: 0.25, 5: 0.25, 6: 0.25, 8: 0.25}, "light": 0.06},
    {"count": (0.08, 0.37, 0.35, 0.20), "length": {4: 0.08, 6: 0.25, 8: 0.37, 10: 0.3}, "light": 0.08},
    {
        "count": (0.09, 0.24, 0.29, 0.26, 0.12),
        "length": {3: 0.03, 5: 0.07, 6: 0.1, 8: 0.2, 9: 0.1, 10: 0.4, 12: 0.1},
        "light": 0.08,
    },
)
# The encoder's own stage: short and crowded, so most pictures show something new.
CROWDED: Spec = {"count": (0.02, 0.08, 0.3, 0.6), "length": {1: 0.3, 2: 0.4, 3: 0.3}, "light": 0.08}
TRAIN_SEED = 1_000_000  # of the training streams; held-out clips use seeds below HELD_OUT_END
HELD_OUT_END = 100_000
IGNORE = -100


def pick(rng: Rng, table: Mapping[T, float]) -> T:
    """A key of the table, drawn by its share."""
    keys = list(table)
    weights = np.array([table[k] for k in keys], float)
    return keys[rng.choice(len(keys), p=weights / weights.sum())]


def frame_times(fps: float, length: float) -> tuple[list[float], int]:
    """The times k / fps of a window's frames; an odd count repeats the last frame.

    Returns (an even number of times, the number of distinct frames).
    """
    count = max(1, int(np.ceil(length * fps - 1e-6)))
    times = [k / fps for k in range(count)]
    return times + times[-1:] * (count % 2), count


def uneven_times(rng: Rng, fps: float, length: float) -> tuple[list[float], int]:
    """Times of frames with uneven gaps, about `fps` a second: the gaps vary, or an even rate lacks frames.

    Returns (an even number of times, the number of distinct frames).
    """
    if rng.random() < 0.5:
        every = max(2, int(np.ceil(length * fps * 1.4)))
        kept = np.flatnonzero(rng.random(every) < 1 / 1.4)
        times = [float(k) / (fps * 1.4) for k in kept if k]
    else:
        gaps = rng.uniform(0.3, 1.7, max(2, int(2 * length * fps))) / fps
        times = [float(t) for t in np.cumsum(gaps) if t < length]
    times = [0.0, *(round(t * 100) / 100 for t in times if t < length - 0.05)]
    return times + times[-1:] * (len(times) % 2), len(times)


def seen_events(scene: Scene, times: list[float], count: int, fps: float) -> list[Seen]:
    """The events that the sampled frames show, in order of their start.

    A boundary lies midway between the last frame without and the first frame with the event, rounded to an eighth
    second; an event in the first (last) frame starts (ends) with the window.
    """
    out: list[Seen] = []
    end_of_window = times[count - 1] + 1 / fps
    for event in scene.events():
        there = [k for k in range(count) if event.t0 <= times[k] < event.t1]
        if not there:
            continue
        first, last = there[0], there[-1]
        start = 0.0 if first == 0 else (times[first - 1] + times[first]) / 2
        end = end_of_window if last == count - 1 else (times[last] + times[last + 1]) / 2
        start, end = (np.floor(v * 8 + 0.5 + 1e-6) / 8 for v in (start, end))
        if end <= start:
            end = start + 0.25
        # Only the frames that show the event decide its description.
        text = event.describe(times[first] - 0.25 / fps, times[last] + 0.25 / fps)
        out.append((float(start), float(end), text, event))
    return sorted(out, key=lambda e: e[:3])


class Text:
    """Token ids of questions and answers, and the weight of each answer token."""

    def __init__(self, tokenizer: Tokenizer | None = None) -> None:
        self.tokenizer = tokenizer or prompts.build_tokenizer()
        self._known: dict[str, list[int]] = {}  # questions occur again and again
        self.head, self.tail = self.ids(prompts.HEAD), self.ids(prompts.TAIL)
        self.talk = self.ids(prompts.TALK)
        self.pad, self.end, self.video = map(self.token, ("<|endoftext|>", "<|im_end|>", "<|video_pad|>"))
        self.dense = self.ids(prompts.ASK.format(prompts.DENSE))
        self.summary = self.ids(prompts.ASK.format(prompts.SUMMARY))
        light = {
            "```",
            "json",
            "Ċ",
            "start",
            "_time",
            '":"',
            ":",
            ".",
            '","',
            '.","',
            "end",
            "description",
            "A",
            "The",
            "Ġevent",
            "Ġhappens",
            "Ġin",
            "Ġ-",
            "Ġ",
            "Ġa",
            "Ġthe",
            "Ġgoes",
            "Ġoff",
        }
        self.yes, self.no = (self.ids(w)[0] for w in (prompts.YES, prompts.NO))
        size = self.tokenizer.get_vocab_size()
        self.weight = torch.tensor([0.15 if self.tokenizer.id_to_token(i) in light else 1.0 for i in range(size)])
        self.weight[[self.yes, self.no]] = 3.0  # one token is the whole answer

        def group(words: Iterable[str]) -> Tensor:
            return torch.tensor([self.token(w) for w in words])

        self.groups = {
            "digit": group("0123456789"),
            "colour": group(["Ġ" + c for c in scenes.COLOURS]),
            "shape": group(["Ġ" + s for s in scenes.SHAPES]),
            "more": group(['"},{"', '"}]Ċ', "[]Ċ", '[{"']),
            "yes": torch.tensor([self.yes]),
            "no": torch.tensor([self.no]),
        }
        # Whether another row follows decides how often a thing is named.
        self.weight[self.groups["more"]] = 2.0
        self.digit_ids = self.groups["digit"].tolist()
        self.digits = {token: n for n, token in enumerate(self.digit_ids)}
        self.names = {
            token: [other for other in members if other != token]
            for members in (self.groups["colour"].tolist(), self.groups["shape"].tolist())
            for token in members
        }

    def token(self, word: str) -> int:
        """The id of a word that is one token."""
        number = self.tokenizer.token_to_id(word)
        if number is None:
            raise KeyError(word)
        return number

    def ids(self, text: str) -> list[int]:
        """The token ids of a text."""
        if len(text) > 160:
            return self.tokenizer.encode(text).ids
        known = self._known.get(text)
        if known is None:
            if len(self._known) > 200_000:
                self._known.clear()
            known = self._known[text] = self.tokenizer.encode(text).ids
        return list(known)

    def ground(self, description: str) -> list[int]:
        """The grounding question about an event with this description."""
        return self.ids(prompts.ASK.format(prompts.GROUND.format(prompts.as_query(description))))

    def presence(self, query: str) -> list[int]:
        """The presence question about a query."""
        return self.ids(prompts.ASK.format(prompts.PRESENCE.format(query)))

    def whole(self, parts: list[stories.Part]) -> list[int]:
        """The question for the summary of these parts, from the system prompt on."""
        return self.talk + self.ids(prompts.ASK.format(prompts.WHOLE.format(stories.lines_of(parts))))

    def presence_branch(self, words: str, so: bool) -> Branch:
        """The presence question about these words with its answer."""
        return Branch(self.presence(words), self.ids((prompts.YES if so else prompts.NO) + prompts.END))

    def lesson(self, rng: Rng, lesson: lessons.Lesson, clip: Shot, most: int = 3) -> list[Branch]:
        """Presence questions, as many true as false ones on average, and grounding questions about the true ones."""
        scene, times, count, fps = clip.scene, clip.times, clip.count, clip.fps
        out: list[Branch] = []
        timed = 0
        spans = {id(e): (a, b) for a, b, _, e in clip.events}
        for _ in range(most):
            found = lesson.asker.true(rng, scene, times, count, fps)
            if found:
                query, matches = found
                words = lessons.wording(rng, query)
                if rng.random() < 0.8:
                    out.append(self.presence_branch(words, True))
                else:
                    lesson.asker.owed[query.form()] -= 1
                if len(matches) == 1 and timed < 3:
                    timed += 1
                    out.append(
                        Branch(
                            self.ids(prompts.ASK.format(prompts.GROUND.format(words))),
                            self.ids(prompts.ground_answer(*spans[id(matches[0])]) + prompts.END),
                        )
                    )
            absent = lesson.false(rng, scene, times, count, fps)
            if absent:
                out.append(self.presence_branch(lessons.wording(rng, absent), False))
        if rng.random() < 0.35:
            negation = lesson.negation(rng, scene, times, count, fps)
            if negation:
                out.append(self.presence_branch(*negation))
        if rng.random() < 0.4:
            out.append(self.presence_branch(lessons.foreign(rng, scene), False))
        return out

    def noised(self, rng: Rng, answer: list[int]) -> tuple[list[int], list[int]]:
        """A dense answer with a wrong time or name in it, and its targets: the right tokens.

        The model learns to continue with the events not yet named. The rest of a wrong time has no target, and the
        rest of a row with a wrong name has none.
        """
        told, target = list(answer), list(answer)
        digits = [k for k, token in enumerate(answer) if token in self.digits]
        rows = len(digits) // 12
        row = int(rng.integers(max(1, rows)))
        if not rows:
            return told, target
        if rng.random() < 0.65:
            at = digits[12 * row + 6 * int(rng.integers(2)) :][:6]
            old = [self.digits[answer[k]] for k in at]
            seconds = 60 * (10 * old[0] + old[1]) + 10 * old[2] + old[3] + old[4] / 10 + old[5] / 100
            wrong = seconds + float(rng.choice((-3, -2, -1, -0.5, -0.25, 0.25, 0.5, 1, 2, 3)))
            new = [int(c) for c in prompts.stamp(min(max(wrong, 0.0), 59.75)) if c.isdigit()]
            differs = next((n for n in range(6) if new[n] != old[n]), 6)
            for n in range(differs, 6):
                told[at[n]] = self.digit_ids[new[n]]
                if n > differs:
                    target[at[n]] = IGNORE
        else:
            first, last = digits[12 * row - 1] if row else 0, digits[12 * row + 11]
            names = [k for k in range(first, digits[12 * row]) if answer[k] in self.names]
            if names:
                k = names[rng.integers(len(names))]
                told[k] = int(rng.choice(self.names[answer[k]]))
                target[k + 1 : last + 1] = [IGNORE] * (last - k)
        return told, target

    def branches(self, rng: Rng, events: list[Seen], dense: float = 1.0, noise: float = 0.0) -> list[Branch]:
        """Questions of the first kinds about one clip.

        dense: the probability of the dense question; noise: that of a mistake in its answer.
        """
        rows = [e[:3] for e in events]
        out: list[Branch] = []
        if dense == 1 or rng.random() < dense:
            answer = self.ids(prompts.dense_answer(rows) + prompts.END)
            out.append(
                Branch(self.dense, *self.noised(rng, answer)) if rng.random() < noise else Branch(self.dense, answer)
            )
        texts = [e[2] for e in events]
        unique = [e for e in rows if texts.count(e[2]) == 1]
        if unique and rng.random() < 0.45:
            start, end, text = unique[rng.integers(len(unique))]
            out.append(Branch(self.ground(text), self.ids(prompts.ground_answer(start, end) + prompts.END)))
        if rng.random() < 0.16:
            out.append(Branch(self.summary, self.ids(prompts.summary_answer(rows) + prompts.END)))
        return out


def sample_shot(rng: Rng, spec: Spec, fps: float, length: float, aspect: float, uneven: bool = False) -> Shot:
    """One window of a scene in a picture of that aspect, with its truth."""
    count = int(rng.choice(len(spec["count"]), p=np.array(spec["count"]) / sum(spec["count"])))
    times, distinct = frame_times(fps, length)
    for _ in range(8 if uneven else 0):
        other, number = uneven_times(rng, fps, length)
        if len(other) == len(times):
            times, distinct = other, number
            break
    if rng.random() < spec.get("lessons", 0.0):
        scene = lessons.lesson_scene(rng, distinct / fps, aspect, count, spec["light"])
    else:
        scene = scenes.window_scene(
            rng, distinct / fps, aspect, count, spec["light"], spec.get("kinds", scenes.KIND_WEIGHTS)
        )
    return Shot(times, distinct, fps, length, scene, seen_events(scene, times, distinct, fps))


def sample_clip(
    rng: Rng, spec: Spec, fps: float, length: float, grid: Grid, labels: bool = True, uneven: bool = False
) -> Clip:
    """One window of a scene with frames, labels if asked for, and truth."""
    aspects = GRIDS[grid][0]
    shot = sample_shot(rng, spec, fps, length, aspects[rng.integers(len(aspects))], uneven)
    marks: Labels | None = None
    if labels:
        frames, marks = render.clip(rng, shot.scene, shot.times, grid[1] * 28, grid[0] * 28, True)
    else:
        frames = render.clip(rng, shot.scene, shot.times, grid[1] * 28, grid[0] * 28)
    return Clip(**vars(shot), frames=frames, labels=marks)


def pairs_of(fps: float, length: float) -> int:
    """The number of frame pairs of a window."""
    return len(frame_times(fps, length)[0]) // 2


def sample_batch(rng: Rng, level: int, budget: int, text: Text | None = None) -> Batch:
    """Clips of one grid and one number of frame pairs, with about `budget` merged video tokens in all."""
    spec = CROWDED if text is None else LEVELS[level if rng.random() < 0.8 else int(rng.integers(0, level + 1))]
    grid = pick(rng, {g: share for g, (_, share) in GRIDS.items()})
    table = {(f, s): fw * sw for f, fw in FPS.items() for s, sw in spec["length"].items()}
    pairs = pairs_of(*pick(rng, table))
    table = {k: w for k, w in table.items() if pairs_of(*k) == pairs}
    size = int(np.clip(budget // (pairs * grid[0] * grid[1]), 2, 24 if text else 40))
    clips = [sample_clip(rng, spec, *pick(rng, table), grid) for _ in range(size)]
    batch: Batch = {
        "frames": torch.from_numpy(np.stack([c.frames for c in clips])),
        "labels": torch.from_numpy(np.stack([c.labels for c in clips if c.labels is not None])),
    }
    if text is not None:
        batch |= lay_out(text, [text.branches(rng, c.events) for c in clips], [c.times[::2] for c in clips], grid)
    return batch


# Held-out windows for questions: the last level with more of the actions that rules ask about.
ASKED: Spec = dict(LEVELS[3], light=0.14, kinds=(0.22, 0.40, 0.22, 0.16))
# `teach`: more than a quarter of the windows are empty, and few are short.
LESSON: Spec = {
    "count": (0.33, 0.19, 0.23, 0.18, 0.07),
    "light": 0.12,
    "lessons": 1.0,  # share of the scenes that `lessons.py` draws
    "length": {3: 0.02, 4: 0.04, 5: 0.04, 6: 0.1, 8: 0.35, 9: 0.05, 10: 0.3, 12: 0.1},
}
LESSON_FPS: dict[float, float] = {2: 0.34, 1: 0.18, 4: 0.26, 0.5: 0.06, 0.7: 0.03, 1.5: 0.04, 2.5: 0.03, 3: 0.06}
UNEVEN = 0.12  # share of clips with uneven gaps between frames


def sample_lesson(
    rng: Rng, budget: int, text: Text, lesson: lessons.Lesson, dense: float = 0.8, most: int = 3
) -> Batch:
    """A batch for `teach`: clips of one grid and one number of frame pairs with all questions about them."""
    grid = pick(rng, {g: share for g, (_, share) in GRIDS.items()})
    table = {(f, s): fw * sw for f, fw in LESSON_FPS.items() for s, sw in LESSON["length"].items()}
    pairs = pairs_of(*pick(rng, table))
    table = {k: w for k, w in table.items() if pairs_of(*k) == pairs}
    size = int(np.clip(budget // (pairs * grid[0] * grid[1]), 3, 24))
    clips = [
        sample_clip(rng, LESSON, *pick(rng, table), grid, labels=False, uneven=rng.random() < UNEVEN)
        for _ in range(size)
    ]
    batch: Batch = {"frames": torch.from_numpy(np.stack([c.frames for c in clips]))}
    batch |= pack(
        text,
        [text.branches(rng, c.events, dense, 0.3) + text.lesson(rng, lesson, c, most) for c in clips],
        [c.times[::2] for c in clips],
        grid,
    )
    return batch


def sample_stories(rng: Rng, budget: int, text: Text, longest: int) -> Batch:
    """A batch of questions for summaries of text, about `budget` tokens in all, without a video."""
    out: list[tuple[list[int], list[int]]] = []
    total = 0
    while total < budget:
        parts, summary = stories.sample(rng, longest)
        question, answer = text.whole(parts), text.ids(summary + prompts.END)
        if len(question) > 760:
            continue
        out.append((question, answer))
        total = len(out) * max(len(q) + len(a) for q, a in out)
    length = max(len(q) + len(a) for q, a in out)
    ids = torch.full((len(out), length), text.pad)
    target = torch.full((len(out), length), IGNORE)
    for n, (question, answer) in enumerate(out):
        both = torch.tensor(question + answer)
        ids[n, : len(both)] = both
        target[n, len(question) - 1 : len(both) - 1] = both[len(question) :]
    return {"ids": ids, "target": target, "positions": torch.arange(length).expand(3, len(out), -1)}


def lay_out(text: Text, branches: list[list[Branch]], pair_seconds: list[list[float]], grid: Grid) -> Batch:
    """Token ids, positions, branch numbers and targets of a batch whose clips have equally many video tokens.

    Sequence: head, video, tail, then each branch's question and answer. Branch numbers: 0 = shared prefix, 1.. =
    branches, -1 = padding. A token sees the prefix and its own branch. Each branch's positions begin right after the
    prefix, so the model sees every branch as if it were the only one.
    """
    rows, cols = grid
    video = len(pair_seconds[0]) * rows * cols
    prefix = len(text.head) + video + len(text.tail)
    total = prefix + max(sum(len(b.question) + len(b.answer) for b in parts) for parts in branches)
    size = len(branches)
    ids = torch.full((size, total), text.pad)
    branch = torch.full((size, total), -1, dtype=torch.int8)
    target = torch.full((size, total), IGNORE)
    positions = torch.zeros(3, size, total, dtype=torch.long)
    for n, parts in enumerate(branches):
        head = len(text.head)
        ids[n, :prefix] = torch.tensor(text.head + [text.video] * video + text.tail)
        branch[n, :prefix] = 0
        positions[:, n, :head] = torch.arange(head)
        grid_ids = video_positions(pair_seconds[n], rows, cols, head)
        positions[:, n, head : head + video] = grid_ids
        after = int(grid_ids.max()) + 1
        positions[:, n, head + video : prefix] = torch.arange(after, after + len(text.tail))
        after += len(text.tail)
        at = prefix
        for number, part in enumerate(parts, 1):
            question, both = part.question, torch.tensor(part.question + part.answer)
            ids[n, at : at + len(both)] = both
            branch[n, at : at + len(both)] = number
            positions[:, n, at : at + len(both)] = torch.arange(after, after + len(both))
            # The token before each answer token predicts it.
            target[n, at + len(question) - 1 : at + len(both) - 1] = torch.tensor(part.learned)
            at += len(both)
    return {
        "ids": ids,
        "branch": branch,
        "target": target,
        "positions": positions,
        "head": len(text.head),
        "video": video,
    }


def pack(
    text: Text,
    branches: list[list[Branch]],
    pair_seconds: list[list[float]],
    grid: Grid,
    limits: tuple[int, ...] = (36, 80),
) -> Batch:
    """The same as `lay_out` in the form of `model.decode_packed`: branches of similar length side by side.

    limits: the longest branch of each group but the last.
    """
    rows, cols = grid
    head, video, clips = len(text.head), len(pair_seconds[0]) * rows * cols, len(branches)
    prefix = head + video + len(text.tail)
    # The positions of `video_positions`, for all clips at once.
    pairs = (np.array(pair_seconds) * TOKENS_PER_SECOND + 1e-6).astype(np.int64)
    inner = np.stack((np.zeros(rows * cols, np.int64), *np.divmod(np.arange(rows * cols), cols)))
    grids = np.repeat(inner[:, None, None], clips, 1) + np.stack((pairs, 0 * pairs, 0 * pairs))[..., None] + head
    shared = np.empty((3, clips, prefix), np.int64)
    shared[..., :head] = np.arange(head)
    shared[..., head : head + video] = grids.reshape(3, clips, video)
    after = grids.max((0, 2, 3)) + 1
    shared[..., head + video :] = after[:, None] + np.arange(len(text.tail))
    after += len(text.tail)
    ids = [np.tile(text.head + [text.video] * video + text.tail, clips)]
    positions, target = [shared.reshape(3, -1)], [np.full(clips * prefix, IGNORE)]
    groups = []
    every = [(n, part, len(part.question) + len(part.answer)) for n, parts in enumerate(branches) for part in parts]
    edges = (0, *limits, 1 << 30)
    for low, high in itertools.pairwise(edges):
        chosen = [(n, part) for n, part, size in every if low < size <= high]
        if not chosen:
            continue
        length = max(len(b.question) + len(b.answer) for _, b in chosen)
        owner = np.array([n for n, _ in chosen])
        tokens, wanted = np.full((len(chosen), length), text.pad), np.full((len(chosen), length), IGNORE)
        for row, (_, part) in enumerate(chosen):
            asked, size = len(part.question), len(part.question) + len(part.answer)
            tokens[row, :size] = part.question + part.answer
            wanted[row, asked - 1 : size - 1] = part.learned
        ids.append(tokens.ravel())
        target.append(wanted.ravel())
        positions.append(np.tile((after[owner][:, None] + np.arange(length)).ravel(), (3, 1)))
        groups.append((torch.from_numpy(owner), length))
    return {
        "ids": torch.from_numpy(np.concatenate(ids)),
        "target": torch.from_numpy(np.concatenate(target)),
        "positions": torch.from_numpy(np.concatenate(positions, 1)),
        "clips": clips,
        "prefix": prefix,
        "groups": groups,
        "head": head,
        "video": video,
    }


def mask_of(branch: Tensor) -> Tensor:
    """Additive float mask [clips, 1, length, length] from branch numbers [clips, length]."""
    q, k = branch[:, :, None], branch[:, None, :]
    length = branch.shape[1]
    allowed = ((k == 0) | (k == q)) & torch.ones(length, length, dtype=torch.bool).tril()
    return torch.zeros(allowed.shape).masked_fill_(~allowed, -1e9)[:, None]
