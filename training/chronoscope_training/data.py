"""Training clips: what is sampled, and how it becomes tokens."""
import numpy as np
import torch

from . import lessons, prompts, render, scenes, stories
from .model import video_positions

# (rows, cols) of merged tokens -> aspects of real videos that the preprocessor maps to that grid, and their share
GRIDS = {(3, 4): ((4 / 3, 4 / 3, 1.25, 1.3), 0.40), (3, 5): ((16 / 9, 16 / 9, 1.5, 1.6, 1.85), 0.28),
         (4, 4): ((1.0,), 0.10), (4, 3): ((3 / 4, 3 / 4, 0.8), 0.12), (5, 3): ((9 / 16, 9 / 16, 2 / 3), 0.10)}
FPS = {2: 0.43, 1: 0.18, 4: 0.23, 0.5: 0.03, 0.7: 0.02, 1.5: 0.04, 2.5: 0.03, 3: 0.04}
# Difficulty levels: shares of 0, 1, 2, 3, 4 events, shares of window lengths in seconds, light going off.
LEVELS = (
    dict(count=(0.08, 0.92, 0, 0), length={3: .3, 4: .4, 5: .3}, light=0.03),
    dict(count=(0.08, 0.62, 0.30, 0), length={4: .25, 5: .25, 6: .25, 8: .25}, light=0.06),
    dict(count=(0.08, 0.37, 0.35, 0.20), length={4: .08, 6: .25, 8: .37, 10: .3}, light=0.08),
    dict(count=(0.09, 0.24, 0.29, 0.26, 0.12), length={3: .03, 5: .07, 6: .1, 8: .2, 9: .1, 10: .4, 12: .1}, light=0.08),
)
# The encoder's own stage: short and crowded, so that most pictures show something new.
CROWDED = dict(count=(0.02, 0.08, 0.3, 0.6), length={1: .3, 2: .4, 3: .3}, light=0.08)
TRAIN_SEED = 1_000_000  # training streams; held-out clips use seeds below HELD_OUT_END
HELD_OUT_END = 100_000
IGNORE = -100


def pick(rng, table):
    keys = list(table)
    weights = np.array([table[k] for k in keys], float)
    return keys[rng.choice(len(keys), p=weights / weights.sum())]


def frame_times(fps, length):
    """Sampled times of a window: k / fps from its start; an odd count repeats the last frame.
    Returns (times with even count, number of different frames)."""
    count = max(1, int(np.ceil(length * fps - 1e-6)))
    times = [k / fps for k in range(count)]
    return times + times[-1:] * (count % 2), count


def uneven_times(rng, fps, length):
    """Times of unevenly spaced frames, on average `fps` a second: the gaps vary, or frames of an even rate are missing.
    Returns (times with even count, number of different frames)."""
    if rng.random() < 0.5:
        every = max(2, int(np.ceil(length * fps * 1.4)))
        kept = np.flatnonzero(rng.random(every) < 1 / 1.4)
        times = [float(k) / (fps * 1.4) for k in kept if k]
    else:
        gaps = rng.uniform(0.3, 1.7, max(2, int(2 * length * fps))) / fps
        times = [float(t) for t in np.cumsum(gaps) if t < length]
    times = [0.0, *(round(t * 100) / 100 for t in times if t < length - 0.05)]
    return times + times[-1:] * (len(times) % 2), len(times)


def seen_events(scene, times, count, fps):
    """What an observer of the sampled frames can say: [(start s, end s, description, event)], in order of start.

    A boundary lies midway between the last frame without and the first frame with the event, rounded to a
    quarter second; an event that is there in the first (last) frame starts (ends) with the window.
    """
    out, end_of_window = [], times[count - 1] + 1 / fps
    for event in scene.events():
        there = [k for k in range(count) if event.t0 <= times[k] < event.t1]
        if not there:
            continue
        first, last = there[0], there[-1]
        start = 0.0 if first == 0 else (times[first - 1] + times[first]) / 2
        end = end_of_window if last == count - 1 else (times[last] + times[last + 1]) / 2
        start, end = (np.floor(v * 4 + 0.5 + 1e-6) / 4 for v in (start, end))
        if end <= start:
            end = start + 0.25
        # What it did can only be told from the frames that show it.
        text = event.describe(times[first] - 0.25 / fps, times[last] + 0.25 / fps)
        out.append((float(start), float(end), text, event))
    return sorted(out, key=lambda e: e[:3])


