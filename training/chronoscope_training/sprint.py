"""A short training on one GPU: pictures are drawn there, and producers only decide what they show.

`train` and `teach` draw and learn on CPU cores, tens of clips a second; this takes thousands. It continues an exported
checkpoint, whose decoder may grow, until a number of seconds is over.
"""

import argparse
import json
import os
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.multiprocessing as mp
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from . import canvas, clips, data, evaluate, prompts
from . import model as net
from .clips import Arrays
from .data import Text
from .export import load_grown, published_name
from .model import Model
from .steps import AdamW, Muon
from .train import Average

RATES = (0.5, 1.0, 2.0, 4.0)  # of the evaluation at the end
SECONDS = 6.0  # of its windows


def grown(model: Model, text: Text, layers: int, make: Callable[..., Model] = net.build) -> Model:
    """The model with more decoder layers, spread over the others; their outputs are 0, so it answers as before."""
    old = len(model.model.language_model.layers)
    if layers == old:
        return model
    big = make(text.tokenizer, layers=layers)
    # The number of the old layer at each place; each new one follows old ones.
    extra = {round((k + 1) * old / (layers - old)) + k for k in range(layers - old)}
    sources = iter(range(old))
    origin = {place: None if place in extra else next(sources) for place in range(layers)}
    before, after = model.state_dict(), big.state_dict()
    for name, value in after.items():
        if ".language_model.layers." not in name:
            value.copy_(before[name])
            continue
        head, _, rest = name.partition(".layers.")
        number, _, part = rest.partition(".")
        source = origin[int(number)]
        if source is not None:
            value.copy_(before[f"{head}.layers.{source}.{part}"])
        elif part in ("self_attn.o_proj.weight", "mlp.down_proj.weight"):
            value.zero_()
    return big


def on(device: torch.device, value: Any) -> Any:
    """Arrays, and tensors in pinned memory, as tensors on the device; anything else as it is."""
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(value)
    if isinstance(value, Tensor):
        return value.to(device, non_blocking=True)
    if isinstance(value, dict):
        return {k: on(device, v) for k, v in value.items()}
    if isinstance(value, list):
        return [on(device, v) for v in value]
    if isinstance(value, tuple):
        return tuple(on(device, v) for v in value)
    return value


def pinned(value: Any) -> Any:
    """Arrays as tensors in pinned memory."""
    if isinstance(value, np.ndarray):
        return torch.from_numpy(value).pin_memory()
    if isinstance(value, dict):
        return {k: pinned(v) for k, v in value.items()}
    if isinstance(value, list):
        return [pinned(v) for v in value]
    if isinstance(value, tuple):
        return tuple(pinned(v) for v in value)
    return value


def answers(
    model: Model, text: Text, x: Tensor, batch: Arrays, weight: Tensor, *, measured: bool = True
) -> tuple[Tensor, dict[str, Tensor]]:
    """The weighted loss over the answer tokens of decoded tokens [n, hidden], and accuracies if they are measured."""
    target = batch["target"].long()
    logits = F.linear(x.index_select(0, batch["at"].int()).float(), model.lm_head.weight)
    each = weight[target]
    loss = (F.cross_entropy(logits, target, reduction="none") * each).sum() / each.sum()
    stats = {"loss": loss.detach()}
    if measured:
        right = logits.detach().argmax(-1) == target
        for name, members in text.groups.items():
            chosen = torch.isin(target, members)
            stats[name] = net.share(right & chosen, chosen)
    return loss, stats


def questions(model: Model, tokens: Tensor, batch: Arrays) -> Tensor:
    """Decodes the questions about clips whose merged tokens [clips, video, hidden] are given."""
    count, prefix, start, video = (batch[k] for k in ("clips", "prefix", "head", "video"))
    decoder = model.model.language_model
    embedded = decoder.embed_tokens(batch["ids"].int())
    shared, own = embedded.split((count * prefix, len(embedded) - count * prefix))
    head, _, tail = shared.view(count, prefix, -1).split((start, video, prefix - start - video), 1)
    x = torch.cat((torch.cat((head, tokens.to(embedded.dtype), tail), 1).flatten(0, 1), own))
    return net.decode_packed(decoder, x, batch["positions"], count, prefix, batch["groups"])


