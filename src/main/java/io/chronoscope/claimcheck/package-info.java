/// Chunks sent by reference (the claim-check pattern). [ReferenceStore] fetches them for the
/// analysis, and only from the sources that the settings allow: files below a root ([FileSource])
/// and objects in an S3-compatible store ([S3Source], the only class that uses the S3 client). A
/// fetched chunk must have the size and the SHA-256 that its reference states, or it is rejected.
/// [MediaUploader] works in the other direction: it stores a producer's chunks there.
@NullMarked
package io.chronoscope.claimcheck;

import org.jspecify.annotations.NullMarked;
