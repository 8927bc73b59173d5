import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogArchive } from '#adapters/system/log-archive.ts'
import { createAppLogs } from '#core/logs/app-logs.ts'
import { systemClock } from '#adapters/system/clock.ts'
import type { LogFilter } from '@vastrox/shared/log.ts'
import type { LineToKeep } from '#ports/log-archive.ts'

/** Prints one JSON object: what is kept at once, and how fast a gigabyte of it is searched. */
const MEGABYTES = Number(process.argv[2] ?? 1_000)
const SECONDS = Number(process.argv[3] ?? 60)
const ROUNDS = Number(process.argv[4] ?? 3)
const RATE = 50_000
/** Its lines are of one day, whenever it runs. */
const LIMITS = { keepDays: 100_000, keepBytes: 2 ** 40 }

const folder = await mkdtemp(join(tmpdir(), 'vastrox-bench-logs-'))
const archive = createLogArchive(folder, { limitsOf: () => LIMITS })

/** 50,000 lines a second of one app, and a line a tenth of a second of another. */
async function ingest() {
  const problems: string[] = []
  const logs = createAppLogs({
    archive,
    clock: systemClock,
    onProblem: (what) => problems.push(what),
  })
  const delays: number[] = []
  const added = new Map<string, number>()
  logs.listen('quiet', ({ text }) => {
    const at = added.get(text)
    if (at !== undefined) delays.push(performance.now() - at)
  })
  const cpu = process.cpuUsage()
  const before = process.memoryUsage().rss
  let mostMemory = before
  let count = 0
  const began = performance.now()
  for (let tick = 0; tick < SECONDS * 10; tick++) {
    const name = `quiet ${tick}`
    added.set(name, performance.now())
    void logs.add('quiet', { line: lineOf(tick, name), instance: 'quiet-1' })
    for (let each = 0; each < RATE / 10; each++) {
      count += 1
      await logs.add('loud', { line: lineOf(count, textOf(count)), instance: 'loud-1' })
    }
    mostMemory = Math.max(mostMemory, process.memoryUsage().rss)
    const due = began + (tick + 1) * 100
    if (performance.now() < due) await systemClock.sleep(due - performance.now())
  }
  await logs.flush()
  const tookMs = performance.now() - began
  await archive.settle()
  const used = process.cpuUsage(cpu)
  return {
    lines: count,
    kept: await archive.lastNumber('loud'),
    tookMs: Math.round(tookMs),
    cpuOfOneCore: round((used.user + used.system) / 1_000 / tookMs),
    otherAppsDelayMs: { median: Math.round(at(delays, 0.5)), most: Math.round(at(delays, 1)) },
    memoryMb: { before: mb(before), most: mb(mostMemory) },
    problems: problems.length,
    ...(await archive.use('loud')),
  }
}

const FILTERS: Record<string, LogFilter> = {
  'a text that is nowhere': { text: 'no such thing' },
  'a text that is in few': { text: 'request 4000017 done' },
  'an expression': { regex: 'request 40000[0-9]7 done' },
  'an expression without a word in it': { regex: '[q-r]equest +40000[12]7 +d' },
  'an expression whose words are in every line': { regex: '"user":\\{"id":[0-9]{7}' },
  'an expression without any text': { regex: '\\d{9,}' },
  'a field': { fields: 'id=4000017' },
  'a level that none has': { level: 'error', text: 'nowhere' },
  'the newest errors': { level: 'error' },
}

async function search() {
  let bytes = 0
  let count = 0
  while (bytes < MEGABYTES * 1e6) {
    const lines: LineToKeep[] = []
    for (let each = 0; each < 5_000; each++) {
      count += 1
      const text = textOf(count)
      bytes += text.length + 1
      lines.push({ line: lineOf(count, text), instance: 'web-1' })
    }
    await archive.append('big', lines)
  }
  await archive.settle()
  const { usedBytes } = await archive.use('big')
  const results: Record<string, unknown> = {}
  for (const [name, filter] of Object.entries(FILTERS)) {
    const times: number[] = []
    let found = 0
    let memory = 0
    for (let round = 0; round < ROUNDS; round++) {
      const began = performance.now()
      const wanted = { filter, from: { before: null }, limit: 100, deadlineMs: 60_000 } as const
      const { lines } = await archive.search('big', wanted, new AbortController().signal)
      times.push(performance.now() - began)
      found = lines.length
      memory = Math.max(memory, process.memoryUsage().rss)
    }
    results[name] = { ms: Math.round(at(times, 0.5)), found, memoryMb: mb(memory) }
  }
  return { lines: count, printedMb: Math.round(bytes / 1e6), onDiskMb: mb(usedBytes), results }
}

function textOf(count: number): string {
  const level = count % 50 === 0 ? 'error' : 'info'
  return `{"level":"${level}","msg":"request ${count} done","status":${count % 7 === 0 ? 404 : 200},"user":{"id":${(count * 7919) % 100_003}},"ms":${count % 997},"id":${count},"path":"/api/v1/things/${(count * 31).toString(36)}"}`
}

function lineOf(count: number, text: string): LineToKeep['line'] {
  const seconds = Math.floor(count / RATE)
  const date = new Date(Date.UTC(2026, 10, 1) + seconds * 1_000).toISOString().slice(0, 19)
  const nanos = String((count % RATE) * 20_000).padStart(9, '0')
  return { at: `${date}.${nanos}Z`, source: 'web.1', release: 1, stream: 'stdout', text }
}

function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
function round(value: number): number {
  return Math.round(value * 100) / 100
}
function mb(bytes: number): number {
  return Math.round(bytes / 1e6)
}

try {
  console.log(JSON.stringify({ ingest: await ingest(), search: await search() }))
} finally {
  await rm(folder, { recursive: true, force: true })
}
