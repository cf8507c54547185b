"""The trainer: first the encoder alone with labels for every token, then all weights together."""

import argparse
import csv
import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
import torch.multiprocessing as mp
import torch.nn.functional as F
from torch import Tensor, nn

from . import data, evaluate
from . import model as net
from .data import Batch, Text
from .model import Model

Stats: TypeAlias = dict[str, float]
State: TypeAlias = dict[str, Any]

# The teacher-forced accuracy that a level requires before the next one begins.
GOALS: tuple[dict[str, float], ...] = (
    {"digit": 0.89, "colour": 0.85, "shape": 0.85},
    {"digit": 0.88, "colour": 0.85, "shape": 0.85},
    {"digit": 0.87, "colour": 0.85, "shape": 0.85},
    {"digit": 2},
)
CURVE = Path(__file__).parents[1] / "curve.csv"


class Average:
    """A running average of the weights: as good as a decayed learning rate, at any time."""

    def __init__(self, model: Model, decay: float) -> None:
        self.decay, self.steps = decay, 0
        self.shadow = {k: p.detach().clone() for k, p in model.named_parameters()}

    @torch.no_grad()
    def update(self, model: Model) -> None:
        """Moves the average towards the model's weights."""
        self.steps += 1
        decay = min(self.decay, self.steps / (self.steps + 10))
        names = list(self.shadow)
        params = dict(model.named_parameters())
        torch._foreach_lerp_([self.shadow[n] for n in names], [params[n].detach() for n in names], 1 - decay)

    def swap(self, model: Model) -> None:
        """Exchanges the model's weights with the average."""
        for k, p in model.named_parameters():
            p.data, self.shadow[k] = self.shadow[k], p.data


def forward(
    model: Model, heads: net.TokenHeads, text: Text, batch: Batch, aux_weight: float, bf16: bool, frozen: bool = False
) -> tuple[Tensor, Stats]:
    """Loss and accuracies of a batch: of the token labels alone, or with the answers."""
    stats: Stats = {}
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        tokens = net.encode(model.model.visual, batch["frames"], frozen)
    flat = tokens.float().flatten(0, 1)
    aux, hits = heads(flat, batch["labels"].permute(0, 1, 3, 4, 2).reshape(-1, 7))
    for name, hit in zip(("e_colour", "e_shape", "e_motion", "e_presence", "e_dark", "e_half"), hits):
        stats[name] = hit.item()
    if "ids" not in batch:
        return aux, stats
    decoder = model.model.language_model
    embedded = decoder.embed_tokens(batch["ids"])
    start, video = batch["head"], batch["video"]
    size = len(embedded)
    x = torch.cat(
        (embedded[:, :start], tokens.reshape(size, video, -1).to(embedded.dtype), embedded[:, start + video :]), 1
    )
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        x = net.decode(decoder, x, batch["positions"], data.mask_of(batch["branch"]))
    target = batch["target"]
    where = target != data.IGNORE
    target = target[where]
    logits = F.linear(x[where].float(), model.lm_head.weight)
    each = F.cross_entropy(logits, target, reduction="none")
    weight = text.weight[target]
    loss = (each * weight).sum() / weight.sum()
    stats["loss"] = loss.item()
    right = logits.detach().argmax(-1) == target
    for name, members in text.groups.items():
        chosen = torch.isin(target, members)
        if chosen.any():
            stats[name] = right[chosen].float().mean().item()
    return loss + aux_weight * aux, stats


def learning_rate(options: argparse.Namespace, step: int, elapsed: float) -> float:
    """Warm-up by steps, constant, then down to a twentieth over the last quarter of the time budget."""
    rate = options.lr * min(1.0, (step + 1) / options.warmup)
    left = (options.minutes * 60 - elapsed) / (options.minutes * 60 * options.decay)
    return rate * min(1.0, max(0.05, left))


