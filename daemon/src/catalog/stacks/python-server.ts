/** Where what Vastrox adds for the start is, in the image. */
export const SERVER_FOLDER = '/srv/vastrox'

export const GUNICORN_FILE = '.vastrox/gunicorn.conf.py'
export const SERVE_FILE = '.vastrox/serve'
export const DJANGO_FILE = '.vastrox/vastrox_django.py'

/**
 * gunicorn reads it by GUNICORN_CMD_ARGS, so that a command line of the user's gets it too, and goes
 * over it. A gunicorn.conf.py of the project goes over it as well.
 */
export const gunicornFile = `"""Sizes gunicorn by what this instance may use.

Over it go WEB_CONCURRENCY, gunicorn.conf.py in the app's folder, and flags of the command line.
"""

import os

WORKER_BYTES = 256 * 1024 * 1024


def read(path):
    try:
        with open(path, encoding="ascii") as file:
            return file.read().split()
    except OSError:
        return []


def memory_bytes():
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        words = read(path)
        if words and words[0].isdigit():
            return min(machine, int(words[0]))
    return machine


def cores():
    count = len(os.sched_getaffinity(0))
    quota = read("/sys/fs/cgroup/cpu.max") or [
        *read("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
        *read("/sys/fs/cgroup/cpu/cpu.cfs_period_us"),
    ]
    if len(quota) == 2 and quota[0].isdigit():
        count = min(count, -(-int(quota[0]) // int(quota[1])))
    return max(1, count)


def workers_that_fit():
    return max(1, min(2 * cores() + 1, memory_bytes() // WORKER_BYTES))


bind = f"0.0.0.0:{os.environ.get('PORT', '3000')}"
said = os.environ.get("WEB_CONCURRENCY", "")
workers = int(said) if said.isdigit() and int(said) > 0 else workers_that_fit()
# Threads keep connections open between requests, which a sync worker cannot.
worker_class = "gthread"
threads = 4
# Longer than the proxy in front keeps an idle connection, so that it is always the one to close it.
keepalive = 65
timeout = 60
# Within the ten seconds that an instance has to stop.
graceful_timeout = 8
# The heartbeat of workers, in memory: on a disk it can block them.
worker_tmp_dir = "/dev/shm"
# Nobody but the proxy in front reaches this port.
forwarded_allow_ips = "*"
accesslog = None
control_socket_disable = True

if os.path.exists("gunicorn.conf.py"):
    with open("gunicorn.conf.py", encoding="utf-8") as own:
        exec(compile(own.read(), "gunicorn.conf.py", "exec"))
`

/** For servers without a file of settings: they take theirs from the environment. */
export const serveFile = `#!/bin/sh
# Starts a server with as many workers as this instance has cores, at 256 MB of memory each.
# WEB_CONCURRENCY, PORT and flags of the command line go over it.
set -eu

cores=$(nproc)
memory=$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)

set_cores() { # quota period
  case $1 in '' | *[!0-9]*) return 0 ;; esac
  [ "$1" -gt 0 ] || return 0
  fits=$((($1 + $2 - 1) / $2))
  [ "$fits" -ge "$cores" ] || cores=$fits
}
set_memory() { # bytes
  case $1 in '' | *[!0-9]*) return 0 ;; esac
  [ "\${#1}" -lt 16 ] || return 0
  fits=$(($1 / 1048576))
  [ "$fits" -ge "$memory" ] || memory=$fits
}

cgroup=/sys/fs/cgroup
if [ -f $cgroup/cgroup.controllers ]; then
  [ ! -f $cgroup/cpu.max ] || set_cores $(cat $cgroup/cpu.max)
  [ ! -f $cgroup/memory.max ] || set_memory "$(cat $cgroup/memory.max)"
else
  [ ! -f $cgroup/cpu/cpu.cfs_quota_us ] ||
    set_cores "$(cat $cgroup/cpu/cpu.cfs_quota_us)" "$(cat $cgroup/cpu/cpu.cfs_period_us)"
  [ ! -f $cgroup/memory/memory.limit_in_bytes ] ||
    set_memory "$(cat $cgroup/memory/memory.limit_in_bytes)"
fi

fits=$((memory / 256))
[ "$fits" -ge 1 ] || fits=1
[ "$fits" -le "$cores" ] || fits=$cores

export PORT="\${PORT:-3000}"
export WEB_CONCURRENCY="\${WEB_CONCURRENCY:-$fits}"
export UVICORN_HOST="\${UVICORN_HOST:-0.0.0.0}" UVICORN_PORT="\${UVICORN_PORT:-$PORT}"
export UVICORN_ACCESS_LOG="\${UVICORN_ACCESS_LOG:-false}"
# Longer than the proxy keeps an idle connection; and within the ten seconds of a stop.
export UVICORN_TIMEOUT_KEEP_ALIVE="\${UVICORN_TIMEOUT_KEEP_ALIVE:-65}"
export UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN="\${UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN:-8}"
export FLASK_RUN_HOST="\${FLASK_RUN_HOST:-0.0.0.0}" FLASK_RUN_PORT="\${FLASK_RUN_PORT:-$PORT}"
export GRADIO_SERVER_NAME="\${GRADIO_SERVER_NAME:-0.0.0.0}"
export GRADIO_SERVER_PORT="\${GRADIO_SERVER_PORT:-$PORT}"
export STREAMLIT_SERVER_ADDRESS="\${STREAMLIT_SERVER_ADDRESS:-0.0.0.0}"
export STREAMLIT_SERVER_PORT="\${STREAMLIT_SERVER_PORT:-$PORT}"
export STREAMLIT_SERVER_HEADLESS=true STREAMLIT_BROWSER_GATHER_USAGE_STATS=false
exec "$@"
`

/** Nobody but the proxy in front reaches an app's port. */
export const SERVER_ENV: Readonly<Record<string, string>> = { FORWARDED_ALLOW_IPS: '*' }
export const GUNICORN_ENV: Readonly<Record<string, string>> = {
  GUNICORN_CMD_ARGS: `--config ${SERVER_FOLDER}/gunicorn.conf.py`,
}

/** Django's own files, served where the project says nothing that does. */
export const djangoFile = (settings: string, application: string): string => {
  const [module = '', name = ''] = application.split(':')
  return `"""Adds WhiteNoise to the middleware of the project, which serves no static files by itself."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "${settings}")

from django.conf import settings

WHITENOISE = "whitenoise.middleware.WhiteNoiseMiddleware"
SECURITY = "django.middleware.security.SecurityMiddleware"

middleware = list(settings.MIDDLEWARE)
if WHITENOISE not in middleware:
    at = middleware.index(SECURITY) + 1 if SECURITY in middleware else 0
    settings.MIDDLEWARE = [*middleware[:at], WHITENOISE, *middleware[at:]]

from ${module} import ${name} as application  # noqa: E402
`
}
