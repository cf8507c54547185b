/// Consumes questions and publishes their answers together with the questions' offsets.
@NullMarked
package io.chronoscope.messaging.question;

import org.jspecify.annotations.NullMarked;
