/// Checks on this machine whether the engine computes what the reference did, and how fast it is:
/// [SelfCheckCommand] is the command. [GoldenCase] is an input with the reference's results,
/// [GoldenParity] compares, [MachineFacts] says what the machine is, [SelfCheckReport] writes it
/// all down.
@NullMarked
package io.chronoscope.cli.selfcheck;

import org.jspecify.annotations.NullMarked;
