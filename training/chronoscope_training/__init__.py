"""Training of the small Chronoscope demo checkpoint: scenes, renderer, tokenizer, trainer, evaluator, exporter."""
