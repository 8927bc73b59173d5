import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { BackUpEvent } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { askRestic } from '#agent/backups/ask-restic.ts'
import { resticFailure } from '#agent/backups/restic-failure.ts'
import { readBackupLine, type Summary } from '#agent/backups/restic-output.ts'
import { type Access, feed, type Running, startRestic } from '#agent/backups/run-restic.ts'
import { readLines } from '#agent/backups/read-lines.ts'
import { forgetByIds } from '#agent/backups/unfinished.ts'

export interface Making {
  access: Access
  host: string
  tags: readonly string[]
  signal: AbortSignal
  onProgress: (progress: Extract<BackUpEvent, { type: 'progress' }>) => Promise<void>
  /** What follows the JSON of the call. */
  body: Readable
}

/** A snapshot that is whole. */
export interface Made {
  snapshotId: string
  sizeBytes: number
  addedBytes: number
  files: number
  sha256: string | null
  /** What could not be read, one a line. */
  warnings: string[]
}

/** Of the end of a stream, where a dump says that it is whole. */
const TAIL_BYTES = 4_096
const PROGRESS_EVERY_MS = 1_000
const MAX_WARNINGS = 50
/** Some of what was to be read could not be: the snapshot is there. */
const INCOMPLETE = 3

export interface Streamed {
  sizeBytes: number
  sha256: string
  /** The last 4 KiB. */
  tail: Buffer
}

/**
 * A stream as the one file of a snapshot. restic learns of its end only after `judge` has found it whole:
 * where it throws, or the stream breaks off, restic is ended before it has made a snapshot.
 */
export async function snapshotOfStream(
  making: Making,
  fileName: string,
  source: AsyncIterable<Buffer>,
  judge: (streamed: Streamed) => Promise<void> | void,
): Promise<Made> {
  const { access, signal } = making
  const args = [...startOf(making), '--stdin', '--stdin-filename', fileName]
  const running = startRestic(access, args, { signal, hasInput: true })
  const reading = readOutput(making, running, () => bytes)
  reading.catch(() => undefined)
  let bytes = 0
  try {
    const hash = createHash('sha256')
    let tail: Buffer = Buffer.alloc(0)
    for await (const chunk of source) {
      signal.throwIfAborted()
      hash.update(chunk)
      bytes += chunk.length
      tail = keepTail(tail, chunk)
      if (!(await feed(running.stdin, chunk, signal))) break
    }
    // It may have ended by itself: then its words say more than ours.
    if (running.stdin.writable) {
      const streamed = { sizeBytes: bytes, sha256: hash.copy().digest('hex'), tail }
      await judge(streamed)
      running.stdin.end()
    }
    const { summary, warnings } = await settle(making, running, reading)
    if (summary.total_bytes_processed !== bytes || warnings.length > 0) {
      await forgetByIds(access, [await fullId(making, summary)], signal)
      throw new CodedError('BACKUP_FAILED', {
        reason: warnings[0] ?? `restic took ${summary.total_bytes_processed} of ${bytes} bytes.`,
      })
    }
    return { ...(await madeOf(making, summary)), sha256: hash.digest('hex'), warnings: [] }
  } catch (error) {
    await running.stop()
    signal.throwIfAborted()
    throw error
  }
}

/**
 * Files and folders, by their names in the folder above them, so that the owners and attributes of what is
 * named are kept too.
 */
export async function snapshotOfPaths(
  making: Making,
  { cwd, paths }: { cwd: string; paths: readonly string[] },
): Promise<Made> {
  const { access, signal } = making
  const running = startRestic(access, [...startOf(making), '--', ...paths], { signal, cwd })
  try {
    const { summary, warnings } = await settle(making, running, readOutput(making, running))
    return { ...(await madeOf(making, summary)), sha256: null, warnings }
  } catch (error) {
    await running.stop()
    signal.throwIfAborted()
    throw error
  }
}

const startOf = ({ host, tags }: Making): string[] => [
  'backup',
  '--json',
  '--host',
  host,
  ...tags.flatMap((tag) => ['--tag', tag]),
]

interface Output {
  summary: Summary | undefined
  warnings: string[]
}

/** `bytesOf`: what was fed to it, where restic itself does not know. */
async function readOutput(
  { onProgress }: Making,
  running: Running,
  bytesOf?: () => number,
): Promise<Output> {
  const output: Output = { summary: undefined, warnings: [] }
  let saidAt = 0
  for await (const text of readLines(running.stdout)) {
    const line = readBackupLine(text)
    if (line?.message_type === 'summary') output.summary = line
    if (line?.message_type === 'error') output.warnings.push(warningOf(line))
    if (line?.message_type !== 'status' || performance.now() - saidAt < PROGRESS_EVERY_MS) continue
    saidAt = performance.now()
    await onProgress({
      type: 'progress',
      bytesDone: bytesOf?.() ?? line.bytes_done,
      bytesTotal: bytesOf === undefined ? (line.total_bytes ?? null) : null,
      filesDone: line.files_done,
    })
  }
  return output
}

async function settle(
  { access }: Making,
  running: Running,
  reading: Promise<Output>,
): Promise<{ summary: Summary; warnings: string[] }> {
  const [end, output] = await Promise.all([running.ended, reading])
  const { summary } = output
  if (summary === undefined || (end.exitCode !== 0 && end.exitCode !== INCOMPLETE))
    throw resticFailure(access, end)
  const said = end.stderr.split('\n').flatMap((text) => {
    const line = readBackupLine(text)
    return line?.message_type === 'error' ? [warningOf(line)] : []
  })
  const warnings = [...output.warnings, ...said]
  if (end.exitCode === INCOMPLETE && warnings.length === 0)
    warnings.push('Some files could not be read.')
  return { summary, warnings: warnings.slice(0, MAX_WARNINGS) }
}

const warningOf = ({ item, error }: { item?: string | undefined; error: object }): string =>
  'message' in error && typeof error.message === 'string'
    ? error.message
    : `${item ?? 'A file'} could not be read${describe(error)}.`

const describe = (error: object): string => {
  const why = Object.values(error).find((value) => typeof value === 'string')
  return why === undefined ? '' : `: ${why}`
}

async function madeOf(making: Making, summary: Summary) {
  return {
    snapshotId: await fullId(making, summary),
    sizeBytes: summary.total_bytes_processed,
    addedBytes: summary.data_added_packed ?? summary.data_added,
    files: summary.total_files_processed,
  }
}

/** restic before 0.17 says the first eight digits. */
async function fullId({ access, signal }: Making, { snapshot_id }: Summary): Promise<string> {
  if (snapshot_id.length === 64) return snapshot_id
  const all =
    access.folder === undefined
      ? (await askRestic(access, ['--no-lock', 'list', 'snapshots'], signal)).split('\n')
      : await readdir(join(access.folder, 'snapshots'))
  const ids = all.map((id) => id.trim()).filter((id) => id.startsWith(snapshot_id))
  const [only] = ids
  if (only === undefined || ids.length > 1)
    throw new CodedError('BACKUP_FAILED', { reason: 'The snapshot cannot be found again.' })
  return only
}

const keepTail = (tail: Buffer, chunk: Buffer): Buffer =>
  chunk.length >= TAIL_BYTES
    ? Buffer.from(chunk.subarray(chunk.length - TAIL_BYTES))
    : Buffer.concat([tail, chunk]).subarray(-TAIL_BYTES)
