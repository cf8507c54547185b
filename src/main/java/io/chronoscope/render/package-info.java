/// Drawings for people: [StreamTimeline] holds what is shown of a stream, [TimelineText] draws it
/// in a terminal, [TimelinePicture] as a picture, and [Progress] shows how far each stream has been
/// analyzed.
@NullMarked
package io.chronoscope.render;

import org.jspecify.annotations.NullMarked;
