"""Run with: python -m pytest training/tests"""
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from chronoscope_training import data, evaluate, prompts, render, scenes, video  # noqa: E402


def still(t0, t1):
    return scenes.Thing(0, 0, 0.2, t0, t1, (0.5, 0.5), (0, 0), t1)


def test_times_are_even_in_number_and_start_at_zero():
    assert data.frame_times(2, 2.5) == ([0, 0.5, 1.0, 1.5, 2.0, 2.0], 5)
    assert data.frame_times(1, 4) == ([0, 1, 2, 3], 4)


@pytest.mark.parametrize("fps, expected", [(2, (2.25, 5.25)), (1, (2.5, 5.5)), (4, (2.25, 5.25))])
def test_boundaries_lie_between_the_frames_around_them(fps, expected):
    times, count = data.frame_times(fps, 10)
    scene = scenes.Scene(4 / 3, [still(2.2, 5.2)])
    (start, end, text, _), = data.seen_events(scene, times, count, fps)
    assert (start, end) == expected and text == "A red circle appears."


def test_event_that_runs_through_the_window_takes_all_of_it():
    times, count = data.frame_times(2, 10)
    (start, end, _, _), = data.seen_events(scenes.Scene(1, [still(-1, 11)]), times, count, 2)
    assert (start, end) == (0, 10)


def test_event_between_frames_is_not_asked_for():
    times, count = data.frame_times(1, 10)
    assert data.seen_events(scenes.Scene(1, [still(2.1, 2.9)]), times, count, 1) == []


def test_truth_follows_the_frames():
    scene = scenes.Scene(1, [still(1.01, 2.0)])
    assert video.truth(scene, 100, video.rate_of("10")) == [
        {"startMs": 1100, "endMs": 2000, "description": "A red circle appears."}]


def test_tokenizer_takes_any_text_back():
    tokenizer = prompts.build_tokenizer()
    for text in ("A red circle moves left.", "Grüße, 世界! 1234\n\n  x", prompts.dense_answer([(0.5, 3, "x")])):
        assert tokenizer.decode(tokenizer.encode(text).ids) == text
    assert len(tokenizer.encode("2026").ids) == 4


def test_answer_is_read_back():
    rows = [(0.25, 61.5, "A red circle turns blue."), (1.0, 2.0, scenes.LIGHT_TEXT)]
    assert evaluate.parse(prompts.dense_answer(rows)) == rows
    assert evaluate.parse("nonsense") == []
    assert prompts.summary_answer(rows) == "A red circle turns blue, then the light goes off."


def test_picture_is_the_same_at_every_size():
    import cv2
    scene = scenes.window_scene(np.random.default_rng(5), 10, 4 / 3, 3)
    scene.background = 3
    small, large = (render.draw(scene, np.full((h, w, 3), 90, np.float32), 5.0) for h, w in ((84, 112), (336, 448)))
    assert np.abs(cv2.resize(large, (112, 84), interpolation=cv2.INTER_AREA) - small).mean() < 1.0


def test_branches_see_the_prefix_and_themselves_only():
    import torch
    mask = data.mask_of(torch.tensor([[0, 0, 1, 1, 2, -1]]))[0, 0] == 0
    assert mask[4].tolist() == [True, True, False, False, True, False]
    assert mask[3].tolist() == [True, True, True, True, False, False]
