#!/usr/bin/python3
"""Chromium as tests start it: it never hears that a network of the machine came or went.

Chromium listens for that over netlink, and drops what is under way then (ERR_NETWORK_CHANGED). Here that is a
container of an app under test that starts or ends, which no visitor's machine would notice. Without netlink it
takes the machine to be online, and looks no further. The filter is given on to all that it starts.
"""
import ctypes
import errno
import os
import struct
import sys

SOCKET_CALL = {'x86_64': 41, 'aarch64': 198}[os.uname().machine]
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
CALL_AT, FIRST_ARGUMENT_AT = 0, 16
AF_NETLINK = 16
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EAFNOSUPPORT


class Filter(ctypes.Structure):
    _fields_ = [('length', ctypes.c_ushort), ('instructions', ctypes.c_void_p)]


def step(code, if_true, if_false, value):
    return struct.pack('=HBBI', code, if_true, if_false, value)


def refuse_netlink():
    steps = (
        step(LOAD, 0, 0, CALL_AT),
        step(JUMP_IF_EQUAL, 0, 3, SOCKET_CALL),
        step(LOAD, 0, 0, FIRST_ARGUMENT_AT),
        step(JUMP_IF_EQUAL, 0, 1, AF_NETLINK),
        step(RETURN, 0, 0, REFUSE),
        step(RETURN, 0, 0, ALLOW),
    )
    code = ctypes.create_string_buffer(b''.join(steps))
    wanted = Filter(len(steps), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(wanted)
    ):
        sys.exit(f'seccomp: {os.strerror(ctypes.get_errno())}')


refuse_netlink()
os.execv('/usr/bin/chromium', ['/usr/bin/chromium', *sys.argv[1:]])
