"""Run with: python -m pytest training/tests"""

import argparse
import queue
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))
from chronoscope_training import canvas, clips, data, lessons, queries, render, scenes, sprint, steps, train
from chronoscope_training import model as net

WINDOWS = ((2, 8), (4, 4), (2, 7.5), (1, 16))  # each of 8 pairs, with even and odd numbers of frames
PLACES = [(grid, aspect) for grid, (aspects, _) in data.GRIDS.items() for aspect in sorted(set(aspects))]


def drawn(seed: int, grid: data.Grid, aspect: float) -> tuple[list[data.Shot], clips.Arrays]:
    rng = np.random.default_rng(seed)
    shots = [
        data.sample_shot(rng, clips.SPRINT, fps, length, aspect, uneven)
        for fps, length in WINDOWS
        for uneven in (False, True)
    ]
    batch = clips.pictures(rng, shots, grid, aspect)
    return shots, {k: torch.from_numpy(v) if isinstance(v, np.ndarray) else v for k, v in batch.items()}


@pytest.mark.parametrize(("grid", "aspect"), PLACES)
def test_pictures_and_labels_are_those_of_the_renderer(grid: data.Grid, aspect: float) -> None:
    shots, batch = drawn(7, grid, aspect)
    rows, cols = grid
    backs = [render.background(s.scene.background, 28 * cols, 28 * rows, s.scene.extent) for s in shots]
    frames = canvas.scene_frames(batch, torch.from_numpy(np.stack(backs))).numpy()
    labels = canvas.token_labels(batch).numpy()
    assert (labels[:, :, 0] > 0).any()
    for n, shot in enumerate(shots):
        cover = np.zeros((len(shot.scene.things), len(shot.times), rows, cols), np.float32)
        for k, t in enumerate(shot.times):
            masks: list[tuple[int, render.Cover]] = []
            assert np.abs(render.draw(shot.scene, backs[n], t, masks) - frames[n, k]).max() < 0.01
            for number, (x, y, part) in masks:
                full = np.zeros((28 * rows, 28 * cols), np.float32)
                full[y : y + part.shape[0], x : x + part.shape[1]] = part
                cover[number, k] = full.reshape(rows, 28, cols, 28).mean((1, 3))
        assert (render.token_labels(shot.scene, shot.times, cover) == labels[n]).all()


def test_camera_blurs_and_compresses_like_the_renderer() -> None:
    import cv2

    _, batch = drawn(8, (3, 4), 4 / 3)
    frames = canvas.scene_frames(batch, canvas.backgrounds(batch))[:, :1]
    frames += 3 * torch.randn(frames.shape, generator=torch.Generator().manual_seed(1))
    for sigma in (0.3, 0.75):
        ours = canvas.smoothed(frames.clone(), torch.full((len(frames),), sigma))
        for mine, picture in zip(ours[:, 0].numpy(), frames[:, 0].numpy()):
            assert np.abs(mine - cv2.GaussianBlur(picture, (0, 0), sigma)).max() < 0.1
    pictures = frames.clamp(0, 255).byte()
    for quality in (55, 75, 95):
        coarse = canvas.compressed(pictures.float(), torch.full((len(frames),), float(quality)))
        for mine, picture in zip(coarse[:, 0].numpy().astype(float), pictures[:, 0].numpy()):
            coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
            theirs = cv2.imdecode(coded, cv2.IMREAD_COLOR)
            assert theirs is not None
            # Much closer to the real thing than that is to the original.
            assert np.abs(mine - theirs).mean() < 0.5 * np.abs(picture.astype(float) - theirs).mean()


def test_backgrounds_are_as_bright_and_as_rough_as_those_of_the_renderer() -> None:
    rng = np.random.default_rng(9)
    batch = {
        k: torch.from_numpy(v) if isinstance(v, np.ndarray) else v for k, v in clips.surroundings(rng, 300).items()
    }
    ours = canvas.backgrounds({**batch, "size": (300, 2, 84, 112), "extent": (4 / 3, 1.0)}).numpy()
    theirs = np.stack([render.background(seed, 112, 84, (4 / 3, 1.0)) for seed in range(300)])
    assert abs(ours.mean() - theirs.mean()) < 6
    for measure in (lambda x: x.std((1, 2)).mean(), lambda x: np.abs(np.diff(x, axis=2)).mean()):
        assert measure(ours) == pytest.approx(measure(theirs), rel=0.15)