class Text:
    """Token ids of questions and answers with the weight of each answer token."""

    def __init__(self, tokenizer=None):
        self.tokenizer = tokenizer or prompts.build_tokenizer()
        self.head, self.tail = self.ids(prompts.HEAD), self.ids(prompts.TAIL)
        self.talk = self.ids(prompts.TALK)
        self.pad = self.tokenizer.token_to_id("<|endoftext|>")
        self.end = self.tokenizer.token_to_id("<|im_end|>")
        self.video = self.tokenizer.token_to_id("<|video_pad|>")
        self.dense = self.ids(prompts.ASK.format(prompts.DENSE))
        self.summary = self.ids(prompts.ASK.format(prompts.SUMMARY))
        light = {"```", "json", "Ċ", "start", "_time", '":"', ":", ".", '","', "end", "description", "A", "The",
                 "Ġevent", "Ġhappens", "Ġin", "Ġ-", "Ġ", "Ġa", "Ġthe", "Ġgoes", "Ġoff"}
        self.yes, self.no = (self.ids(w)[0] for w in (prompts.YES, prompts.NO))
        size = self.tokenizer.get_vocab_size()
        self.weight = torch.tensor([0.15 if self.tokenizer.id_to_token(i) in light else 1.0 for i in range(size)])
        self.weight[[self.yes, self.no]] = 2.0  # the whole answer is in one token

        def group(words):
            return torch.tensor([self.tokenizer.token_to_id(w) for w in words])

        self.groups = {"digit": group("0123456789"), "colour": group(["Ġ" + c for c in scenes.COLOURS]),
                       "shape": group(["Ġ" + s for s in scenes.SHAPES]),
                       "more": group(['."},{"', '."}]Ċ', "[]Ċ", '[{"']),
                       "yes": torch.tensor([self.yes]), "no": torch.tensor([self.no])}
        # Whether another row follows decides how often a thing is named.
        self.weight[self.groups["more"]] = 2.0
        self.digit_ids = self.groups["digit"].tolist()
        self.digits = {token: n for n, token in enumerate(self.digit_ids)}
        self.names = {token: [other for other in members if other != token]
                      for members in (self.groups["colour"].tolist(), self.groups["shape"].tolist())
                      for token in members}

    def ids(self, text):
        return self.tokenizer.encode(text).ids

    def ground(self, description):
        return self.ids(prompts.ASK.format(prompts.GROUND.format(prompts.as_query(description))))

    def presence(self, query):
        return self.ids(prompts.ASK.format(prompts.PRESENCE.format(query)))

    def whole(self, parts):
        """[(start s, end s, text)] -> the ids of the question for their summary, from the very beginning."""
        return self.talk + self.ids(prompts.ASK.format(prompts.WHOLE.format(stories.lines_of(parts))))

    def presence_branch(self, words, so):
        return self.presence(words), self.ids((prompts.YES if so else prompts.NO) + prompts.END)

    def lesson(self, rng, lesson, clip, most=3):
        """Branches about presence, as many true as false ones on average, and about the time of what is so."""
        scene, times, count, fps = clip["scene"], clip["times"], clip["count"], clip["fps"]
        out, timed = [], 0
        spans = {id(e): (a, b) for a, b, _, e in clip["events"]}
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
                    out.append((self.ids(prompts.ASK.format(prompts.GROUND.format(words))),
                                self.ids(prompts.ground_answer(*spans[id(matches[0])]) + prompts.END)))
            query = lesson.false(rng, scene, times, count, fps)
            if query:
                out.append(self.presence_branch(lessons.wording(rng, query), False))
        if rng.random() < 0.35:
            negation = lesson.negation(rng, scene, times, count, fps)
            if negation:
                out.append(self.presence_branch(*negation))
        if rng.random() < 0.4:
            out.append(self.presence_branch(lessons.foreign(rng, scene), False))
        return out

    def noised(self, rng, answer):
        """(a dense answer with a mistake in it, what to learn from it): after a wrong time or name the answer goes on
        with what has not been named yet. What follows within the wrong time itself is not learned."""
        told, target = list(answer), list(answer)
        digits = [k for k, token in enumerate(answer) if token in self.digits]
        rows = len(digits) // 12
        row = int(rng.integers(max(1, rows)))
        if not rows:
            return told, target
        if rng.random() < 0.65:
            at = digits[12 * row + 6 * int(rng.integers(2)):][:6]
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
            names = [k for k, token in enumerate(answer) if token in self.names
                     and digits[12 * row] < k < (digits + [len(answer)])[12 * row + 12]]
            if names:
                k = names[rng.integers(len(names))]
                told[k] = int(rng.choice(self.names[answer[k]]))
        return told, target

    def branches(self, rng, events, dense=1.0, noise=0.0):
        """[(question ids, answer ids[, target ids])] to train on for one clip; the dense question with probability
        `dense`, with a mistake in its answer with probability `noise`."""
        rows = [e[:3] for e in events]
        out = []
        if dense == 1 or rng.random() < dense:
            answer = self.ids(prompts.dense_answer(rows) + prompts.END)
            out.append((self.dense, *self.noised(rng, answer)) if rng.random() < noise else (self.dense, answer))
        texts = [e[2] for e in events]
        unique = [e for e in rows if texts.count(e[2]) == 1]
        if unique and rng.random() < 0.45:
            start, end, text = unique[rng.integers(len(unique))]
            out.append((self.ground(text), self.ids(prompts.ground_answer(start, end) + prompts.END)))
        if rng.random() < 0.16:
            out.append((self.summary, self.ids(prompts.summary_answer(rows) + prompts.END)))
        return out


