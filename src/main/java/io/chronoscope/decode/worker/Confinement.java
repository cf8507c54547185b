package io.chronoscope.decode.worker;

import io.chronoscope.decode.worker.Message.Missing;
import io.chronoscope.decode.worker.SystemCalls.Call;
import io.chronoscope.decode.worker.SystemCalls.Machine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What a worker gives up before it sees the first chunk. Called in the worker itself; what the
/// platform does not allow is reported, not required.
final class Confinement {

  private static final long PR_SET_PDEATHSIG = 1;
  private static final long PR_SET_NO_NEW_PRIVS = 38;
  private static final long SIGKILL = 9;

  private final List<Protection> inForce = new ArrayList<>();
  private final List<Missing> missing = new ArrayList<>();

  private Confinement() {}

  /// An action that the kernel may refuse.
  private interface Step {
    void apply() throws Exception;
  }

  /// Confines this process. Afterwards it opens no more files.
  static Confinement enter(Network network) {
    Confinement confinement = new Confinement();
    if (SystemCalls.machine().isEmpty()) {
      for (Protection protection :
          List.of(
              Protection.PARENT_DEATH,
              Protection.NO_NEW_PRIVILEGES,
              Protection.SYSTEM_CALL_FILTER)) {
        confinement.missing.add(new Missing(protection, SystemCalls.ONLY_ON));
      }
      return confinement;
    }
    Machine machine = SystemCalls.machine().get();
    long pid = ProcessHandle.current().pid();
    leaveTerminal();
    confinement.attempt(
        Protection.PARENT_DEATH, () -> SystemCalls.call(Call.PRCTL, PR_SET_PDEATHSIG, SIGKILL));
    confinement.attempt(
        Protection.NO_NEW_PRIVILEGES, () -> SystemCalls.call(Call.PRCTL, PR_SET_NO_NEW_PRIVS, 1));
    // Loads what it needs before the filter forbids to read files.
    SystemCalls.trimNativeHeap();
    confinement.attempt(
        Protection.SYSTEM_CALL_FILTER, () -> SystemCallFilter.confine(machine, pid, network));
    return confinement;
  }

  /// Forbids a process that could connect to others to do so from now on.
  ///
  /// @throws IOException when the kernel refuses that although it filters system calls
  static void forbidConnecting() throws IOException {
    if (SystemCalls.machine().isPresent()) {
      SystemCallFilter.forbidConnecting(SystemCalls.machine().get());
    }
  }

  /// Leaves the terminal's group of processes: an interrupt from the keyboard is for the parent.
  private static void leaveTerminal() {
    try {
      var unused = SystemCalls.call(Call.SETSID, 0, 0);
    } catch (SystemCalls.FailedCall e) {
      // It leads a group already.
    }
  }

  private void attempt(Protection protection, Step step) {
    try {
      step.apply();
      inForce.add(protection);
    } catch (Exception e) {
      missing.add(new Missing(protection, String.valueOf(e.getMessage())));
    }
  }

  List<Protection> inForce() {
    return List.copyOf(inForce);
  }

  List<Missing> missing() {
    return List.copyOf(missing);
  }
}
