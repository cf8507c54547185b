/// Runs an analysis inside a command. [EmbeddedService] sends streams through the service and a
/// broker in this process, [FileAnalysis] analyzes files without Kafka. [FileFeed] cuts files into
/// chunks, [SegmentSender] and [CameraFeed] send them at a [Pace]. [StreamResults] collects the
/// results of a stream and prepares them for drawing.
@NullMarked
package io.chronoscope.cli.run;

import org.jspecify.annotations.NullMarked;
