import { readdir, readlink, rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { PlatformProcess } from '@vastrox/shared/platform-status.ts'
import type { Installation } from '#agent/cli/installation.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { mustRun } from '#agent/cli/must-run.ts'
import type { Platform } from '#agent/cli/platform/platform-port.ts'
import {
  bootRulesOf,
  hostEnvFile,
  hostEnvText,
  sliceOf,
  unitsOf,
} from '#agent/cli/platform/units.ts'

const UNITS = '/etc/systemd/system'
const SYSTEMCTL = '/usr/bin/systemctl'
const TIMEOUT_MS = 120_000

/** The processes as units of systemd, where that is PID 1. */
export function createSystemdPlatform(installation: Installation): Platform {
  const { config, dataDir, links } = installation
  const prefix = `vastrox-${config.instance}-`
  const systemctl = (...args: string[]): Promise<string> =>
    mustRun(SYSTEMCTL, args, { timeoutMs: TIMEOUT_MS })
  const services = async (): Promise<string[]> =>
    (await unitFiles()).filter(
      (unit) => unit.endsWith('.service') && unit !== bootRulesOf(config.instance),
    )

  async function unitFiles(): Promise<string[]> {
    return (await readdir(UNITS)).filter((unit) => unit.startsWith(prefix)).toSorted()
  }

  /** systemd starts it with the first service in it: nothing enables it. */
  const slice = sliceOf(config.instance)

  async function writeUnits(): Promise<void> {
    const version = basename(await readlink(links.current))
    const units = unitsOf(config, dataDir, links.current, version)
    for (const unit of await unitFiles())
      if (!units.has(unit)) {
        await systemctl('disable', '--now', unit)
        await rm(`${UNITS}/${unit}`)
      }
    await writeAtomically(hostEnvFile(dataDir), hostEnvText(config), 0o600)
    for (const [unit, text] of units) await writeFile(`${UNITS}/${unit}`, text, { mode: 0o644 })
    await systemctl('daemon-reload')
  }

  async function up(): Promise<void> {
    await writeUnits()
    const units = await unitFiles()
    await systemctl('enable', ...units)
    await systemctl('start', `${prefix}proxy.socket`)
    await startSshSocket()
    await systemctl('start', ...(await services()))
  }

  /** systemd refuses to start it while its service runs without it; the daemon goes on either way. */
  async function startSshSocket(): Promise<void> {
    const unit = `${prefix}ssh.socket`
    const shown = await systemctl('show', unit, '--property=ActiveState')
    if (shown.includes('ActiveState=active')) return
    await systemctl('stop', `${prefix}daemon.service`)
    try {
      await systemctl('start', unit)
    } catch (error) {
      console.error(`The SSH port ${config.sshPort} cannot be opened: ${String(error)}`)
    }
  }

  async function describe(unit: string): Promise<PlatformProcess> {
    const shown = await systemctl(
      'show',
      unit,
      '--property=MainPID,ActiveState,NRestarts,ExecMainStartTimestampMonotonic,ExecMainStatus',
    )
    const values = new Map(shown.split('\n').map((line) => splitOnce(line)))
    const pid = Number(values.get('MainPID') ?? 0)
    const status = Number(values.get('ExecMainStatus') ?? 0)
    return {
      name: unit.slice(prefix.length, -'.service'.length),
      pid: pid === 0 ? null : pid,
      since: pid === 0 ? null : sinceOf(Number(values.get('ExecMainStartTimestampMonotonic'))),
      restarts: Number(values.get('NRestarts') ?? 0),
      state: stateOf(values.get('ActiveState'), pid, status),
      lastExit: pid === 0 ? `exit code ${status}` : null,
    }
  }

  return {
    kind: 'systemd',
    up,
    async status() {
      const units = await services()
      if (units.length === 0) return undefined
      const processes = await Promise.all(units.map(describe))
      if (processes.every(({ state }) => state === 'stopped')) return undefined
      const version = basename(await readlink(links.current))
      return { instance: config.instance, version, dataDir, supervisor: 'systemd', processes }
    },
    async down() {
      const units = await unitFiles()
      if (units.length > 0) await systemctl('stop', ...units)
    },
    async restart(process) {
      const chosen = (await services()).filter((unit) =>
        process === undefined ? true : unit.startsWith(`${prefix}${process}`),
      )
      // One after the other, so that at no time every worker is new.
      for (const unit of chosen) await systemctl('restart', unit)
    },
    async stopProcess(process) {
      // Its socket first: a connection would start it again.
      if (process === 'daemon') await systemctl('stop', `${prefix}ssh.socket`)
      await systemctl('stop', `${prefix}${process}.service`)
    },
    async change() {
      await up()
      for (const unit of await services()) await systemctl('restart', unit)
    },
    async remove() {
      const units = await unitFiles()
      if (units.length > 0) await systemctl('disable', '--now', ...units)
      for (const unit of [...units, slice]) await rm(`${UNITS}/${unit}`, { force: true })
      await rm(hostEnvFile(dataDir), { force: true })
      await systemctl('daemon-reload')
    },
  }
}

function stateOf(
  active: string | undefined,
  pid: number,
  status: number,
): PlatformProcess['state'] {
  if (active === 'active' && pid !== 0) return 'running'
  if (active === 'activating') return 'waiting'
  return active === 'failed' || status === 78 ? 'refused' : 'stopped'
}

const splitOnce = (line: string): [string, string] => {
  const at = line.indexOf('=')
  return [line.slice(0, at), line.slice(at + 1)]
}

/** systemd counts microseconds from boot. */
const sinceOf = (monotonicUs: number): string =>
  new Date(
    Date.now() - (Number(process.hrtime.bigint() / 1_000n) - monotonicUs) / 1_000,
  ).toISOString()
