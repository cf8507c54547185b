/// Drawings for people. [StreamTimeline] holds what is drawn of a stream, [TimelineText] draws it
/// in a terminal, [TimelinePicture] as a picture. [Progress] shows how far the analysis of each
/// stream is.
@NullMarked
package io.chronoscope.render;

import org.jspecify.annotations.NullMarked;