def loss_of(
    model: Model,
    heads: net.TokenHeads,
    text: Text,
    batch: Arrays,
    options: argparse.Namespace,
    *,
    measured: bool = True,
) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of a batch of `clips.sample` on the model's device, and accuracies if they are measured."""
    with torch.no_grad():
        frames, labels = canvas.draw(batch)
    kind = frames.device.type
    with torch.autocast(kind, torch.bfloat16):
        tokens = net.encode(model.model.visual, frames)
        del frames
        seen = tokens.reshape(batch["clips"], batch["video"], -1)
        x = questions(model, seen, batch)
    loss, stats = answers(model, text, x, batch, text.weight, measured=measured)
    marks = labels.permute(0, 1, 3, 4, 2).reshape(-1, 7)
    aux, hits = heads(tokens.float().flatten(0, 1), marks, measured=measured)
    stats |= dict(zip(("e_colour", "e_shape", "e_motion", "e_presence", "e_dark", "e_half"), hits))
    loss = loss + options.aux * aux
    part = batch["half"]
    if part:
        top, bottom, left, right = part["kept"]
        rows, columns = labels.shape[3:]
        kept = tokens.view(batch["clips"], -1, rows, columns, tokens.shape[-1])[: part["clips"]]
        with torch.autocast(kind, torch.bfloat16):
            x = questions(model, kept[:, :, top:bottom, left:right].flatten(1, 3), part)
        half, found = answers(model, text, x, part, text.weight)
        loss = loss + options.half_weight * half
        stats |= {"h_yes": found["yes"], "h_no": found["no"]}
    story = batch["story"]
    if story:
        ids = story["ids"]
        with torch.autocast(kind, torch.bfloat16):
            decoder = model.model.language_model
            x = decoder.embed_tokens(ids.int())
            length = ids.shape[1]
            mask = torch.full((length, length), -1e9, device=ids.device).triu_(1)
            x = net.decode(decoder, x, story["positions"], mask).flatten(0, 1)
        told, found = answers(model, text, x, story, torch.ones_like(text.weight))
        loss = loss + options.text_weight * told
        stats |= {"t_loss": found["loss"], "t_colour": found["colour"], "t_shape": found["shape"]}
    return loss, stats


def rate_at(done: float, step: int, options: argparse.Namespace) -> float:
    """The share of the full rate after that share of the time: warm-up by steps, constant, then down to a fiftieth."""
    left = (1 - done) / (1 - options.hold)
    return min(1.0, (step + 1) / options.warmup) * min(1.0, max(0.02, left))


class Optimizers:
    """Muon for the matrices of the layers, AdamW for all else; or AdamW for everything."""

    def __init__(self, model: Model, heads: net.TokenHeads, options: argparse.Namespace) -> None:
        self.rate, self.muon_rate = options.lr, options.muon_lr
        every = [*model.named_parameters(), *heads.named_parameters()]
        inner = [
            p
            for n, p in every
            if p.ndim == 2 and (".layers." in n or ".blocks." in n or ".merger." in n) and options.optimizer == "muon"
        ]
        chosen = {id(p) for p in inner}
        self.adamw = [
            AdamW([p for _, p in every if id(p) not in chosen and (p.ndim > 1) == matrix], decay, (0.9, 0.98))
            for matrix, decay in ((True, 0.02), (False, 0.0))
        ]
        self.muon = Muon(inner, weight_decay=0.02) if inner else None

    def step(self, share: float) -> None:
        """One step at that share of the full rates."""
        for one in self.adamw:
            one.step(self.rate * share)
        if self.muon:
            self.muon.step(self.muon_rate * share)


