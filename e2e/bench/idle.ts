import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { pushTinyApp } from '#support/apps.ts'
import type { Installation } from '#support/installation.ts'

const APPS = 5
/** Long enough for the processes to have noticed that work is over (trim-memory.ts). */
const SETTLE_MS = 60_000
const WATCH_MS = 10_000
const CLOCK_TICKS = 100
/** Promise 10: all processes together, by the number of proxy workers. */
const LIMIT_MB = { oneWorker: 130, moreWorkers: 160 }
const CPU_LIMIT_PERCENT = 1

interface Usage {
  name: string
  pid: number
  pssMb: number
  rssMb: number
}

/**
 * What the platform takes while nobody asks anything of it, with five apps deployed: memory of every
 * process of ours, pages that are shared counted once (PSS), and processor time of a core.
 */
export async function benchIdle(vastrox: Installation) {
  const copies = []
  for (let number = 1; number <= APPS; number++)
    copies.push(await pushTinyApp(vastrox, `bench-idle-${number}`, 'v1'))
  await sleep(SETTLE_MS)

  const pids = await pidsOf(vastrox)
  const cpuBefore = pids.reduce((sum, { pid }) => sum + cpuSecondsOf(pid), 0)
  await sleep(WATCH_MS)
  const cpuAfter = pids.reduce((sum, { pid }) => sum + cpuSecondsOf(pid), 0)
  const processes = pids.map(usageOf)

  for (const [at, copy] of copies.entries()) {
    await vastrox.api('DELETE', `/apps/bench-idle-${at + 1}`, { confirm: `bench-idle-${at + 1}` })
    copy.remove()
  }
  const workers = pids.filter(({ name }) => name.startsWith('proxy-')).length
  const limitMb = workers === 1 ? LIMIT_MB.oneWorker : LIMIT_MB.moreWorkers
  const totalPssMb = round(processes.reduce((sum, { pssMb }) => sum + pssMb, 0))
  const cpuPercent = round(((cpuAfter - cpuBefore) / (WATCH_MS / 1_000)) * 100)
  return {
    processes,
    totalPssMb,
    totalRssMb: round(processes.reduce((sum, { rssMb }) => sum + rssMb, 0)),
    limitMb,
    cpuPercent,
    cpuLimitPercent: CPU_LIMIT_PERCENT,
    ok: totalPssMb <= limitMb && cpuPercent <= CPU_LIMIT_PERCENT,
  }
}

/** The same figures for people. */
export function idleTable(result: Awaited<ReturnType<typeof benchIdle>>): string {
  const row = (name: string, pss: string | number, rss: string | number): string =>
    `${name.padEnd(14)}${String(pss).padStart(10)}${String(rss).padStart(10)}`
  return [
    row('process', 'PSS MB', 'RSS MB'),
    ...result.processes.map(({ name, pssMb, rssMb }) => row(name, pssMb, rssMb)),
    row('together', result.totalPssMb, result.totalRssMb),
    row('limit', result.limitMb, ''),
    `processor      ${result.cpuPercent} % of a core (limit ${result.cpuLimitPercent} %)`,
  ].join('\n')
}

async function pidsOf(vastrox: Installation): Promise<{ name: string; pid: number }[]> {
  const { processes } = await vastrox.status()
  return processes.flatMap(({ name, pid }) => (pid === null ? [] : [{ name, pid }]))
}

function usageOf({ name, pid }: { name: string; pid: number }): Usage {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const mb = (key: string): number =>
    round(Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN) / 1_024)
  return { name, pid, pssMb: mb('Pss'), rssMb: mb('Rss') }
}

/** User and system time, from after the program's name, which may hold anything. */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS
}

const round = (value: number): number => Math.round(value * 10) / 10
