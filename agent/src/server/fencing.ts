import { readFile } from 'node:fs/promises'
import { CodedError } from '@vastrox/shared/errors.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'

/**
 * A daemon counts up by one at each start, so no honest token is this far ahead. Without the limit one
 * call with a huge token would refuse every later daemon for ever.
 */
const MOST_AHEAD = 1_000_000

const Stored = z.object({ highest: z.int().min(0) })

/**
 * Remembers the highest token that any daemon has shown (rule K4). A rise is on disk before the
 * verb that brought it runs, so a stale daemon stays refused after the agent was restarted.
 */
export async function createFencing(file: string) {
  let highest = await readHighest(file)
  let written = highest
  let writing: Promise<void> = Promise.resolve()

  async function keep(): Promise<void> {
    if (written >= highest) return
    const now = highest
    await writeAtomically(file, JSON.stringify({ highest: now }))
    written = now
  }

  return {
    /** Throws FENCED for a token lower than the highest seen, REQUEST_INVALID for one far above it. */
    async admit(token: number): Promise<void> {
      if (token < highest) throw new CodedError('FENCED', { token, highest })
      if (token > highest + MOST_AHEAD)
        throw new CodedError('REQUEST_INVALID', { reason: 'The fencing token is far too high.' })
      highest = Math.max(highest, token)
      // What failed, on a full disk, is tried again by whoever comes next.
      if (written < highest) writing = writing.then(keep, keep)
      await writing
    },
  }
}
export type Fencing = Awaited<ReturnType<typeof createFencing>>

/** The header's number; REQUEST_INVALID when there is none. */
export function parseToken(header: string | string[] | undefined): number {
  if (typeof header !== 'string' || !/^[0-9]{1,15}$/.test(header))
    throw new CodedError('REQUEST_INVALID', { reason: 'The fencing token is missing.' })
  return Number(header)
}

async function readHighest(file: string): Promise<number> {
  try {
    return Stored.parse(JSON.parse(await readFile(file, 'utf8'))).highest
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw new Error(`${file} cannot be read`, { cause: error })
  }
}