def held_out(first_seed: int, count: int, out: Any) -> None:
    """Renders the windows of the evaluation in a process of its own: windows of 6 s with 1 to 3 events."""
    torch.set_num_threads(1)
    for fps in RATES:
        out.put((fps, [evaluate.held_out(first_seed + n, (1, 2, 3)[n % 3], fps, SECONDS) for n in range(count)]))


@torch.no_grad()
def scores(model: Model, text: Text, windows: Any, device: torch.device, deadline: float) -> list[dict[str, Any]]:
    """Dense answers about held-out windows, scored; stops early at the deadline."""
    model.eval()
    rows = []
    for fps in RATES:
        rate, items = windows.get(timeout=max(1.0, deadline - time.time()))
        score, perfect, groups = evaluate.Score(), evaluate.Score(), dict[Any, list[evaluate.Window]]()
        for item in items:
            groups.setdefault(item[0].shape, []).append(item)
        for part in groups.values():
            frames = torch.from_numpy(np.stack([p[0] for p in part])).to(device)
            said = evaluate.generate(model, text, frames, [p[1][::2] for p in part], [text.dense] * len(part), 200)
            for (_, times, scene), answer in zip(part, said):
                score.add(answer, scene, SECONDS)
                told = data.seen_events(scene, times, len(set(times)), rate)
                perfect.add(prompts.dense_answer([e[:3] for e in told]), scene, SECONDS)
        found = score.result()
        rows.append(
            {
                "fps": fps,
                "ceiling": round(float(perfect.result()["miou"]), 4),
                **{k: v if isinstance(v, dict) else round(float(v), 4) for k, v in found.items()},
            }
        )
        if time.time() > deadline:
            break
    model.train()
    return rows


def weights(model: Model, kind: torch.dtype) -> dict[str, Tensor]:
    """The model's tensors by their published names, on the CPU."""
    return {
        published_name(n): p.detach().to("cpu", kind).contiguous()
        for n, p in model.named_parameters()
        if n != "lm_head.weight"
    }


def save(out: Path, model: Model, heads: net.TokenHeads, average: Average) -> None:
    """Writes the averaged weights, and the current ones with the heads; a kill leaves the files of the last time."""
    current = {**weights(model, torch.float32), **{f"heads.{n}": p.detach().cpu() for n, p in heads.named_parameters()}}
    average.swap(model)
    mean = weights(model, torch.bfloat16)
    average.swap(model)
    for name, tensors in (("model", mean), ("current", current)):
        save_file(tensors, out / f"{name}.tmp", metadata={"format": "pt"})
        os.replace(out / f"{name}.tmp", out / f"{name}.safetensors")


