package io.chronoscope.ort.capi;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;

/// Libraries that the process's loader knows.
public final class LoadedLibraries {

  private LoadedLibraries() {}

  /// Loads a library until the process ends. One that is loaded later finds it by its name.
  ///
  /// @param library path, or a name that the system's loader searches for
  /// @return whether it is there and everything that it needs
  public static boolean load(String library) {
    try {
      SymbolLookup.libraryLookup(library, Arena.global());
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
