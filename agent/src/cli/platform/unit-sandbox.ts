import { pathsOf } from '@vastrox/shared/installation.ts'
import { AGENT_CAPABILITIES_DROPPED } from '#agent/supervisor/launch.ts'
import type { ProcessSpec } from '#agent/supervisor/process-table.ts'

type Lines = readonly string[]

/** What systemd shuts a process of ours in with; each line is argued in docs/decisions/0172. */
export function sandboxOf({ account }: Pick<ProcessSpec, 'account'>, dataDir: string): string {
  const lines =
    account === 'root' ? OF_AGENT : [...COMMON, ...UNPRIVILEGED, ...ofAccount(account, dataDir)]
  return lines.map((line) => `${line}\n`).join('')
}

/** Without a mount namespace of its own: what it mounts, the engine must see. */
const COMMON: Lines = [
  'NoNewPrivileges=yes',
  'LimitCORE=0',
  'KeyringMode=private',
  'LockPersonality=yes',
  'RestrictRealtime=yes',
  'SystemCallArchitectures=native',
  'SystemCallErrorNumber=EPERM',
]

const OF_AGENT: Lines = [
  ...COMMON,
  `CapabilityBoundingSet=~${AGENT_CAPABILITIES_DROPPED.map((name) => `CAP_${name.toUpperCase()}`).join(' ')}`,
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET',
  'SystemCallFilter=~@clock @cpu-emulation @module @obsolete @raw-io @reboot @swap',
]

const UNPRIVILEGED: Lines = [
  'CapabilityBoundingSet=',
  'AmbientCapabilities=',
  'ProtectSystem=strict',
  'PrivateDevices=yes',
  'ProtectClock=yes',
  'ProtectControlGroups=yes',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'ProtectProc=invisible',
  'RemoveIPC=yes',
  // Netlink: what addresses this machine has.
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
  'RestrictNamespaces=yes',
  'RestrictSUIDSGID=yes',
  // The engine is the agent's alone.
  'InaccessiblePaths=-/run/docker.sock -/run/containerd -/var/lib/docker',
  'SystemCallFilter=@system-service @pkey',
]

function ofAccount(account: 'vastrox' | 'vastrox-proxy', dataDir: string): Lines {
  const { daemon, consoleSocket, proxySocket, proxy, accessLogs } = pathsOf(dataDir)
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
  const own =
    account === 'vastrox'
      ? [daemon, folderOf(consoleSocket), folderOf(proxySocket)]
      : [proxy, accessLogs]
  return [
    `ReadWritePaths=${own.map((path) => `"${escape(path)}"`).join(' ')}`,
    account === 'vastrox' ? 'UMask=0077' : 'UMask=0027',
    // The daemon gives proxy.sock to the group of the workers.
    `SystemCallFilter=~${account === 'vastrox' ? '' : '@chown '}@keyring @memlock @setuid`,
    // What is laid over a place must not be laid over the data.
    ...(isBeneath(dataDir, ['/home', '/root', '/run/user']) ? [] : ['ProtectHome=yes']),
    ...(isBeneath(dataDir, ['/tmp', '/var/tmp']) ? [] : ['PrivateTmp=yes']),
  ]
}

/** Within double quotes systemd reads backslashes, quotes and its own percent specifiers. */
export const escape = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')

const isBeneath = (path: string, places: readonly string[]): boolean =>
  places.some((place) => path === place || path.startsWith(`${place}/`))
