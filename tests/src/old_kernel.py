"""Runs a program as an old kernel would: `old_kernel.py PROGRAM ARGUMENT…`.

A seccomp filter answers ENOSYS to the system calls that came with Linux 3.15 and later and that a program might lean on.
It holds for x86-64 and for the 32-bit programs that such a kernel runs, and for all that they start.
"""

import ctypes
import errno
import os
import struct
import sys

# Name: number on x86-64, number on i386 (the kernel's syscall_64.tbl and syscall_32.tbl).
MISSING = {
    "renameat2": (316, 353),  # 3.15
    "getrandom": (318, 355),  # 3.17
    "memfd_create": (319, 356),  # 3.17
    "execveat": (322, 358),  # 3.19
    "copy_file_range": (326, 377),  # 4.5
    "statx": (332, 383),  # 4.11
    "pidfd_send_signal": (424, 424),  # 5.1
    "pidfd_open": (434, 434),  # 5.3
    "clone3": (435, 435),  # 5.3
    "close_range": (436, 436),  # 5.9
    "openat2": (437, 437),  # 5.6
    "faccessat2": (439, 439),  # 5.8
    "epoll_pwait2": (441, 441),  # 5.11
    # i386 had all calls about sockets in one until 4.3: socket to shutdown.
    **{f"socket call {number}": (None, number) for number in range(359, 374)},
    # Times of 64 bits, clock_gettime64 to futex_time64 among them, are of 5.1; 415 was never given to any.
    **{f"time call {number}": (None, number) for number in range(403, 424) if number != 415},
}

AUDIT_ARCH_X86_64, AUDIT_ARCH_I386 = 0xC000003E, 0x40000003
LOAD, EQUAL, ANSWER = 0x20, 0x15, 0x06  # BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2


def block(architecture, numbers):
    """Instructions that answer for one architecture, and fall through for others."""
    body = []
    for number in numbers:
        body += [(EQUAL, 0, 1, number), (ANSWER, 0, 0, ERRNO | errno.ENOSYS)]
    body.append((ANSWER, 0, 0, ALLOW))
    # The architecture is at 4 in struct seccomp_data, the number at 0.
    return [(LOAD, 0, 0, 4), (EQUAL, 0, len(body) + 1, architecture), (LOAD, 0, 0, 0), *body]


numbers64 = [pair[0] for pair in MISSING.values() if pair[0] is not None]
numbers32 = [pair[1] for pair in MISSING.values()]
program = [*block(AUDIT_ARCH_X86_64, numbers64), *block(AUDIT_ARCH_I386, numbers32), (ANSWER, 0, 0, ALLOW)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in program))


class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]


libc = ctypes.CDLL(None, use_errno=True)
chosen = Filter(len(program), ctypes.addressof(code))
if (
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
    or libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(chosen), 0, 0) != 0
):
    sys.exit(f"old_kernel.py: no filter: {os.strerror(ctypes.get_errno())}")
# Of what was refused, one that can be asked for here.
try:
    os.getrandom(1)
    sys.exit("old_kernel.py: getrandom still answers")
except OSError as error:
    if error.errno != errno.ENOSYS:
        raise
os.execvp(sys.argv[1], sys.argv[1:])