def test_repeated_frame_is_exactly_the_one_before() -> None:
    shots, batch = drawn(10, (3, 4), 4 / 3)
    frames = canvas.draw(batch)[0]
    odd = torch.tensor([s.count % 2 == 1 for s in shots])
    assert odd.any()
    assert not odd.all()
    same = (frames[:, -1] == frames[:, -2]).flatten(1).all(1)
    assert (same == odd).all()


def test_questions_on_half_of_the_tokens_ask_about_that_half() -> None:
    text, rng = data.Text(), np.random.default_rng(12)
    shots = [data.sample_shot(rng, clips.SPRINT, 2, 8, 4 / 3) for _ in range(40)]
    for _ in range(4):
        batch = clips.half(rng, text, shots, (3, 4))
        assert batch is not None
        top, bottom, left, right = batch["kept"]
        assert (bottom - top, right - left) in ((1, 4), (3, 2))
        assert batch["video"] == 8 * (bottom - top) * (right - left)
        answers = set(batch["target"].tolist())
        assert {text.yes, text.no} < answers


def test_queries_about_a_half_hold_there_and_not_in_the_other() -> None:
    thing = scenes.Thing(0, 0, 0.2, 1, 7, (0.4, 0.2), (0, 0), 7)
    times, count = data.frame_times(2, 8)
    query = queries.Query("appear", 0, 0, place="upper")
    scene = scenes.Scene(4 / 3, [thing])
    assert queries.judge(query, scene, times, count, 2)[0] is True
    assert queries.judge(replace(query, place="lower"), scene, times, count, 2)[0] is False


def test_packed_questions_have_the_loss_of_laid_out_ones() -> None:
    text, rng = data.Text(), np.random.default_rng(13)
    model = net.build(text.tokenizer, seed=3)
    shots = [data.sample_clip(rng, data.LESSON, 2, 5, (3, 4), labels=False) for _ in range(3)]
    branches = [text.branches(rng, s.events) + text.lesson(rng, lessons.Lesson(), s) for s in shots]
    seconds = [s.times[::2] for s in shots]
    packed, laid = data.pack(text, branches, seconds, (3, 4)), data.lay_out(text, branches, seconds, (3, 4))
    frames = torch.from_numpy(np.stack([s.frames for s in shots]))
    decoder = model.model.language_model
    with torch.no_grad():
        tokens = net.encode(model.model.visual, frames).reshape(3, laid["video"], -1)
        x = decoder.embed_tokens(laid["ids"])
        x[:, laid["head"] : laid["head"] + laid["video"]] = tokens
        x = net.decode(decoder, x, laid["positions"], data.mask_of(laid["branch"]))
        there = laid["target"] != data.IGNORE
        one = torch.nn.functional.cross_entropy(model.lm_head(x[there]), laid["target"][there])
        batch = {**packed, **sprint.on(torch.device("cpu"), clips.tokens_of(packed))}
        x = sprint.questions(model, tokens, batch)
        other = sprint.answers(model, text, x, batch, torch.ones_like(text.weight))[0]
    assert other.item() == pytest.approx(one.item(), rel=1e-4)


