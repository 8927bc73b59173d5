"""A person at a terminal: runs a command on a real pty, does the given steps, prints what it saw as JSON.

Steps are JSON: {"see": text} waits for it, {"type": text} types, {"window": [rows, columns]} resizes,
{"wait": seconds} waits, {"signal": number} sends one to the command itself.
"""
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

steps, command = json.loads(sys.argv[1]), sys.argv[2:]
LIMIT_S = 20


def resize(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


pid, fd = pty.fork()
if pid == 0:
    resize(0, 30, 100)
    os.execv(command[0], command)

seen, at, missed = b"", 0, None


def read(seconds):
    global seen
    ready, _, _ = select.select([fd], [], [], seconds)
    if not ready:
        return True
    try:
        chunk = os.read(fd, 65536)
    except OSError:
        return False
    seen += chunk
    return chunk != b""


for step in steps:
    if "see" in step:
        end, wanted = time.time() + LIMIT_S, step["see"].encode()
        while wanted not in seen[at:] and time.time() < end and read(0.2):
            pass
        found = seen.find(wanted, at)
        if found < 0:
            missed = step["see"]
            break
        at = found + len(wanted)
    elif "type" in step:
        os.write(fd, step["type"].encode())
    elif "window" in step:
        resize(fd, *step["window"])
    elif "signal" in step:
        os.kill(pid, step["signal"])
    else:
        end = time.time() + step["wait"]
        while time.time() < end and read(0.1):
            pass

end = time.time() + LIMIT_S
while time.time() < end and missed is None and read(0.2):
    pass
if missed is not None or time.time() >= end:
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
code = os.waitstatus_to_exitcode(status)
print(json.dumps({"exitCode": code, "missed": missed, "seen": seen.decode(errors="replace")}))
