/// The `backtest` command: [Backtest] analyzes retained video again, [Detections] collects events
/// and alerts of the replay and of the live topics, [BacktestReport] prints the differences.
@NullMarked
package io.chronoscope.cli.backtest;

import org.jspecify.annotations.NullMarked;
