/// `chronoscope chaos`: does to the running service what production does to it sooner or later, and
/// compares what it publishes with what it publishes undisturbed.
///
/// [ChaosCommand] runs the [Fault]s of [Faults]. A [Laboratory] holds the broker, a [KafkaProxy] in
/// front of it and the undisturbed results; each fault gets a [Scene] in it: topics of its own, the
/// same [Workload], and [Instance]s of the service in processes of their own.
@NullMarked
package io.chronoscope.cli.chaos;

import org.jspecify.annotations.NullMarked;
