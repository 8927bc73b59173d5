import { readFileSync } from 'node:fs'
import type { CommandOrigin } from '@vastrox/shared/command-origin.ts'

interface Ancestor {
  name: string
  commandLine: string
  /** Seconds since it was started. */
  ageSeconds: number
}

/** Terminals that outlive the connection that they were started over. */
const DETACHED = /^(tmux|screen|SCREEN|dtach|abduco|zellij)/
/**
 * Programs that give somebody elsewhere a shell here: over the web, a desktop, a tunnel of a provider, or
 * an older protocol. When the connection began is theirs to know.
 */
const REMOTE =
  /(^|[/ ])(ttyd|gotty|wetty|shellinaboxd?|butterfly\.server\.py|sshx|tty-share|tmate|upterm|cockpit-(ws|session|bridge)|miniserv\.pl|ajenti-panel|code-server|openvscode-server|code-tunnel|jupyter(hub|-lab|-notebook)?|rsession|rserver|guacd|xrdp(-sesman)?|x11vnc|Xvnc|Xtigervnc|vncserver|websockify|nxserver|tailscaled|teleport|amazon-ssm-agent|ssm-session-worker|google_guest_agent|waagent|qemu-ga|dropbear|in\.telnetd|telnetd|mosh-server|et(server|terminal)|containerd-shim(-runc-v2)?)([ :/]|$)/

const TICKS_PER_SECOND = 100
const MAX_ANCESTORS = 64
/** Program and script; what follows are words of whoever started it. */
const MOST_LOOKED_AT = 200

/**
 * Where somebody works from who runs a command on this server: the SSH session that it descends from,
 * with the time of its beginning, or the machine's own console.
 */
export function whereFrom(env: Record<string, string | undefined>, now: Date): CommandOrigin {
  try {
    return originOf(readAncestors(process.ppid), env, now)
  } catch {
    // Somebody's /proc hides it.
    return { kind: 'unknown' }
  }
}

/** The eldest sshd of a session is there from the moment that its connection was accepted. */
export function originOf(
  ancestors: readonly Ancestor[],
  env: Record<string, string | undefined>,
  now: Date,
): CommandOrigin {
  const address = env['SSH_CONNECTION']?.split(' ', 1)[0] ?? env['SSH_CLIENT']?.split(' ', 1)[0]
  const session = ancestors
    .filter(
      ({ name, commandLine }) => name.startsWith('sshd') && !commandLine.includes('[listener]'),
    )
    .at(-1)
  if (session)
    return {
      kind: 'connection',
      begunAt: new Date(now.getTime() - session.ageSeconds * 1_000).toISOString(),
      address: address ?? null,
    }
  const isElsewhere = ancestors.some(
    ({ name, commandLine }) =>
      DETACHED.test(name) || REMOTE.test(name) || REMOTE.test(commandLine.slice(0, MOST_LOOKED_AT)),
  )
  return address !== undefined || isElsewhere ? { kind: 'unknown' } : { kind: 'console' }
}

/** The nearest first. */
function readAncestors(parent: number): Ancestor[] {
  const upSeconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0])
  const found: Ancestor[] = []
  for (let pid = parent; pid > 1 && found.length < MAX_ANCESTORS; ) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name may hold anything, spaces and brackets included.
    const end = stat.lastIndexOf(')')
    const fields = stat.slice(end + 2).split(' ')
    found.push({
      name: stat.slice(stat.indexOf('(') + 1, end),
      commandLine: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '),
      ageSeconds: upSeconds - Number(fields[19]) / TICKS_PER_SECOND,
    })
    pid = Number(fields[1])
  }
  return found
}
