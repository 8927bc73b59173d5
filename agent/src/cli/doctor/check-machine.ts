import { existsSync } from 'node:fs'
import { readFile, stat, statfs } from 'node:fs/promises'
import { z } from 'zod'
import type { Check, Finding } from '#agent/cli/doctor/examine.ts'
import { checkDomain } from '#agent/cli/install/domain-check.ts'
import { createEngine } from '#agent/engine/engine.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30
const DISK_WARN_BYTES = 2 * GIB
const DISK_BAD_BYTES = 512 * MIB
const MEMORY_WARN_BYTES = 200 * MIB
const SMALL_MACHINE_BYTES = 1.2 * GIB
const ENGINE_SOCKET = '/var/run/docker.sock'
const Version = z.object({ Version: z.string() })

export const checkEngine: Check = async ({ paths }) => {
  const engine = createEngine(ENGINE_SOCKET)
  try {
    const { Version: version } = await engine.get('/version', Version, { timeoutMs: 5_000 })
    return [{ check: 'engine', level: 'ok', message: `Docker Engine ${version} answers.` }]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const hint = existsSync('/run/systemd/system')
      ? 'systemctl restart docker; journalctl -u docker says why it ended.'
      : `vastrox up starts it; see ${paths.processLogs}/dockerd.log`
    return [{ check: 'engine', level: 'bad', message: `Docker does not answer: ${reason}`, hint }]
  } finally {
    engine.close()
  }
}

export const checkDns: Check = async ({ config }) => {
  const { leadsHere, problems } = await checkDomain(config)
  if (leadsHere)
    return [{ check: 'dns', level: 'ok', message: `${config.baseDomain} leads to this machine.` }]
  return problems.map((message) => ({
    check: 'dns',
    level: 'warn' as const,
    message,
    hint: 'Set the record where the domain is kept; until then its apps are not found by name.',
  }))
}

export const checkDisk: Check = async ({ dataDir }) => {
  const findings = await Promise.all(
    [dataDir, '/var/lib/docker'].filter((path) => existsSync(path)).map(diskOf),
  )
  return findings
}

async function diskOf(path: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(path)
  const free = bavail * bsize
  const message = `${sayBytes(free)} free for ${path}.`
  const hint = 'docker system df and du -sh show what takes it; remove what is not needed.'
  if (free < DISK_BAD_BYTES) return { check: 'disk', level: 'bad', message, hint }
  if (free < DISK_WARN_BYTES) return { check: 'disk', level: 'warn', message, hint }
  return { check: 'disk', level: 'ok', message }
}

export const checkMemory: Check = async () => {
  const text = await readFile('/proc/meminfo', 'utf8')
  const bytes = (key: string): number =>
    Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) * 1_024
  const available = bytes('MemAvailable') + bytes('SwapFree')
  const message = `${sayBytes(bytes('MemAvailable'))} of memory available, ${sayBytes(bytes('SwapFree'))} of swap.`
  if (available < MEMORY_WARN_BYTES)
    return [
      { check: 'memory', level: 'bad', message, hint: 'Scale apps down, or add memory or swap.' },
    ]
  if (bytes('MemTotal') < SMALL_MACHINE_BYTES && bytes('SwapTotal') === 0)
    return [
      {
        check: 'memory',
        level: 'warn',
        message: `${sayBytes(bytes('MemTotal'))} of memory and no swap: builds may fail.`,
        hint: './install.sh --swap makes some.',
      },
    ]
  return [{ check: 'memory', level: 'ok', message }]
}

/** Tokens, certificates and sign-in links all go wrong with a clock that does. */
export const checkClock: Check = async ({ links }) => {
  const installed = await stat(`${links.current}/VERSION`)
  const hint = 'Set it and keep it: apt-get install systemd-timesyncd, or chrony.'
  if (Date.now() < installed.mtimeMs - 60_000)
    return [
      {
        check: 'clock',
        level: 'bad',
        message: `The clock says ${new Date().toISOString()}, before Vastrox was installed.`,
        hint,
      },
    ]
  const isSystemd = existsSync('/run/systemd/system')
  if (isSystemd && !existsSync('/run/systemd/timesync/synchronized') && !existsSync('/run/chrony'))
    return [
      { check: 'clock', level: 'warn', message: 'Nothing keeps the clock of this machine.', hint },
    ]
  return [{ check: 'clock', level: 'ok', message: `The clock says ${new Date().toISOString()}.` }]
}

const sayBytes = (bytes: number): string =>
  bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GB` : `${Math.round(bytes / MIB)} MB`
