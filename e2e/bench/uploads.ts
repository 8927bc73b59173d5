import { randomFillSync } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { openBenchSsh } from './ssh-yardstick.ts'
import { median, percentile } from './statistics.ts'
import { destroyApp } from '#support/apps.ts'
import type { Installation } from '#support/installation.ts'

const APP = 'bench-uploads'
const ASK_EVERY_MS = 50
const ROUNDS = 3
const GOALS = { large: 0.85, small: 0.7, memoryMb: 64, apiP95Ms: 50 }

interface Options {
  megabytes: number
  files: number
}

/**
 * One large file and many small ones by OpenSSH's own `sftp`, to Vastrox and to OpenSSH's sftp-server
 * in turns, while the API is asked. Speed is of the yardstick's: above 1 is faster.
 */
export async function benchUploads(vastrox: Installation, { megabytes, files }: Options) {
  const ssh = await openBenchSsh(vastrox, APP)
  const large = join(ssh.folder, 'large.bin')
  writeRandom(large, megabytes)
  const many = join(ssh.folder, 'many')
  writeMany(many, files)
  await vastrox.api('POST', '/apps', { name: APP })
  await vastrox.api('PATCH', `/apps/${APP}/sources/uploads`, { publishOnIdle: false })
  try {
    // The first connection loads what it needs.
    await ssh.putToVastrox(['mkdir warm', 'rmdir warm'])
    const before = await pssMb(vastrox)
    const watch = await watchWhile(vastrox, async () => {
      const result = []
      for (let round = 0; round < ROUNDS; round += 1)
        result.push({
          large: await inTurns(ssh, [`put ${large} large-${round}.bin`]),
          small: await inTurns(ssh, [`put -r ${many} many-${round}`]),
        })
      return result
    })
    const share = (of: 'large' | 'small'): number =>
      round(median(watch.result.map((each) => each[of].yardstickMs / each[of].vastroxMs)))
    const result = {
      rounds: watch.result,
      large: share('large'),
      small: share('small'),
      memoryGrowthMb: round(watch.mostMb - before),
      apiP95Ms: round(percentile(watch.answersMs, 0.95)),
      asked: watch.answersMs.length,
      goals: GOALS,
    }
    return {
      ...result,
      ok:
        result.large >= GOALS.large &&
        result.small >= GOALS.small &&
        result.memoryGrowthMb <= GOALS.memoryMb &&
        result.apiP95Ms <= GOALS.apiP95Ms,
    }
  } finally {
    await ssh.close()
    await destroyApp(vastrox, APP)
  }
}

async function inTurns(
  ssh: Awaited<ReturnType<typeof openBenchSsh>>,
  batch: readonly string[],
): Promise<{ vastroxMs: number; yardstickMs: number }> {
  const yardstickMs = await ssh.putToYardstick(batch)
  const vastroxMs = await ssh.putToVastrox(batch)
  return { vastroxMs: Math.round(vastroxMs), yardstickMs: Math.round(yardstickMs) }
}

/** How long the API takes to answer, and how large the daemon gets, while something is done. */
async function watchWhile<Result>(vastrox: Installation, work: () => Promise<Result>) {
  const answersMs: number[] = []
  let mostMb = 0
  const over = new AbortController()
  const asking = (async () => {
    while (!over.signal.aborted) {
      const begun = performance.now()
      await vastrox.api('GET', '/apps')
      answersMs.push(performance.now() - begun)
      if (answersMs.length % 10 === 0) mostMb = Math.max(mostMb, await pssMb(vastrox))
      await sleep(ASK_EVERY_MS)
    }
  })()
  const result = await work().finally(() => over.abort())
  await asking
  return { result, answersMs, mostMb: Math.max(mostMb, await pssMb(vastrox)) }
}

let daemonPid: number | undefined

async function pssMb(vastrox: Installation): Promise<number> {
  daemonPid ??= await vastrox.pidOf('daemon')
  const text = readFileSync(`/proc/${daemonPid}/smaps_rollup`, 'utf8')
  return Number(/^Pss: +(\d+) kB/m.exec(text)?.[1] ?? Number.NaN) / 1_024
}

function writeRandom(path: string, megabytes: number): void {
  const file = openSync(path, 'w')
  const bytes = Buffer.alloc(2 ** 20)
  for (let written = 0; written < megabytes; written += 1) writeSync(file, randomFillSync(bytes))
  closeSync(file)
}

function writeMany(folder: string, files: number): void {
  for (let at = 0; at < files; at += 1) {
    const inside = join(folder, `d${at % 50}`)
    mkdirSync(inside, { recursive: true })
    writeFileSync(join(inside, `f${at}.txt`), `file ${at}\n`.repeat(100))
  }
}

const round = (value: number): number => Math.round(value * 100) / 100
