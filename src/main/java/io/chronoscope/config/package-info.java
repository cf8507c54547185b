/// The one configuration: [ChronoscopeConfig] declares every setting with its default and bounds,
/// [ConfigLoader] reads it outside the container, [LayerSettings] derives the settings of each
/// layer from it; [ConfiguredModel] and [ConfiguredDecoding] open what it names.
@NullMarked
package io.chronoscope.config;

import org.jspecify.annotations.NullMarked;
