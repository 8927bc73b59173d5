import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BACKUP_STREAMS } from '@vastrox/shared/agent-api-backups.ts'
import { z } from 'zod'
import { askRestic, runRestic } from '#agent/backups/ask-restic.ts'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { withRepository } from '#agent/backups/open-access.ts'
import { readLines } from '#agent/backups/read-lines.ts'
import { codeOf, resticFailure } from '#agent/backups/restic-failure.ts'
import { Snapshots } from '#agent/backups/restic-output.ts'
import { type Access, type ResticEnd, startRestic } from '#agent/backups/run-restic.ts'
import { withTimeLimit } from '#agent/backups/time-limit.ts'
import type { StreamCall } from '#agent/server/bind.ts'

type Check = (typeof BACKUP_STREAMS)['check-repository']
type Emit = StreamCall<z.input<Check['event']>>['emit']

const MAX_ERRORS = 200
const MAX_LINES = 5_000
/** So many fit into what a program is started with. */
const IDS_AT_ONCE = 5_000
const PROGRESS_EVERY_MS = 1_000

const Index = z.object({
  packs: z.array(z.object({ id: z.string(), blobs: z.array(z.object({ id: z.string() })) })),
})

/**
 * Looks whether everything that snapshots need is there, and reads as much of it again as is asked for.
 * What is damaged is led back to the snapshots that need it: by pack, content and tree. It takes no lock:
 * our own removals wait, and somebody else's may make it find what is not there.
 */
export async function checkRepository(
  deps: BackupDeps,
  { repository, readPercent, timeoutMs }: z.output<Check['input']>,
  { emit, signal: gone }: StreamCall<z.input<Check['event']>>,
): Promise<void> {
  await withTimeLimit(timeoutMs, gone, 'BACKUP_TIMED_OUT', (signal) =>
    withRepository(deps, repository, (access) =>
      deps.repositoryTurns.take(access.key, 'shared', signal, async () => {
        const { end, said } = await lookAt(access, readPercent, emit, signal)
        if (end.exitCode === 0) {
          await emit({ type: 'done', isGood: true, damagedSnapshots: [], errors: [] })
          return
        }
        mustBeDamage(access, end)
        const errors = said.filter(isTelling).map((line) => line.trim().slice(0, 500))
        const damaged = await damagedSnapshots(access, said, signal)
        await emit({
          type: 'done',
          isGood: false,
          damagedSnapshots: damaged.slice(0, 10_000),
          errors: errors.slice(0, MAX_ERRORS),
        })
      }),
    ),
  )
}

async function lookAt(
  access: Access,
  readPercent: number,
  emit: Emit,
  signal: AbortSignal,
): Promise<{ end: ResticEnd; said: string[] }> {
  const said: string[] = []
  const keep = (line: string): void => {
    if (said.length < MAX_LINES) said.push(line)
  }
  const args = ['--no-lock', 'check', ...howMuch(readPercent)]
  const running = startRestic(access, args, { signal, onComplaint: keep })
  let saidAt = 0
  for await (const line of readLines(running.stdout)) {
    const packs = /([\d]+) \/ [\d]+ packs/.exec(line)?.[1]
    if (packs === undefined) keep(line)
    if (packs === undefined || performance.now() - saidAt < PROGRESS_EVERY_MS) continue
    saidAt = performance.now()
    await emit({ type: 'progress', bytesDone: 0, bytesTotal: null, filesDone: Number(packs) })
  }
  return { end: await running.ended, said }
}

function howMuch(readPercent: number): string[] {
  if (readPercent === 0) return []
  return readPercent === 100 ? ['--read-data'] : ['--read-data-subset', `${readPercent}%`]
}

/** What keeps it from looking is a failure of its own. */
function mustBeDamage(access: Access, end: ResticEnd): void {
  const code = codeOf(end)
  const isDamage = /repository contains errors|LoadIndex returned errors/i.test(end.stderr)
  if (!isDamage && code !== 'DESTINATION_DAMAGED') throw resticFailure(access, end)
}

const isTelling = (line: string): boolean =>
  /^\s*(?:error|pack|tree|file|fatal|unable)\b|does not match|verification failed|invalid data/i.test(
    line,
  ) && !/repository contains errors|^restic repair/i.test(line)

async function damagedSnapshots(
  access: Access,
  said: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const all = await idsOfSnapshots(access, signal)
  const text = said.join('\n')
  // Nothing can be restored without it.
  if (/error loading index|LoadIndex returned errors|config cannot be loaded/i.test(text))
    return all
  const readable = await readableSnapshots(access, signal)
  const unreadable = all.filter((id) => !readable.has(id))
  const needing = await snapshotsThatNeed(access, text, signal)
  return [...new Set([...unreadable, ...needing])].toSorted()
}

/** By their names alone, so that one that cannot be read is in it too. */
async function idsOfSnapshots(access: Access, signal: AbortSignal): Promise<string[]> {
  const names =
    access.folder === undefined
      ? (await askRestic(access, ['--no-lock', 'list', 'snapshots'], signal)).split('\n')
      : await readdir(join(access.folder, 'snapshots'))
  return names.map((name) => name.trim()).filter((name) => /^[0-9a-f]{64}$/.test(name))
}

async function readableSnapshots(access: Access, signal: AbortSignal): Promise<Set<string>> {
  const { stdout } = await runRestic(access, ['--no-lock', 'snapshots', '--json'], signal)
  return new Set(Snapshots.parse(JSON.parse(stdout.trim() || '[]')).map(({ id }) => id))
}

/** Every snapshot is walked; a tree that cannot be read is said with the snapshot that it belongs to. */
async function snapshotsThatNeed(
  access: Access,
  text: string,
  signal: AbortSignal,
): Promise<Set<string>> {
  const packs = idsIn(text, /\bpack (?:id )?([0-9a-f]{64})|want ([0-9a-f]{64})/gi)
  const blobs = new Set(idsIn(text, /\bblob ([0-9a-f]{64})/gi))
  for (const id of await blobsOf(access, new Set(packs), signal)) blobs.add(id)
  const found = new Set<string>()
  const wanted = [...blobs]
  // With nothing to look for the trees are walked all the same.
  if (wanted.length === 0) wanted.push('0'.repeat(64))
  for (let at = 0; at < wanted.length; at += IDS_AT_ONCE) {
    const ids = wanted.slice(at, at + IDS_AT_ONCE)
    const end = await runRestic(access, ['--no-lock', 'find', '--json', '--blob', ...ids], signal)
    for (const id of idsIn(`${end.stdout}\n${end.stderr}`, /"snapshot":"([0-9a-f]{64})"/g))
      found.add(id)
    for (const id of idsIn(`${end.stdout}\n${end.stderr}`, /belongs to snapshot ([0-9a-f]{64})/g))
      found.add(id)
  }
  return found
}

/** What lies in packs, by the index: their own headers may be what is damaged. */
async function blobsOf(
  access: Access,
  packs: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<string[]> {
  if (packs.size === 0) return []
  const blobs: string[] = []
  const listed = await askRestic(access, ['--no-lock', 'list', 'index'], signal)
  for (const id of listed.split('\n').map((line) => line.trim())) {
    if (!/^[0-9a-f]{64}$/.test(id)) continue
    const stdout = await askRestic(access, ['--no-lock', 'cat', 'index', id], signal)
    for (const pack of Index.parse(JSON.parse(stdout)).packs)
      if (packs.has(pack.id)) blobs.push(...pack.blobs.map((blob) => blob.id))
  }
  return blobs
}

const idsIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, one, other]) => one ?? other ?? [])
