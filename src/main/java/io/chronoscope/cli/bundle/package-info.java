/// Packs this program with everything that it needs into one folder that runs without network, JDK,
/// Maven or checkout: [BundleCommand] is the command, [BundleFolder] the way through it.
/// [PlatformJars] leaves out the native libraries of other platforms, [RuntimeImage] makes a Java
/// runtime of the modules that [RequiredModules] finds, [Licenses] collects what the jars come
/// with, [Checksums] and [BundleArchive] finish the folder.
@NullMarked
package io.chronoscope.cli.bundle;

import org.jspecify.annotations.NullMarked;
