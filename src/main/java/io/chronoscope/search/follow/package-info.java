/// Follows the results topics with an index: [IndexFollower] reads committed records from where the
/// index stands, without a consumer group.
@NullMarked
package io.chronoscope.search.follow;

import org.jspecify.annotations.NullMarked;