def run(options: argparse.Namespace, began: float) -> None:
    """Trains from `began` (of `time.time`) for `options.seconds`, evaluation included."""
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    log_file = open(out / "log.txt", "a", buffering=1)  # noqa: SIM115 (open until the process ends)

    def log(*parts: Any) -> None:
        line = " ".join([f"{time.time() - began:7.1f}s", *map(str, parts)])
        print(line, flush=True)
        log_file.write(line + "\n")

    log("modules imported")
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    torch.set_num_threads(1)
    device = torch.device(options.device)
    end = began + options.seconds
    train_end = end - options.eval_seconds
    # Processes begin before the device is in use, so they can share the parent's memory.
    context = mp.get_context("fork")
    feed: Any = context.Queue(maxsize=2 * options.producers)
    windows: Any = context.Queue()
    work = clips.Work(options.cost, options.queries, options.story_tokens, train_end)
    words = Text()
    crew = [
        context.Process(
            target=clips.produce, args=([data.TRAIN_SEED, 3, options.seed, n], words, feed, work), daemon=True
        )
        for n in range(options.producers)
    ]
    crew.append(context.Process(target=held_out, args=(100, options.eval_clips, windows), daemon=True))
    for process in crew:
        process.start()
    log("producers started")
    cuda = device.type == "cuda"
    if cuda:
        # The driver starts while the model is read.
        threading.Thread(target=torch.cuda.init, daemon=True).start()
    model, text = load_grown(options.start, net.skeleton, words)
    log("model loaded")
    model = grown(model, text, options.layers or len(model.model.language_model.layers), net.skeleton)
    heads = net.TokenHeads()
    stored = Path(options.start) / "heads.safetensors"
    if stored.exists():
        heads.load_state_dict(load_file(stored))
    torch.set_float32_matmul_precision("high")
    if cuda:
        # Its kernels are built anew for every shape.
        torch.backends.cuda.enable_cudnn_sdp(False)
    model, heads = model.to(device).train(), heads.to(device)
    text.weight = text.weight.to(device)
    text.groups = {k: v.to(device) for k, v in text.groups.items()}
    optimizers = Optimizers(model, heads, options)
    params: list[nn.Parameter] = [*model.parameters(), *heads.parameters()]
    average = Average(model, options.average)
    log("parameters", sum(p.numel() for p in model.parameters()), "device", device, "torch", torch.__version__,
        torch.cuda.get_device_name() if cuda else "", "options", json.dumps(vars(options)))  # fmt: skip

    ready: queue.Queue[Arrays] = queue.Queue(maxsize=6)

    def fetch() -> None:
        while True:
            batch = feed.get()
            ready.put(pinned(batch) if cuda else batch)

    threading.Thread(target=fetch, daemon=True).start()
    smooth: dict[str, Tensor] = {}
    step = seen = skipped = logged_step = logged_clips = waited = 0
    last_log = last_save = time.time()
    while time.time() < train_end:
        done = (time.time() - began) / (train_end - began)
        waited += ready.empty()
        try:
            batch = on(device, ready.get(timeout=5))
        except queue.Empty:
            log("no batch for 5 s")
            if not any(p.is_alive() for p in crew):
                raise RuntimeError("the producers died") from None
            continue
        if options.profile and step == options.profile:
            with torch.profiler.profile() as profile:
                for _ in range(3):
                    loss_of(model, heads, text, batch, options)[0].backward()
            for p in params:
                p.grad = None
            order = "self_device_time_total" if cuda else "self_cpu_time_total"
            (out / "profile.txt").write_text(profile.key_averages().table(sort_by=order, row_limit=60))
        loss, stats = loss_of(model, heads, text, batch, options, measured=step % 4 == 0)
        loss.backward()
        size = nn.utils.clip_grad_norm_(params, 1.0)
        if torch.isfinite(size):
            optimizers.step(rate_at(done, step, options))
            average.update(model)
        else:
            skipped += 1
        for p in params:
            p.grad = None
        step += 1
        seen += batch["clips"]
        stats["gradient"] = size
        for name, value in stats.items():
            smooth[name] = value.detach() if name not in smooth else smooth[name].lerp(value.detach(), 0.1)
        now = time.time()
        if now - last_log > options.log_seconds or step in (1, 2, 5, 20):
            memory = f"{torch.cuda.max_memory_allocated() / 2**30:.1f}/{torch.cuda.memory_reserved() / 2**30:.1f} GiB"
            log(
                f"step {step} clips {seen} {(seen - logged_clips) / (now - last_log):.0f}/s "
                f"{(step - logged_step) / (now - last_log):.1f} steps/s waited {waited} skipped {skipped} "
                f"rate {rate_at(done, step, options):.3f} {memory if cuda else ''} "
                + " ".join(f"{k} {v.item():.3f}" for k, v in smooth.items())
            )
            last_log, logged_step, logged_clips, waited = now, step, seen, 0
        if now - last_save > options.save_seconds:
            save(out, model, heads, average)
            last_save = time.time()
    save(out, model, heads, average)
    log(f"trained: {step} steps, {seen} clips")
    for process in crew[:-1]:
        process.kill()
    average.swap(model)
    try:
        rows = scores(model, text, windows, device, end)
        for row in rows:
            log("eval", json.dumps(row))
        (out / "scores.json").write_text(json.dumps(rows, indent=1) + "\n")
    finally:
        crew[-1].kill()
        log("end")
