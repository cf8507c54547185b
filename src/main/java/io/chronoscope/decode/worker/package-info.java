/// Decodes chunks apart from the rest of the process, behind decode's port
/// [io.chronoscope.decode.MediaDecoder].
///
/// [io.chronoscope.decode.worker.DecodePool] gives the chunks of all streams fairly to a fixed
/// number of decoders. With workers, each of its threads owns a `WorkerDecoder`, which keeps one
/// `WorkerProcess` running, restarts it when it died or exceeded a limit, and tries the chunk once
/// more. The process runs `DecodeWorker`: it confines itself (`Confinement`, `SystemCallFilter`),
/// decodes with FFmpeg, and hands frames over in memory that both map (`SharedMemory`).
///
/// What is made of media besides frames ([io.chronoscope.decode.MediaTask]) is done by the same
/// program: on a chunk by a worker of the pool, on a file by one that
/// [io.chronoscope.decode.worker.FileWorkers] starts for it. `TaskRelay` receives what it makes, as
/// `FrameRelay` does with frames; a `Conversation` counts what the worker takes meanwhile.
///
/// A live source is read by a `LiveWorker`, which [io.chronoscope.decode.worker.LiveWorkers] starts
/// for each connection: it asks for the bytes that arrive in the parent (`RemoteFeed`,
/// `LiveRelay`), or connects to an RTSP server itself, which is all that its filter allows.
///
/// The two talk in `Message`s over the worker's standard input and output, in `MessageChannel`. The
/// parent trusts nothing that a worker sends: messages are bounded and validated, pictures are
/// copied before use, and limits are set from outside (`ProcessLimits`).
@NullMarked
package io.chronoscope.decode.worker;

import org.jspecify.annotations.NullMarked;