def sample_clip(rng, spec, fps, length, grid, labels=True, uneven=False):
    """One window of a scene -> dict of frames, labels (None when not wanted), truth."""
    aspects = GRIDS[grid][0]
    aspect = aspects[rng.integers(len(aspects))]
    count = int(rng.choice(len(spec["count"]), p=np.array(spec["count"]) / sum(spec["count"])))
    times, distinct = frame_times(fps, length)
    for _ in range(8 if uneven else 0):
        other, number = uneven_times(rng, fps, length)
        if len(other) == len(times):
            times, distinct = other, number
            break
    if spec.get("lessons"):
        scene = lessons.lesson_scene(rng, distinct / fps, aspect, count, spec["light"])
    else:
        scene = scenes.window_scene(rng, distinct / fps, aspect, count, spec["light"],
                                    spec.get("kinds", scenes.KIND_WEIGHTS))
    frames = render.clip(rng, scene, times, grid[1] * 28, grid[0] * 28, labels)
    frames, labels = frames if labels else (frames, None)
    return dict(frames=frames, labels=labels, times=times, count=distinct, fps=fps, length=length, scene=scene,
                events=seen_events(scene, times, distinct, fps))


def pairs_of(fps, length):
    return len(frame_times(fps, length)[0]) // 2


def sample_batch(rng, level, budget, text=None):
    """Clips of one grid and one number of frame pairs. budget: merged video tokens in the batch (about)."""
    spec = CROWDED if text is None else LEVELS[level if rng.random() < 0.8 else int(rng.integers(0, level + 1))]
    grid = pick(rng, {g: share for g, (_, share) in GRIDS.items()})
    table = {(f, s): fw * sw for f, fw in FPS.items() for s, sw in spec["length"].items()}
    pairs = pairs_of(*pick(rng, table))
    table = {k: w for k, w in table.items() if pairs_of(*k) == pairs}
    size = int(np.clip(budget // (pairs * grid[0] * grid[1]), 2, 24 if text else 40))
    clips = [sample_clip(rng, spec, *pick(rng, table), grid) for _ in range(size)]
    batch = dict(frames=torch.from_numpy(np.stack([c["frames"] for c in clips])),
                 labels=torch.from_numpy(np.stack([c["labels"] for c in clips])))
    if text is not None:
        batch.update(lay_out(text, [text.branches(rng, c["events"]) for c in clips],
                             [c["times"][::2] for c in clips], grid))
    return batch


# Held-out windows for questions: as the last level, with more of what rules ask about.
ASKED = dict(LEVELS[3], light=0.14, kinds=(0.22, 0.40, 0.22, 0.16))
# `teach`: a quarter of the windows and more are empty, and few are short.
LESSON = dict(count=(0.29, 0.20, 0.24, 0.19, 0.08), light=0.12, lessons=True,
              length={3: .02, 4: .04, 5: .04, 6: .1, 8: .35, 9: .05, 10: .3, 12: .1})
LESSON_FPS = {2: 0.34, 1: 0.18, 4: 0.26, 0.5: 0.06, 0.7: 0.03, 1.5: 0.04, 2.5: 0.03, 3: 0.06}
UNEVEN = 0.12  # share of clips with uneven gaps between frames


def sample_lesson(rng, budget, text, lesson):
    """A batch for `teach`: clips of one grid and number of frame pairs with all questions about them."""
    grid = pick(rng, {g: share for g, (_, share) in GRIDS.items()})
    table = {(f, s): fw * sw for f, fw in LESSON_FPS.items() for s, sw in LESSON["length"].items()}
    pairs = pairs_of(*pick(rng, table))
    table = {k: w for k, w in table.items() if pairs_of(*k) == pairs}
    size = int(np.clip(budget // (pairs * grid[0] * grid[1]), 3, 24))
    clips = [sample_clip(rng, LESSON, *pick(rng, table), grid, labels=False, uneven=rng.random() < UNEVEN)
             for _ in range(size)]
    batch = dict(frames=torch.from_numpy(np.stack([c["frames"] for c in clips])))
    batch.update(pack(text, [text.branches(rng, c["events"], 0.8, 0.3) + text.lesson(rng, lesson, c) for c in clips],
                      [c["times"][::2] for c in clips], grid))
    return batch


def sample_stories(rng, budget, text, longest):
    """A batch of questions for summaries of text, about `budget` tokens in all, laid out without a video."""
    out, total = [], 0
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
        ids[n, :len(both)] = both
        target[n, len(question) - 1:len(both) - 1] = both[len(question):]
    return dict(ids=ids, target=target, positions=torch.arange(length).expand(3, len(out), -1))


def lay_out(text, branches, pair_seconds, grid):
    """Token ids, positions, branch numbers and targets of a batch; all clips have equally many video tokens.

    Sequence: head, video, tail, then each branch's question and answer. Branch numbers: 0 = shared prefix,
    1.. = branches, -1 = padding. A token sees the prefix and its own branch. Each branch's positions begin
    right after the prefix, so every branch is what the model would see if it were asked alone.
    """
    rows, cols = grid
    video = len(pair_seconds[0]) * rows * cols
    prefix = len(text.head) + video + len(text.tail)
    total = prefix + max(sum(len(q) + len(a) for q, a, *_ in b) for b in branches)
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
        positions[:, n, head:head + video] = grid_ids
        after = int(grid_ids.max()) + 1
        positions[:, n, head + video:prefix] = torch.arange(after, after + len(text.tail))
        after += len(text.tail)
        at = prefix
        for number, (question, answer, *wanted) in enumerate(parts, 1):
            both = torch.tensor(question + answer)
            ids[n, at:at + len(both)] = both
            branch[n, at:at + len(both)] = number
            positions[:, n, at:at + len(both)] = torch.arange(after, after + len(both))
            # The token before each answer token predicts it.
            target[n, at + len(question) - 1:at + len(both) - 1] = torch.tensor(wanted[0] if wanted else answer)
            at += len(both)
    return dict(ids=ids, branch=branch, target=target, positions=positions, head=len(text.head), video=video)


def pack(text, branches, pair_seconds, grid, limits=(36, 80)):
    """The same as `lay_out`, as `model.decode_packed` takes it: branches of like length side by side. limits: the
    longest branch of each group but the last."""
    alone = lay_out(text, [[] for _ in branches], pair_seconds, grid)
    clips, prefix = alone["ids"].shape
    after = alone["positions"].amax((0, 2)) + 1
    ids, positions = [alone["ids"].flatten()], [alone["positions"].flatten(1)]
    target, groups = [torch.full((clips * prefix,), IGNORE)], []
    every = [(n, q, a, wanted[0] if wanted else a) for n, parts in enumerate(branches) for q, a, *wanted in parts]
    edges = (0, *limits, 1 << 30)
    for low, high in zip(edges, edges[1:]):
        chosen = [b for b in every if low < len(b[1]) + len(b[2]) <= high]
        if not chosen:
            continue
        length = max(len(b[1]) + len(b[2]) for b in chosen)
        owner = torch.tensor([b[0] for b in chosen])
        tokens, wanted = torch.full((len(chosen), length), text.pad), torch.full((len(chosen), length), IGNORE)
        for row, (_, question, answer, learned) in enumerate(chosen):
            both = torch.tensor(question + answer)
            tokens[row, :len(both)] = both
            wanted[row, len(question) - 1:len(both) - 1] = torch.tensor(learned)
        ids.append(tokens.flatten())
        target.append(wanted.flatten())
        positions.append((after[owner][:, None] + torch.arange(length)).flatten().expand(3, -1))
        groups.append((owner, length))
    return dict(ids=torch.cat(ids), target=torch.cat(target), positions=torch.cat(positions, 1), clips=clips,
                prefix=prefix, groups=groups, head=alone["head"], video=alone["video"])


def mask_of(branch):
    """Additive float mask [clips, 1, length, length] from branch numbers [clips, length]."""
    q, k = branch[:, :, None], branch[:, None, :]
    length = branch.shape[1]
    allowed = ((k == 0) | (k == q)) & torch.ones(length, length, dtype=torch.bool).tril()
    return torch.zeros(allowed.shape).masked_fill_(~allowed, -1e9)[:, None]
