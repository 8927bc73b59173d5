import type { IsolationProfile } from '@vastrox/shared/isolation.ts'

/**
 * Every constant of what shuts users' code in (rules.md, section 7). No caller and no user can widen
 * them; compared whole in a test.
 */

/**
 * Kept of the engine's default set, everything else is dropped. NET_BIND_SERVICE: ports below 1024.
 * The others are what images need that begin as root and then step down (nginx, php-fpm, databases):
 * CHOWN, DAC_OVERRIDE to prepare their directories, SETUID, SETGID to step down, and KILL, without
 * which the init of such a container may not pass SIGTERM on to its child (docs/decisions/0012).
 */
export const KEPT_CAPABILITIES: Readonly<Record<IsolationProfile, readonly string[]>> = {
  compatible: ['CHOWN', 'DAC_OVERRIDE', 'KILL', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'],
  strict: ['NET_BIND_SERVICE'],
}

export const PIDS_LIMIT = 512
/** Apps go before anything of the platform when the machine itself runs out of memory. */
export const OOM_SCORE_ADJ = 300
/** The engine's own default, said aloud: builds have a fifth of it, the platform four times as much. */
export const CPU_SHARES = 1_024
/** The part of its limit that the kernel leaves an app as long as it finds memory elsewhere. */
export const RESERVED_PART = 0.5

/** Where programs write to as a rule, when they may write to nothing else. In memory, within the limit. */
export const WRITABLE = ['/tmp', '/run', '/var/tmp'] as const
export const TMPFS_OPTIONS = 'rw,noexec,nosuid,nodev,size=64m,mode=1777'

/** Lines of one container, as the engine keeps them: 30 MB at most. */
export const LOG_CONFIG = {
  Type: 'json-file',
  Config: { 'max-size': '10m', 'max-file': '3' },
} as const

/** Said in full, so that no default of an engine or of its configuration opens anything. */
export const SEALED = {
  Privileged: false,
  Init: true,
  IpcMode: 'private',
  PidMode: '',
  UTSMode: '',
  CgroupnsMode: 'private',
  Binds: [],
  VolumesFrom: [],
  Devices: [],
  DeviceRequests: [],
  DeviceCgroupRules: [],
  GroupAdd: [],
  Sysctls: {},
  PortBindings: {},
  PublishAllPorts: false,
  Links: [],
  ExtraHosts: [],
  /** The search domains of the server would make its inner names reachable by their short form. */
  DnsSearch: ['.'],
  DnsOptions: [],
  OomKillDisable: false,
} as const

/** A core of a crashed process would fill the disk. */
export const NO_CORES = { Name: 'core', Soft: 0, Hard: 0 } as const