class Worker:
    """A process with one thread that renders batches and computes gradients on the shared weights.

    Two such processes use two cores better than one process with two threads: neither waits within a step.
    """

    def __init__(
        self, number: int, options: argparse.Namespace, state: State, shared: Sequence[Tensor], level: Any
    ) -> None:
        context = mp.get_context("spawn")
        self.go, self.done = context.Semaphore(0), context.Semaphore(0)
        self.gradient = torch.zeros(sum(p.numel() for p in shared)).share_memory_()
        self.stats = context.SimpleQueue()
        seed = [data.TRAIN_SEED, options.seed, state["stage"], state["segment"], number]
        self.process = context.Process(
            target=work,
            daemon=True,
            args=(
                options,
                state["stage"],
                seed,
                [p.data for p in shared],
                self.gradient,
                level,
                self.go,
                self.done,
                self.stats,
            ),
        )
        self.process.start()

    def wait(self) -> tuple[int, Stats]:
        """The number of clips and the statistics of a step, when its gradient is complete."""
        while not self.done.acquire(timeout=5):
            if not self.process.is_alive():
                raise RuntimeError("a worker died")
        return self.stats.get()

    def stop(self) -> None:
        """Ends the process."""
        self.process.terminate()


def trainable(model: Model, heads: net.TokenHeads) -> list[nn.Parameter]:
    """All parameters, in the order of the shared gradient."""
    return [*model.parameters(), *heads.parameters()]


def work(
    options: argparse.Namespace,
    stage: int,
    seed: list[int],
    shared: list[Tensor],
    gradient: Tensor,
    level: Any,
    go: Any,
    done: Any,
    stats: Any,
) -> None:
    """The body of a worker's process. level: a shared number; go, done: semaphores; stats: a queue."""
    torch.set_num_threads(1)
    text = data.Text()
    model, heads = net.build(text.tokenizer), net.TokenHeads()
    params = trainable(model, heads)
    for p, weights in zip(params, shared):
        p.data = weights
    parts = gradient.split([p.numel() for p in params])
    rng = np.random.default_rng(seed)
    while True:
        batch = data.sample_batch(rng, level.value, options.budget, text if stage == 2 else None)
        go.acquire()
        loss, found = forward(model, heads, text, batch, options.aux, options.bf16, options.freeze and stage == 2)
        for p in params:
            p.grad = None
        loss.backward()
        for p, part in zip(params, parts):
            if p.grad is None:
                part.zero_()
            else:
                part.copy_(p.grad.flatten())
        stats.put((len(batch["frames"]), found))
        done.release()


