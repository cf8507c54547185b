/// Where the bytes of chunks lie that are sent by reference. [ReferenceStore] fetches them for the
/// analysis, and only from the places that the settings name: files under a root ([FilePlace]) and
/// objects in an S3-compatible store ([S3Place], the only class that knows its client). What is
/// fetched has the size and the SHA-256 that the reference states, or it is refused. [MediaDepot]
/// is the other direction: it puts a producer's chunks there.
@NullMarked
package io.chronoscope.store;

import org.jspecify.annotations.NullMarked;
