/// Media bytes to timed frames, and files to chunks. The only package that knows FFmpeg.
@NullMarked
package io.chronoscope.decode;

import org.jspecify.annotations.NullMarked;
