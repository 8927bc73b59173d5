import { createHash } from 'node:crypto'
import type { RestoreTarget } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { execInAddon } from '#agent/backups/exec-in-addon.ts'
import type { Restored, Restoring } from '#agent/backups/restored.ts'
import { dumpOf, pathOf } from '#agent/backups/restore-caller.ts'
import { feed } from '#agent/backups/run-restic.ts'

type ToAddon = Extract<RestoreTarget, { type: 'addon' }>

const PROGRESS_EVERY_MS = 1_000
const KEPT_OF_OUTPUT = 9_000

/** The dump into the standard input of the tool that reads it. */
export function restoreToAddon(
  deps: BackupDeps,
  target: ToAddon,
  restoring: Restoring,
): Promise<Restored> {
  const path = pathOf(restoring.snapshot, target.fileName)
  return intoTool(deps, target, dumpOf(restoring, path, false), restoring)
}

/**
 * The tool learns of the end of the content only where all of it has come: one that reads a part of it
 * must not take that for the whole. Throws RESTORE_FAILED where it ends with anything but 0.
 */
export async function intoTool(
  deps: BackupDeps,
  target: ToAddon,
  content: AsyncIterable<Buffer>,
  { signal, emit }: Pick<Restoring, 'signal' | 'emit'>,
): Promise<Restored> {
  const tool = await execInAddon(deps, { ...target, hasInput: true })
  const stop = (): void => void tool.stop()
  signal.addEventListener('abort', stop, { once: true })
  let output = ''
  const reading = (async () => {
    for await (const chunk of tool.stdout)
      output = `${output}${chunk.toString('utf8')}`.slice(-KEPT_OF_OUTPUT)
  })()
  reading.catch(() => undefined)
  tool.stdin.on('error', () => undefined)
  try {
    const hash = createHash('sha256')
    let sizeBytes = 0
    let isWhole = true
    let saidAt = performance.now()
    for await (const chunk of content) {
      signal.throwIfAborted()
      hash.update(chunk)
      sizeBytes += chunk.length
      // It may have ended by itself, with something to say.
      isWhole = await feed(tool.stdin, chunk, signal)
      if (!isWhole) break
      if (performance.now() - saidAt < PROGRESS_EVERY_MS) continue
      saidAt = performance.now()
      await emit({ type: 'progress', bytesDone: sizeBytes, bytesTotal: null, filesDone: 0 })
    }
    signal.throwIfAborted()
    tool.stdin.end()
    await reading
    const exitCode = await tool.exitCode()
    const all = `${output}\n${tool.complaints()}`.trim()
    if (exitCode !== 0)
      throw new CodedError('RESTORE_FAILED', {
        reason: `The database did not take it (${exitCode}): ${lastLine(all)}`,
        output: all,
      })
    if (!isWhole)
      throw new CodedError('RESTORE_FAILED', {
        reason: 'The tool ended before it had read all of it.',
      })
    return { sizeBytes, files: 1, sha256: hash.digest('hex'), output: all.slice(-10_000) }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    await tool.stop()
  }
}

const lastLine = (text: string): string =>
  (text.split('\n').at(-1) ?? '').trim().slice(0, 300) || 'it said nothing.'
