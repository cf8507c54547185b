/// Qwen's chat format: [ChatPrompt] lays out the messages of a prompt as token ids with their
/// positions in time, height and width.
@NullMarked
package io.chronoscope.qwen.prompt;

import org.jspecify.annotations.NullMarked;
