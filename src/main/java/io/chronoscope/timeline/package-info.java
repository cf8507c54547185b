/// What people look at: a [StreamTimeline] says what is to be shown of a stream, [TimelineText]
/// draws it in a terminal, [TimelinePicture] as a picture, and [Progress] tells how far streams are
/// while they are analysed.
@NullMarked
package io.chronoscope.timeline;

import org.jspecify.annotations.NullMarked;
