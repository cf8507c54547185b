/// The Quarkus composition root: beans, channels, health, lifecycle and metrics.
@NullMarked
package io.chronoscope.service;

import org.jspecify.annotations.NullMarked;
