import type { Readable } from 'node:stream'
import { CodedError } from '@vastrox/shared/errors.ts'
import { type FoundSnapshot, Snapshots } from '#agent/backups/restic-output.ts'
import { type Access, type ResticEnd, startRestic } from '#agent/backups/run-restic.ts'
import { resticFailure } from '#agent/backups/restic-failure.ts'

/** Whoever has the key of a repository decides what it says: the agent is not to be filled with it. */
const MOST_BYTES = 256 * 2 ** 20

/** A short command to its end; whatever exit code. */
export async function runRestic(
  access: Access,
  args: readonly string[],
  signal: AbortSignal,
): Promise<ResticEnd & { stdout: string }> {
  const running = startRestic(access, args, { signal, onComplaint: () => undefined })
  try {
    const [stdout, end] = await Promise.all([textOf(running.stdout), running.ended])
    return { ...end, stdout }
  } catch (error) {
    await running.stop()
    throw error
  }
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > MOST_BYTES)
      throw new CodedError('DESTINATION_DAMAGED', {
        reason: `restic says more than ${MOST_BYTES / 2 ** 20} MB about it.`,
      })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The same where anything but success is a failure. */
export async function askRestic(
  access: Access,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const end = await runRestic(access, args, signal)
  if (end.exitCode !== 0) throw resticFailure(access, end)
  return end.stdout
}

/** Reading takes no lock: it must work on a full destination, and our own removals wait for it. */
export async function findSnapshots(
  access: Access,
  { tag, ids = [] }: { tag?: string | undefined; ids?: readonly string[] },
  signal: AbortSignal,
): Promise<FoundSnapshot[]> {
  const tags = tag === undefined ? [] : ['--tag', tag]
  const stdout = await askRestic(
    access,
    ['--no-lock', 'snapshots', '--json', ...tags, ...ids],
    signal,
  )
  return Snapshots.parse(JSON.parse(stdout.trim() || '[]'))
}

/** Throws BACKUP_NOT_FOUND. */
export async function findSnapshot(
  access: Access,
  id: string,
  signal: AbortSignal,
): Promise<FoundSnapshot> {
  const found = (await findSnapshots(access, {}, signal)).find((each) => each.id === id)
  if (found === undefined)
    throw new CodedError('BACKUP_NOT_FOUND', {
      reason: 'The backup is not at its destination any more.',
    })
  return found
}
