"""Greedy answers on held-out clips, and how far they are from the scenes' true times."""
import json
import re

import numpy as np
import torch
import torch.nn.functional as F

from . import data, model as net, prompts, queries, render, scenes, stories

TIME = re.compile(r"(\d+):(\d+(?:\.\d+)?)")


@torch.no_grad()
def generate(model, text, frames, pair_seconds, questions, limit=260):
    """Greedy answers. frames uint8 [clips, 2T, H, W, 3]; pair_seconds [clips][T]; questions: token ids per clip, all
    of one length. Returns texts."""
    size, grid = len(frames), (frames.shape[2] // 28, frames.shape[3] // 28)
    lay = data.lay_out(text, [[(q, [])] for q in questions], pair_seconds, grid)
    visual, decoder = model.model.visual, model.model.language_model
    x = decoder.embed_tokens(lay["ids"])
    start, video = lay["head"], lay["video"]
    x[:, start:start + video] = net.encode(visual, frames).reshape(size, video, -1)
    past = []
    x = net.decode(decoder, x, lay["positions"], past=past)[:, -1]
    position = lay["positions"][:, :, -1:] + 1
    out = torch.empty(size, 0, dtype=torch.long)
    for _ in range(limit):
        token = F.linear(x, model.lm_head.weight).argmax(-1, keepdim=True)
        out = torch.cat((out, token), 1)
        if (out == text.end).any(1).all():
            break
        x = net.decode(decoder, decoder.embed_tokens(token), position, past=past)[:, 0]
        position = position + 1
    return [text.tokenizer.decode(row[:row.index(text.end)] if text.end in row else row) for row in out.tolist()]


def parse(answer):
    """[(start s, end s, description)]; nothing when the answer cannot be read."""
    try:
        rows = json.loads(answer.strip().removeprefix("```json").removesuffix("```"))

        def seconds(s):
            minutes, rest = TIME.fullmatch(s).groups()
            return int(minutes) * 60 + float(rest)

        return [(seconds(r["start_time"]), seconds(r["end_time"]), r["description"]) for r in rows]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def names(description):
    """The (colour, shape) that a description is about, 'light', or None."""
    if "light" in description.lower():
        return "light"
    colour = next((c for c in re.findall(r"\w+", description.lower()) if c in scenes.COLOURS), None)
    shape = next((s for s in scenes.SHAPES if s in description.lower()), None)
    return (colour, shape) if colour and shape else None


def overlap(a, b):
    inside = max(0.0, min(a[1], b[1]) - max(a[0], b[0]))
    union = max(a[1], b[1]) - min(a[0], b[0])
    return inside / union if union > 0 else 0.0


def identities(event):
    if isinstance(event, scenes.Dark):
        return {"light"}
    return {(scenes.COLOURS[c], scenes.SHAPES[s]) for c, s in event.identities()}


class Score:
    """Sums over answers. An event counts as found by an answer row that names its colour and shape (either colour
    when it changes); its IoU is that of the best such row, 0 without one. A row is invented when it names nothing
    that was there, or names again what an earlier row has named. Events that overlap the window by less than
    `least` seconds are neither asked for nor held against the answer."""

    def __init__(self, least=1.0):
        self.least, self.ious, self.invented, self.answers, self.unreadable = least, [], 0, 0, 0
        self.wrong = {"colour": 0, "shape": 0, "again": 0, "other": 0}

    def add(self, answer, scene, window):
        rows = parse(answer)
        self.answers += 1
        self.unreadable += "[" not in answer or (not rows and "[]" not in answer)
        known, asked, unnamed = set(), [], []
        for event in scene.events():
            span = (max(event.t0, 0.0), min(event.t1, window))
            if span[1] > span[0]:
                known |= identities(event)
                unnamed.append(identities(event))
                if span[1] - span[0] >= self.least:
                    asked.append((span, identities(event)))
        for span, who in asked:
            self.ious.append(max((overlap(r, span) for r in rows if names(r[2]) in who), default=-1.0))
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
                same = [k for k in known if k != "light" and who not in (None, "light")]
                kind = "shape" if any(k[0] == who[0] for k in same) else \
                    "colour" if any(k[1] == who[1] for k in same) else "other"
                self.wrong[kind] += 1

    def result(self):
        iou = np.maximum(self.ious, 0)
        return dict(miou=float(iou.mean()), r1=float((iou >= 0.5).mean()),
                    named=float((np.array(self.ious) >= 0).mean()), invented=self.invented / self.answers,
                    unreadable=self.unreadable / self.answers, wrong=self.wrong, asked=len(iou))


def held_out(seed, count, fps, length=10.0):
    """One held-out window: (frames, times, scene). The same seed gives the same scene at every fps."""
    rng = np.random.default_rng([seed, 77])
    grid = data.pick(rng, {g: share for g, (_, share) in data.GRIDS.items()})
    aspect = data.GRIDS[grid][0][0]
    scene = scenes.window_scene(rng, length, aspect, count)
    times, _ = data.frame_times(fps, length)
    return render.clip(np.random.default_rng([seed, 78]), scene, times, grid[1] * 28, grid[0] * 28), times, scene


def run(model, text, first_seed, clips, fps, counts, length=10.0, batch=24, show=0):
    """Scores dense answers on `clips` held-out windows with the given numbers of events."""
    assert first_seed + clips <= data.HELD_OUT_END
    model.eval()
    score, groups = Score(), {}
    for n in range(clips):
        item = held_out(first_seed + n, counts[n % len(counts)], fps, length)
        groups.setdefault(item[0].shape, []).append(item)
    for items in groups.values():
        for at in range(0, len(items), batch):
            part = items[at:at + batch]
            answers = generate(model, text, torch.from_numpy(np.stack([p[0] for p in part])),
                               [p[1][::2] for p in part], [text.dense] * len(part))
            for (frames, times, scene), answer in zip(part, answers):
                score.add(answer, scene, length)
                if show > 0:
                    show -= 1
                    print([(round(max(0, e.t0), 2), round(min(length, e.t1), 2), e.describe()) for e in scene.events()
                           if e.t1 > 0 and e.t0 < length], "\n   ->", answer.replace("\n", " "), flush=True)
    model.train()
    return dict(score.result(), fps=fps, events="-".join(str(c) for c in sorted({counts[0], counts[-1]})))


@torch.no_grad()
def presence(model, text, first_seed, clips, fps, length=10.0, each=2):
    """Yes-or-no questions about held-out windows, as many true as false of each form, judged by whether yes or no is
    the likelier first token. -> {kind of query: how many, the shares of right answers, the area under the ROC curve
    of the probability of yes}."""
    assert first_seed + clips <= data.HELD_OUT_END
    model.eval()
    asker, scores = queries.Asker(), {}
    for seed in range(first_seed, first_seed + clips):
        frames, times, scene = asked_window(seed, fps, length)
        count, rng, asked = data.frame_times(fps, length)[1], np.random.default_rng([seed, 79]), []
        for _ in range(each):
            found = asker.true(rng, scene, times, count, fps)
            asked += [(found[0], True)] if found else []
            query = asker.false(rng, scene, times, count, fps)
            asked += [(query, False)] if query else []
        if not asked:
            continue
        for (query, truth), margin in zip(asked, margins(model, text, frames, times,
                                                         [q.words(rng) for q, _ in asked])):
            thing = "any" if query.act == "light" else {
                (True, True): "colour and shape", (True, False): "colour", (False, True): "shape",
                (False, False): "any thing"}[query.colour is not None, query.shape is not None]
            for key in ("all", "act: " + query.act, "place: " + ("half" if query.place else "anywhere"),
                        "thing: " + thing):
                scores.setdefault(key, {True: [], False: []})[truth].append(margin)
    model.train()
    return {key: dict(fps=fps, **rates(np.array(v[True]), np.array(v[False]))) for key, v in sorted(scores.items())}


def margins(model, text, frames, times, words):
    """How much likelier (in logits) the model finds yes than no for each query about one clip."""
    branches = [(text.presence(w), []) for w in words]
    frames = torch.from_numpy(frames)[None]
    lay = data.lay_out(text, [branches], [times[::2]], (frames.shape[2] // 28, frames.shape[3] // 28))
    x = model.model.language_model.embed_tokens(lay["ids"])
    x[:, lay["head"]:lay["head"] + lay["video"]] = net.encode(model.model.visual, frames).flatten(0, 1)[None]
    x = net.decode(model.model.language_model, x, lay["positions"], data.mask_of(lay["branch"]))
    lengths = [len(question) for question, _ in branches]
    ends = lay["ids"].shape[1] - sum(lengths) + np.cumsum(lengths) - 1
    logits = F.linear(x[0, ends], model.lm_head.weight)
    return (logits[:, text.yes] - logits[:, text.no]).tolist()


def rates(yes, no):
    """Margins of the queries that are so and of those that are not -> figures."""
    right, wrong = float((yes > 0).mean()) if len(yes) else 0.0, float((no > 0).mean()) if len(no) else 0.0
    above = float((yes[:, None] > no[None]).mean()) if len(yes) and len(no) else 0.0
    return dict(asked=len(yes) + len(no), balanced=round((right + 1 - wrong) / 2, 3), yes=round(right, 3),
                no=round(1 - wrong, 3), auc=round(above, 3))


def asked_window(seed, fps, length):
    """One held-out window with zero to three events, more of which stop, turn or go dark than elsewhere."""
    rng = np.random.default_rng([seed, 77])
    grid = data.pick(rng, {g: share for g, (_, share) in data.GRIDS.items()})
    scene = scenes.window_scene(rng, length, data.GRIDS[grid][0][0], int(rng.integers(0, 4)), data.ASKED["light"],
                                data.ASKED["kinds"])
    times, _ = data.frame_times(fps, length)
    return render.clip(np.random.default_rng([seed, 78]), scene, times, grid[1] * 28, grid[0] * 28), times, scene


def grounding(model, text, first_seed, clips, fps, length=10.0):
    """The time of queries that are so for exactly one event, against the event's own times."""
    assert first_seed + clips <= data.HELD_OUT_END
    model.eval()
    ious = []
    for seed in range(first_seed, first_seed + clips):
        frames, times, scene = asked_window(seed, fps, length)
        rng = np.random.default_rng([seed, 80])
        found = queries.Asker().true(rng, scene, times, data.frame_times(fps, length)[1], fps)
        if not found or len(found[1]) != 1:
            continue
        question = text.ids(prompts.ASK.format(prompts.GROUND.format(found[0].words(rng))))
        answer, = generate(model, text, torch.from_numpy(frames)[None], [times[::2]], [question], 40)
        span = [60 * int(m) + float(s) for m, s in TIME.findall(answer)]
        event, = found[1]
        ious.append(overlap(span, (max(event.t0, 0), min(event.t1, length))) if len(span) == 2 else 0.0)
    model.train()
    return dict(fps=fps, asked=len(ious), miou=round(float(np.mean(ious)), 3),
                r1=round(float(np.mean(np.array(ious) >= 0.5)), 3))


@torch.no_grad()
def told(model, text, question, limit=160):
    """The greedy answer to a question without a video."""
    decoder, past = model.model.language_model, []
    ids, at, out = torch.tensor([question]), 0, []
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


def summaries(model, text, count, level, seed=60_000, longest=16, show=0):
    """Summaries of held-out texts: the share of the things in the parts that the answer names, the share of its
    things that no part names, the share of answers that are word for word what `stories.tell` says."""
    model.eval()
    named, invented, exact, lengths = [], [], [], []
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
    return dict(level=level, texts=count, named=round(float(np.mean(named)), 3),
                invented=round(float(np.mean(invented or [0])), 3), exact=round(float(np.mean(exact)), 3),
                longest=max(lengths))


def ceiling(first_seed, clips, fps, counts, length=10.0):
    """The score of answers that say exactly what the sampled frames can tell: what no model can exceed by much."""
    score = Score()
    for n in range(clips):
        _, times, scene = held_out(first_seed + n, counts[n % len(counts)], fps, length)
        events = data.seen_events(scene, times, data.frame_times(fps, length)[1], fps)
        score.add(prompts.dense_answer([e[:3] for e in events]), scene, length)
    return dict(score.result(), fps=fps)


def survey(model, text, clips, first_seed=100):
    """The evaluation while `teach` runs: rows of (question, fps, two or three figures), on the seeds for choosing."""
    rows = []
    for counts, fps in (((1,), 2), ((1, 2, 3), 2), ((1, 2, 3), 1), ((1, 2, 3), 4)):
        r = run(model, text, first_seed, clips, fps, counts)
        rows.append((f"dense {r['events']}", fps, r["miou"], r["r1"], r["named"], r["invented"]))
    for key, r in presence(model, text, first_seed, clips, 2).items():
        if key in ("all", "act: stop", "place: half"):
            rows.append((f"presence {key}", 2, r["yes"], r["no"], r["auc"], None))
    r = grounding(model, text, first_seed, clips, 2)
    rows.append(("grounding", 2, r["miou"], r["r1"], None, None))
    r = summaries(model, text, clips // 4, 1)
    rows.append(("summaries", None, r["exact"], r["named"], r["invented"], None))
    return [dict(question=q, fps=f, **{k: v if v is None else round(float(v), 3) for k, v in zip("abcd", figures)})
            for q, f, *figures in rows]


def quick(model, text, clips):
    """The small evaluation during training."""
    return [run(model, text, 10_000, clips, fps, counts, show=4 if fps == 2 and len(counts) > 1 else 0)
            for counts, fps in (((1,), 2), ((1, 2, 3), 2), ((1, 2, 3), 1), ((1, 2, 3), 4))]