def test_skeleton_computes_what_the_reference_does() -> None:
    text = data.Text()
    model, bones = net.build(text.tokenizer, seed=8, layers=5), net.skeleton(text.tokenizer, layers=5)
    bones.load_state_dict(model.state_dict())
    assert {n for n, _ in bones.named_parameters()} == {n for n, _ in model.named_parameters()}
    frames = torch.randint(0, 256, (2, 4, 84, 140, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    ids = torch.tensor([text.dense])
    with torch.no_grad():
        one, other = (net.encode(m.model.visual, frames) for m in (model, bones))
        assert torch.equal(one, other)
        positions = torch.arange(ids.shape[1]).expand(3, 1, -1)
        said = [
            net.decode(m.model.language_model, m.model.language_model.embed_tokens(ids), positions)
            for m in (model, bones)
        ]
    assert torch.equal(*said)


def test_new_layers_change_nothing_at_first() -> None:
    text = data.Text()
    model = net.build(text.tokenizer, seed=4)
    big = sprint.grown(model, text, 6)
    assert len(big.model.language_model.layers) == 6
    ids = torch.tensor([text.dense])
    with torch.no_grad():
        before, after = (m(input_ids=ids).logits for m in (model, big))
    assert torch.allclose(before, after, atol=1e-5)


def test_muon_steps_have_one_size_in_every_direction() -> None:
    torch.manual_seed(5)
    for shape in ((4, 64, 32), (4, 32, 64)):
        singular = torch.linalg.svdvals(steps.orthogonal(torch.randn(shape)))
        assert singular.min() > 0.5
        assert singular.max() < 1.3


def test_adamw_takes_the_steps_of_torch() -> None:
    torch.manual_seed(5)
    one, other = (torch.nn.Parameter(torch.ones(3, 4)) for _ in range(2))
    ours = steps.AdamW([one], weight_decay=0.02, betas=(0.9, 0.98))
    theirs = torch.optim.AdamW([other], lr=0.01, betas=(0.9, 0.98), weight_decay=0.02)
    for _ in range(20):
        one.grad = torch.randn(3, 4)
        other.grad = one.grad.clone()
        ours.step(0.01)
        theirs.step()
    assert torch.allclose(one, other, atol=1e-6)


def test_muon_solves_a_least_squares_problem() -> None:
    torch.manual_seed(6)
    wanted, weights = torch.randn(8, 8), torch.nn.Parameter(torch.zeros(8, 8))
    optimizer = steps.Muon([weights], weight_decay=0.0)
    for step in range(200):
        weights.grad = weights.detach() - wanted
        optimizer.step(0.3 * (1 - step / 200))
    assert (weights - wanted).abs().max() < 0.1


def test_sprint_learns_writes_its_weights_and_keeps_to_its_time(tmp_path: Path, monkeypatch: Any) -> None:
    """One producer's batches in this process; the whole command runs the same functions."""
    text = data.Text()
    model, heads = net.build(text.tokenizer, seed=7), net.TokenHeads()
    options = argparse.Namespace(
        optimizer="muon", lr=2e-3, muon_lr=3e-3, aux=0.1, half_weight=0.1, text_weight=0.2, warmup=5, hold=0.3
    )
    optimizers = sprint.Optimizers(model, heads, options)
    made: queue.Queue[clips.Arrays] = queue.Queue()
    monkeypatch.setattr(clips, "RARE", 1.0)
    work = clips.Work(cost=9000, queries=1, story_tokens=400, end=time.time())
    made.put(clips.sample(np.random.default_rng(14), text, lessons.Lesson(), work, 0.0))
    batch = sprint.on(torch.device("cpu"), made.get())
    losses = []
    for step in range(6):
        loss, stats = sprint.loss_of(model, heads, text, batch, options)
        loss.backward()
        optimizers.step(sprint.rate_at(0.0, step, options))
        for p in [*model.parameters(), *heads.parameters()]:
            p.grad = None
        losses.append(loss.item())
        assert {"digit", "t_loss", "h_yes", "e_shape"} <= set(stats)
    assert losses[-1] < 0.9 * losses[0]
    sprint.save(tmp_path, model, heads, train.Average(model, 0.9))
    assert {p.name for p in tmp_path.iterdir()} == {"model.safetensors", "current.safetensors"}


def test_rate_rises_holds_and_falls() -> None:
    options = argparse.Namespace(warmup=10, hold=0.5)
    assert sprint.rate_at(0.0, 4, options) == 0.5
    assert sprint.rate_at(0.4, 100, options) == 1.0
    assert sprint.rate_at(0.75, 100, options) == pytest.approx(0.5)
    assert sprint.rate_at(1.0, 100, options) == 0.02