def train(options: argparse.Namespace) -> None:
    """Trains until the time budget is spent; saves its state, so a stopped run can resume."""
    torch.set_num_threads(options.workers)
    run = Path(options.run)
    run.mkdir(parents=True, exist_ok=True)
    text = data.Text()
    model = net.build(text.tokenizer, options.seed)
    heads = net.TokenHeads()
    params = trainable(model, heads)
    groups = [
        {"params": [p for p in params if (p.ndim > 1) == matrix], "weight_decay": decay}
        for matrix, decay in ((True, 0.02), (False, 0.0))
    ]
    optimizer = torch.optim.AdamW(groups, lr=options.lr, betas=(0.9, 0.98), fused=True)
    average = Average(model, options.average)
    state: State = {"stage": 1, "step": 0, "stage_step": 0, "level": 0, "elapsed": 0.0, "clips": 0, "segment": 0}
    smooth: Stats = {}
    saved = run / "state.pt"
    if options.resume and saved.exists():
        loaded = torch.load(saved, weights_only=True)
        model.load_state_dict(loaded["model"])
        heads.load_state_dict(loaded["heads"])
        optimizer.load_state_dict(loaded["optimizer"])
        average.shadow, average.steps = loaded["average"], loaded["average_steps"]
        torch.set_rng_state(loaded["rng"])
        state, smooth = loaded["state"], loaded["smooth"]
        state["segment"] += 1  # a fresh stream of scenes: none occurs twice
    if options.level is not None:
        state["level"] = options.level
    for p in params:
        p.data = p.data.clone().share_memory_()
    print(f"parameters {sum(p.numel() for p in model.parameters())}, state {state}", flush=True)
    level = mp.get_context("spawn").Value("i", state["level"])

    def save() -> None:
        torch.save(
            {
                "model": model.state_dict(),
                "heads": heads.state_dict(),
                "optimizer": optimizer.state_dict(),
                "average": average.shadow,
                "average_steps": average.steps,
                "rng": torch.get_rng_state(),
                "state": state,
                "smooth": smooth,
            },
            run / "state.tmp",
        )
        os.replace(run / "state.tmp", saved)

    def hire() -> list[Worker]:
        return [Worker(n, options, state, params, level) for n in range(options.workers)]

    workers = hire()
    sizes = [p.numel() for p in params]
    began = time.time() - state["elapsed"]
    paused = 0.0
    last_save = last_eval = last_log = time.time()
    logged_clips, logged_step, since_level = state["clips"], state["step"], 0
    while True:
        for worker in workers:
            worker.go.release()
        state["elapsed"] = time.time() - began - paused
        rate = learning_rate(options, state["stage_step"], state["elapsed"])
        for group in optimizer.param_groups:
            group["lr"] = rate
        for worker in workers:
            count, stats = worker.wait()
            state["clips"] += count
            for k, v in stats.items():
                smooth[k] = v if k not in smooth else smooth[k] + 0.015 * (v - smooth[k])
        gradient = torch.stack([worker.gradient for worker in workers]).mean(0)
        for p, part in zip(params, gradient.split(sizes)):
            p.grad = part.view_as(p)
        if options.freeze and state["stage"] == 2:
            for name, p in model.named_parameters():
                if "visual.blocks" in name or "patch_embed" in name:
                    p.grad = None
        size = torch.nn.utils.clip_grad_norm_(params, 1.0).item()
        if math.isfinite(size):
            optimizer.step()
        average.update(model)
        state["step"] += 1
        state["stage_step"] += 1
        since_level += 1
        now = time.time()
        if now - last_log > options.log_seconds:
            speed = (state["clips"] - logged_clips) / (now - last_log)
            pace = (state["step"] - logged_step) / (now - last_log)
            print(
                time.strftime("%H:%M:%S"),
                f"{state['elapsed'] / 60:.1f}min stage {state['stage']} level "
                f"{level.value} step {state['step']} clips {state['clips']} {speed:.1f}/s {pace:.2f}st/s "
                f"lr {rate:.1e} |g| {size:.2f} " + " ".join(f"{k} {v:.3f}" for k, v in smooth.items()),
                flush=True,
            )
            last_log, logged_clips, logged_step = now, state["clips"], state["step"]
        if state["stage"] == 1:
            taught = smooth["e_shape"] > options.shape_goal and smooth["e_colour"] > 0.93
            if (taught and state["stage_step"] > 300) or state["elapsed"] > 60 * options.encoder_minutes:
                state.update(stage=2, stage_step=0, level=0)
                save()
                for worker in workers:
                    worker.stop()
                workers = hire()
        else:
            # Four of the six digits of a time are nearly certain: 0.88 means two thirds of the others are right.
            goals = GOALS[state["level"]]
            if since_level > 100 and all(smooth.get(k, 0) > goals[k] for k in goals):
                state["level"] = level.value = state["level"] + 1
                since_level = 0
                print("level", state["level"], flush=True)
        if state["stage"] == 2 and now - last_eval > 60 * options.eval_minutes:
            average.swap(model)
            results = evaluate.quick(model, text, options.eval_clips)
            average.swap(model)
            add_to_curve(state, results)
            paused += time.time() - now
            last_eval = last_log = time.time()
            logged_clips, logged_step = state["clips"], state["step"]
        if time.time() - last_save > 60 * options.save_minutes:
            save()
            last_save = time.time()
        if state["elapsed"] > 60 * options.minutes:
            break
    save()
    for worker in workers:
        worker.stop()


def add_to_curve(state: State, results: list[dict[str, Any]]) -> None:
    """Appends one row per setting to the curve."""
    fresh = not CURVE.exists()
    with open(CURVE, "a", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if fresh:
            writer.writerow(
                ["minutes", "clips", "level", "events", "fps", "miou", "r1_05", "named", "invented_per_answer"]
            )
        for r in results:
            writer.writerow(
                [
                    f"{state['elapsed'] / 60:.1f}",
                    state["clips"],
                    state["level"],
                    r["events"],
                    r["fps"],
                    *(f"{r[k]:.3f}" for k in ("miou", "r1", "named", "invented")),
                ]
            )
            print("eval", r, flush=True)
