import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CodedError } from '@vastrox/shared/errors.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { THAW_PROGRAM } from '#agent/backups/thaw-program.ts'
import { log } from '#agent/node/log.ts'
import { volumeName } from '#agent/volumes/volume-folders.ts'

const Containers = z.array(z.object({ Id: z.string().regex(/^[0-9a-f]{64}$/) }))
const Kept = z.array(z.string())

/** Nobody waits longer for an answer of the app. */
const LONGEST_PAUSE_MS = 600_000
const FREEZES_WITHIN_MS = 10_000
const ROOT = '/sys/fs/cgroup'

const fileOf = (backupsDir: string): string => join(backupsDir, 'paused.json')

/**
 * Does some work while the processes stand still that have a volume. They go on whatever happens: a
 * program of its own gives them the processor back when this process dies or takes too long, and the next
 * start of the agent does it once more.
 */
export async function whilePaused<Result>(
  deps: Pick<BackupDeps, 'engine' | 'instance' | 'backupsDir'>,
  { volumeId, isPaused }: { volumeId: string; isPaused: boolean },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const files = isPaused ? await freezersOf(deps, volumeId) : []
  if (files.length === 0) return work(signal)
  await mkdir(deps.backupsDir, { recursive: true, mode: 0o700 })
  await writeAtomically(fileOf(deps.backupsDir), JSON.stringify(files))
  const deadman = spawn(
    process.execPath,
    ['-e', THAW_PROGRAM, String(LONGEST_PAUSE_MS), ...files],
    { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} },
  )
  deadman.on('error', () => undefined)
  deadman.stdin.on('error', () => undefined)
  try {
    const late = AbortSignal.timeout(LONGEST_PAUSE_MS - FREEZES_WITHIN_MS)
    for (const file of files) await freeze(file)
    return await work(AbortSignal.any([signal, late])).catch((error: unknown) => {
      if (!late.aborted || signal.aborted) throw error
      throw new CodedError('BACKUP_TIMED_OUT', {
        reason: 'The app would have stood still for longer than ten minutes: choose live files.',
      })
    })
  } finally {
    for (const file of files) await thaw(file)
    deadman.stdin.end()
    await rm(fileOf(deps.backupsDir), { force: true })
  }
}

/** What an agent that died has left standing still. */
export async function thawAfterDeath(backupsDir: string): Promise<void> {
  const text = await readFile(fileOf(backupsDir), 'utf8').catch(() => undefined)
  if (text === undefined) return
  for (const file of Kept.parse(JSON.parse(text))) await thaw(file)
  log('volumes.thawed')
  await rm(fileOf(backupsDir), { force: true })
}

/** Of the control groups of every container that runs with it. */
async function freezersOf(
  { engine, instance }: Pick<BackupDeps, 'engine' | 'instance'>,
  volumeId: string,
): Promise<string[]> {
  const running = await engine.get('/containers/json', Containers, {
    query: {
      filters: JSON.stringify({ volume: [volumeName(instance, volumeId)], status: ['running'] }),
    },
  })
  return running.map(({ Id }) => {
    const file = placesOf(Id).find((place) => existsSync(place))
    if (file === undefined)
      throw new CodedError('BACKUP_FAILED', { reason: 'This server cannot pause containers.' })
    return file
  })
}

const placesOf = (id: string): string[] =>
  [`docker/${id}`, `system.slice/docker-${id}.scope`].flatMap((group) => [
    join(ROOT, 'freezer', group, 'freezer.state'),
    join(ROOT, group, 'cgroup.freeze'),
  ])

const isUnified = (file: string): boolean => file.endsWith('/cgroup.freeze')

/** Until every process of it stands still. */
async function freeze(file: string): Promise<void> {
  await writeFile(file, isUnified(file) ? '1' : 'FROZEN')
  const until = performance.now() + FREEZES_WITHIN_MS
  while (performance.now() < until) {
    if (await isFrozen(file)) return
    await sleep(10)
  }
  throw new CodedError('BACKUP_FAILED', { reason: 'The processes of the app do not stand still.' })
}

async function isFrozen(file: string): Promise<boolean> {
  if (!isUnified(file)) return (await readFile(file, 'utf8')).trim() === 'FROZEN'
  return /^frozen 1$/m.test(await readFile(file.replace(/freeze$/, 'events'), 'utf8'))
}

const thaw = (file: string): Promise<void> =>
  writeFile(file, isUnified(file) ? '0' : 'THAWED').catch(() => {
    // The container ended.
  })
