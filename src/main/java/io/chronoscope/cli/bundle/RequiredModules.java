package io.chronoscope.cli.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Finds the modules of the JDK that jars use: those that hold a class which any of their classes
/// names in its constant pool.
///
/// `jdeps` would do it, but treats jars with a descriptor as modules and gives up on the first
/// whose dependencies have none.
final class RequiredModules {

  /// Found by name at run time, so that no constant pool shows them.
  private static final List<String> BY_NAME =
      List.of(
          // The file system of zip files, which paths into jars use.
          "jdk.zipfs",
          // Attaching to a process and reading its memory (bench soak).
          "jdk.attach",
          "jdk.management.agent",
          // Key agreement and signatures of TLS where the JDK still has them apart.
          "jdk.crypto.ec",
          // Recordings of a running service.
          "jdk.jfr");

  private static final ClassFile CLASS_FILES = ClassFile.of();

  private final Map<String, String> modulesByPackage = new HashMap<>();
  private final NavigableSet<String> found = new TreeSet<>();

  private RequiredModules() {
    for (ModuleReference module : ModuleFinder.ofSystem().findAll()) {
      module
          .descriptor()
          .packages()
          .forEach(name -> modulesByPackage.put(name, module.descriptor().name()));
    }
    found.add("java.base");
    BY_NAME.stream().filter(modulesByPackage::containsValue).forEach(found::add);
  }

  /// @throws IOException when a jar cannot be read
  static NavigableSet<String> of(List<Path> jars) throws IOException {
    RequiredModules modules = new RequiredModules();
    for (Path jar : jars) {
      modules.add(jar);
    }
    return modules.found;
  }

  private void add(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
        ZipEntry entry = all.nextElement();
        String name = entry.getName();
        if (name.endsWith(".class") && !name.endsWith("module-info.class")) {
          try (InputStream in = zip.getInputStream(entry)) {
            add(CLASS_FILES.parse(in.readAllBytes()));
          } catch (IllegalArgumentException e) {
            throw new IOException(name + " in " + jar + " is no class file: " + e.getMessage(), e);
          }
        }
      }
    }
  }

  private void add(ClassModel model) {
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof ClassEntry type) {
        String name = type.asInternalName();
        int end = name.lastIndexOf('/');
        String module = end < 0 ? null : modulesByPackage.get(packageOf(name.substring(0, end)));
        if (module != null) {
          found.add(module);
        }
      }
    }
  }

  /// @param internal `java/util`, or `[[Ljava/util` of an array
  private static String packageOf(String internal) {
    String name =
        internal.startsWith("[") ? internal.substring(internal.indexOf('L') + 1) : internal;
    return name.replace('/', '.');
  }
}
