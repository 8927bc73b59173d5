import type { HostFinding } from '@vastrox/shared/host-care.ts'
import { z } from 'zod'
import type { Machine } from '#agent/care/machine.ts'
import { compareVersions } from '#agent/care/versions.ts'
import type { Engine } from '#agent/engine/engine.ts'

const TIMEOUT_MS = 5_000

const Version = z.object({
  Version: z.string(),
  Components: z
    .array(z.object({ Name: z.string(), Version: z.string() }))
    .nullish()
    .transform((components) => components ?? []),
})
const Info = z.object({
  Driver: z.string(),
  LiveRestoreEnabled: z.boolean().default(false),
  CgroupVersion: z.string().default('1'),
  SecurityOptions: z
    .array(z.string())
    .nullish()
    .transform((options) => options ?? []),
})

/** What an engine says about itself. */
export interface EngineReading {
  version: string
  components: { name: string; version: string }[]
  storageDriver: string
  keepsContainers: boolean
  cgroupVersion: string
  securityOptions: string[]
  /** Where containers and builds are put by its configuration; undefined for where they are by default. */
  cgroupParent?: string | undefined
}

interface KnownBad {
  /** `engine`, `containerd` or `runc`. */
  part: string
  /** Of every line: the first version without it; older lines than the first have it, too. */
  fixedIn: readonly string[]
  level: 'warn' | 'bad'
  reason: string
  /** Whether distributions put the fix into their older versions. */
  isPatchedByDistributions: boolean
}

/**
 * Versions with something that matters to who runs other people's code. `fixedIn` holds one version a
 * line (1.1, 1.2 …): what is newer than the last of them is fine.
 */
const KNOWN_BAD: readonly KnownBad[] = [
  {
    part: 'runc',
    fixedIn: ['1.1.12'],
    level: 'bad',
    reason: 'a container can get out by a leaked descriptor (CVE-2024-21626)',
    isPatchedByDistributions: true,
  },
  {
    part: 'runc',
    fixedIn: ['1.2.8', '1.3.3', '1.4.0'],
    level: 'bad',
    reason:
      'a container can write to files of the machine by way of masked paths (CVE-2025-31133, 52565, 52881)',
    isPatchedByDistributions: true,
  },
  {
    part: 'containerd',
    fixedIn: ['1.7.29', '2.0.7', '2.1.5', '2.2.0'],
    level: 'warn',
    reason: 'its directories can be read by every user of the machine (CVE-2024-25621)',
    isPatchedByDistributions: true,
  },
  {
    part: 'engine',
    fixedIn: ['24.0.9', '25.0.2'],
    level: 'bad',
    reason:
      'a build can get out of its container (CVE-2024-23651, 23653), and remove empty files and directories of the server (CVE-2024-23652)',
    isPatchedByDistributions: true,
  },
  {
    part: 'engine',
    fixedIn: ['27.0.0'],
    level: 'warn',
    reason: 'its makers have ended its line',
    isPatchedByDistributions: true,
  },
]
/** moby#45610 */
const CLOSED_TO_NEIGHBOURS = '28.0.0'
const RELOAD_FIXED = '28.3.3'
const SLOW_DRIVERS = new Set(['vfs', 'devicemapper', 'aufs', 'overlay'])

export async function readEngine(engine: Engine): Promise<EngineReading> {
  const call = { timeoutMs: TIMEOUT_MS }
  const [version, info] = await Promise.all([
    engine.get('/version', Version, call),
    engine.get('/info', Info, call),
  ])
  return {
    version: version.Version,
    components: version.Components.map(({ Name, Version: each }) => ({
      name: Name,
      version: each,
    })),
    storageDriver: info.Driver,
    keepsContainers: info.LiveRestoreEnabled,
    cgroupVersion: info.CgroupVersion,
    securityOptions: info.SecurityOptions,
  }
}

/** An engine is used as it is; what is better otherwise is said, and nothing is changed. */
export function judgeEngine(reading: EngineReading, isEnforcing: boolean): HostFinding[] {
  const findings = [
    ...knownBad(reading),
    ...buildsThatRemove(reading),
    ...neighbours(reading, isEnforcing),
    ...settings(reading),
  ]
  const { version, storageDriver, cgroupVersion } = reading
  return [
    {
      check: 'engine',
      level: 'ok',
      message: `Docker Engine ${version} answers (${storageDriver}, control groups version ${cgroupVersion}).`,
    },
    ...findings,
  ]
}

/** `20.10.24+dfsg1`, `1.1.5+ds1-1+deb12u1`: its fixes are not in its number. */
const isOfDistribution = (version: string): boolean => /[+~]|ds\d|dfsg|deb\d|ubuntu/.test(version)

function knownBad({ version, components }: EngineReading): HostFinding[] {
  const parts = [
    { name: 'engine', version },
    ...components.map((part) => ({ ...part, name: part.name.toLowerCase() })),
  ]
  return KNOWN_BAD.flatMap((bad): HostFinding[] => {
    const part = parts.find(({ name }) => name === bad.part)
    if (!part || !isBefore(part.version, bad.fixedIn)) return []
    if (bad.isPatchedByDistributions && isOfDistribution(part.version)) return []
    const name = bad.part === 'engine' ? 'Docker Engine' : bad.part
    return [
      {
        check: 'engine',
        level: bad.level,
        message: `${name} ${part.version}: ${bad.reason}.`,
        hint: `Update it to ${bad.fixedIn.at(-1)} or later.`,
      },
    ]
  })
}

