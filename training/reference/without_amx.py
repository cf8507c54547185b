#!/usr/bin/env python3
"""Runs a command as on an x86-64 Linux machine without AMX: the kernel refuses its tiles to the processes.

Usage: without_amx.py COMMAND [ARGUMENT …]

ONNX Runtime and PyTorch ask for the tiles once (`arch_prctl(ARCH_REQ_XCOMP_PERM, …)`) and use AVX-512 when they do not
get them. A system call filter refuses that one request, so the same binaries show both kinds of machine.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
SECCOMP_RET_ALLOW = 0x7FFF0000
SECCOMP_RET_ERRNO = 0x00050000
SYS_ARCH_PRCTL = 158
ARCH_REQ_XCOMP_PERM = 0x1023

LOAD_WORD = 0x20
JUMP_IF_EQUAL = 0x15
RETURN = 0x06
NUMBER_AT = 0
FIRST_ARGUMENT_AT = 16


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def refuse_tiles() -> None:
    instructions = [
        (LOAD_WORD, 0, 0, NUMBER_AT),
        (JUMP_IF_EQUAL, 0, 3, SYS_ARCH_PRCTL),
        (LOAD_WORD, 0, 0, FIRST_ARGUMENT_AT),
        (JUMP_IF_EQUAL, 0, 1, ARCH_REQ_XCOMP_PERM),
        (RETURN, 0, 0, SECCOMP_RET_ERRNO | errno.EPERM),
        (RETURN, 0, 0, SECCOMP_RET_ALLOW),
    ]
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    program = Program(len(instructions), code)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0
    ):
        sys.exit("without_amx.py: the kernel accepts no filter: " + os.strerror(ctypes.get_errno()))


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    refuse_tiles()
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
