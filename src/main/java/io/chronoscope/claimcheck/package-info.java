/// Chunks sent by reference (the claim-check pattern). [ReferenceStore] fetches them for the
/// analysis, only from the sources that the settings allow: files under a root directory
/// ([FileSource]) and objects in an S3-compatible store ([S3Source], the only class that uses the
/// S3 client). It retries unreachable sources on a [RetryClock]. [VerifiedRead] checks size and
/// SHA-256 against the reference. In the other direction, [MediaUploader] uploads a producer's
/// chunks.
@NullMarked
package io.chronoscope.claimcheck;

import org.jspecify.annotations.NullMarked;