/** Compared within its own line, where that has a fix, and with the first one otherwise. */
function isBefore(version: string, fixedIn: readonly string[]): boolean {
  const line = fixedIn.find((fixed) => lineOf(fixed) === lineOf(version))
  if (line !== undefined) return compareVersions(version, line) < 0
  return compareVersions(version, fixedIn.at(-1) ?? '') < 0
}

/**
 * What no fence of ours closes: /etc/hosts is mounted into every step, and the engine clears up after it
 * by the path that the step has left (record 102). Whether a distribution has put the fix into its older
 * version only its changelog tells.
 */
function buildsThatRemove({ version }: EngineReading): HostFinding[] {
  if (!isOfDistribution(version) || !isBefore(version, ['24.0.9', '25.0.2'])) return []
  return [
    {
      check: 'engine',
      level: 'warn',
      message: `A hostile build can remove empty files and directories of this server (CVE-2024-23652): Docker ${version} is older than the fix, unless your distribution has added it, and nothing outside of it can close that.`,
      hint: 'apt-get changelog docker.io | grep 23652 tells. Otherwise build only code of people whom you trust with the server, or take Docker 24.0.9, 25.0.2 or later.',
    },
  ]
}

const lineOf = (version: string): string => /^\d+\.\d+/.exec(version)?.[0] ?? ''

function neighbours({ version }: EngineReading, isEnforcing: boolean): HostFinding[] {
  if (isEnforcing) return []
  if (compareVersions(version, CLOSED_TO_NEIGHBOURS) < 0)
    return [
      {
        check: 'engine',
        level: 'warn',
        message:
          'Before Docker 28 the machines on the same network reach ports that are published on 127.0.0.1, and addresses of containers.',
        hint: 'Let the firewall enforce: it closes that. Or update Docker.',
      },
    ]
  if (compareVersions(version, RELOAD_FIXED) < 0)
    return [
      {
        check: 'engine',
        level: 'warn',
        message: `Docker ${version} opens ports published on 127.0.0.1 to neighbours when firewalld is reloaded (CVE-2025-54388).`,
        hint: 'Let the firewall enforce: it closes that. Or update Docker.',
      },
    ]
  return []
}

function settings(reading: EngineReading): HostFinding[] {
  const findings: HostFinding[] = []
  if (SLOW_DRIVERS.has(reading.storageDriver))
    findings.push({
      check: 'engine',
      level: 'warn',
      message: `Docker keeps its layers by ${reading.storageDriver}, which is slow or takes a multiple of the room.`,
      hint: 'overlay2 is what it should be; changing it makes images and containers of now invisible.',
    })
  if (!reading.keepsContainers)
    findings.push({
      check: 'engine',
      level: 'warn',
      message: 'Containers end when Docker itself is restarted or updated (live-restore is off).',
      hint: 'Put "live-restore": true into /etc/docker/daemon.json, then: systemctl reload docker. Vastrox changes nothing about your engine.',
    })
  if (reading.cgroupParent !== undefined)
    findings.push({
      check: 'engine',
      level: 'bad',
      message: `Docker puts containers and builds into a control group of its own choice (cgroup-parent ${reading.cgroupParent}): the fence around builds does not hold them, nor is what apps use of the processor weighed against Vastrox.`,
      hint: 'Take "cgroup-parent" out of /etc/docker/daemon.json and out of the flags of dockerd, then restart Docker. Vastrox changes nothing about your engine.',
    })
  if (!reading.securityOptions.some((option) => option.includes('seccomp')))
    findings.push({
      check: 'engine',
      level: 'warn',
      message: 'Docker runs containers without seccomp on this machine.',
      hint: 'Use a kernel with CONFIG_SECCOMP_FILTER, and Docker’s default profile.',
    })
  return findings
}

const DAEMON_FILE = '/etc/docker/daemon.json'
const PID_FILES = ['/run/docker.pid', '/var/run/docker.pid']
const DaemonFile = z.object({ 'cgroup-parent': z.string().optional() })

/** The engine itself does not tell it; its file and its flags do. */
export async function readCgroupParent(
  machine: Pick<Machine, 'read'>,
): Promise<string | undefined> {
  const parsed = DaemonFile.safeParse(jsonOf((await machine.read(DAEMON_FILE)) ?? '{}'))
  const inFile = parsed.data?.['cgroup-parent']
  if (inFile) return inFile
  for (const file of PID_FILES) {
    const pid = Number.parseInt((await machine.read(file)) ?? '', 10)
    if (!Number.isSafeInteger(pid)) continue
    const flags = ((await machine.read(`/proc/${pid}/cmdline`)) ?? '').split('\0')
    const at = flags.findIndex((flag) => /^--?cgroup-parent(=|$)/.test(flag))
    if (at === -1) return undefined
    return flags[at]?.split('=')[1] ?? flags[at + 1]
  }
  return undefined
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
