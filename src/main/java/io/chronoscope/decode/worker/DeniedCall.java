package io.chronoscope.decode.worker;

import io.chronoscope.decode.worker.SystemCalls.Machine;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// A system call that a worker has no use for once it is ready. The numbers are those of
/// `arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h`; -1 where the
/// processor has no such call.
enum DeniedCall {
  SOCKET(41, 198, Answer.KILLED),
  SOCKETPAIR(53, 199, Answer.KILLED),
  CONNECT(42, 203, Answer.KILLED),
  BIND(49, 200, Answer.KILLED),
  LISTEN(50, 201, Answer.KILLED),
  ACCEPT(43, 202, Answer.KILLED),
  ACCEPT4(288, 242, Answer.KILLED),
  SENDTO(44, 206, Answer.KILLED),
  SENDMSG(46, 211, Answer.KILLED),
  EXECVE(59, 221, Answer.KILLED),
  EXECVEAT(322, 281, Answer.KILLED),
  PTRACE(101, 117, Answer.KILLED),
  PROCESS_VM_READV(310, 270, Answer.KILLED),
  PROCESS_VM_WRITEV(311, 271, Answer.KILLED),
  PIDFD_OPEN(434, 434, Answer.KILLED),
  PIDFD_GETFD(438, 438, Answer.KILLED),
  PROCESS_MADVISE(440, 440, Answer.KILLED),
  OPEN_BY_HANDLE_AT(304, 265, Answer.KILLED),
  MOUNT(165, 40, Answer.KILLED),
  UMOUNT2(166, 39, Answer.KILLED),
  OPEN_TREE(428, 428, Answer.KILLED),
  MOVE_MOUNT(429, 429, Answer.KILLED),
  FSOPEN(430, 430, Answer.KILLED),
  FSMOUNT(432, 432, Answer.KILLED),
  PIVOT_ROOT(155, 41, Answer.KILLED),
  CHROOT(161, 51, Answer.KILLED),
  SETNS(308, 268, Answer.KILLED),
  UNSHARE(272, 97, Answer.KILLED),
  BPF(321, 280, Answer.KILLED),
  PERF_EVENT_OPEN(298, 241, Answer.KILLED),
  USERFAULTFD(323, 282, Answer.KILLED),
  IO_URING_SETUP(425, 425, Answer.KILLED),
  IO_URING_ENTER(426, 426, Answer.KILLED),
  IO_URING_REGISTER(427, 427, Answer.KILLED),
  ADD_KEY(248, 217, Answer.KILLED),
  REQUEST_KEY(249, 218, Answer.KILLED),
  KEYCTL(250, 219, Answer.KILLED),
  INIT_MODULE(175, 105, Answer.KILLED),
  FINIT_MODULE(313, 273, Answer.KILLED),
  DELETE_MODULE(176, 106, Answer.KILLED),
  KEXEC_LOAD(246, 104, Answer.KILLED),
  REBOOT(169, 142, Answer.KILLED),
  SWAPON(167, 224, Answer.KILLED),
  SWAPOFF(168, 225, Answer.KILLED),
  FORK(57, -1, Answer.NOT_PERMITTED),
  VFORK(58, -1, Answer.NOT_PERMITTED),
  SETRLIMIT(160, 164, Answer.NOT_PERMITTED),
  RT_SIGQUEUEINFO(129, 138, Answer.NOT_PERMITTED),
  RT_TGSIGQUEUEINFO(297, 240, Answer.NOT_PERMITTED),
  TKILL(200, 130, Answer.NOT_PERMITTED),
  OPEN(2, -1, Answer.NO_ACCESS),
  OPENAT(257, 56, Answer.NO_ACCESS),
  OPENAT2(437, 437, Answer.NO_ACCESS),
  CREAT(85, -1, Answer.NO_ACCESS),
  MEMFD_CREATE(319, 279, Answer.NO_ACCESS),
  MKDIR(83, -1, Answer.NO_ACCESS),
  MKDIRAT(258, 34, Answer.NO_ACCESS),
  RMDIR(84, -1, Answer.NO_ACCESS),
  UNLINK(87, -1, Answer.NO_ACCESS),
  UNLINKAT(263, 35, Answer.NO_ACCESS),
  RENAME(82, -1, Answer.NO_ACCESS),
  RENAMEAT(264, 38, Answer.NO_ACCESS),
  RENAMEAT2(316, 276, Answer.NO_ACCESS),
  LINK(86, -1, Answer.NO_ACCESS),
  LINKAT(265, 37, Answer.NO_ACCESS),
  SYMLINK(88, -1, Answer.NO_ACCESS),
  SYMLINKAT(266, 36, Answer.NO_ACCESS),
  MKNOD(133, -1, Answer.NO_ACCESS),
  MKNODAT(259, 33, Answer.NO_ACCESS),
  TRUNCATE(76, 45, Answer.NO_ACCESS),
  FTRUNCATE(77, 46, Answer.NO_ACCESS),
  FALLOCATE(285, 47, Answer.NO_ACCESS),
  CHMOD(90, -1, Answer.NO_ACCESS),
  FCHMOD(91, 52, Answer.NO_ACCESS),
  FCHMODAT(268, 53, Answer.NO_ACCESS),
  CHOWN(92, -1, Answer.NO_ACCESS),
  FCHOWN(93, 55, Answer.NO_ACCESS),
  LCHOWN(94, -1, Answer.NO_ACCESS),
  FCHOWNAT(260, 54, Answer.NO_ACCESS),
  /// Its flags lie in memory, where a filter cannot read them; the C library falls back to `clone`.
  CLONE3(435, 435, Answer.UNKNOWN);

  /// What it takes to connect to others.
  static final Set<DeniedCall> TO_CONNECT = EnumSet.of(SOCKET, CONNECT, BIND);

  /// What the kernel does instead.
  enum Answer {
    /// Nothing benign calls this: the process is killed (`SIGSYS`).
    KILLED(0x80000000),
    /// `EPERM`
    NOT_PERMITTED(0x00050001),
    /// `EACCES`, which a library takes for a file that it may not read.
    NO_ACCESS(0x0005000D),
    /// `ENOSYS`
    UNKNOWN(0x00050026);

    private final int action;

    Answer(int action) {
      this.action = action;
    }

    int action() {
      return action;
    }
  }

  private final int x86;
  private final int arm;
  private final Answer answer;

  DeniedCall(int x86, int arm, Answer answer) {
    this.x86 = x86;
    this.arm = arm;
    this.answer = answer;
  }

  OptionalInt number(Machine machine) {
    int number = machine.choose(x86, arm);
    return number < 0 ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /// @return empty where it is allowed
  Optional<Answer> answer(Network network) {
    return switch (network) {
      case NONE -> Optional.of(answer);
      case CONNECT ->
          switch (this) {
            case SOCKET, CONNECT, SENDTO, SENDMSG -> Optional.empty();
            // The C library tries it to sort addresses, and does without.
            case BIND -> Optional.of(Answer.NOT_PERMITTED);
            default -> Optional.of(answer);
          };
    };
  }
}
