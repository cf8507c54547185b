/// `backtest`: runs a rule over retained video and compares the alerts with those on the topic.
@NullMarked
package io.chronoscope.cli.backtest;

import org.jspecify.annotations.NullMarked;
