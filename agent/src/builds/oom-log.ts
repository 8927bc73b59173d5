import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { isInFence } from '#agent/builds/fence-places.ts'

const RECORD_BYTES = 8_192

/** Whose memory had run out: that of the builds together, or the machine's. */
export type KernelKill = 'fence' | 'machine'

/**
 * Whether the kernel ended a process of a build of ours for want of memory since a moment of the boot
 * clock (`performance` and `process.hrtime` use it). null: it did not; undefined where its log cannot
 * be read.
 */
export async function outOfMemorySince(
  sinceUsec: number,
  isOurs: (path: string) => boolean,
): Promise<KernelKill | null | undefined> {
  const records = await readKernelLog().catch(() => undefined)
  if (records === undefined) return undefined
  const kills = records.flatMap((record) => killOf(record, sinceUsec, isOurs) ?? [])
  return kills.at(-1) ?? null
}

/**
 * `<priority>,<number>,<microseconds since boot>,<flags>;oom-kill:constraint=…,oom_memcg=/docker/buildkit,task_memcg=…`;
 * with `global_oom` in place of oom_memcg where the machine had none left.
 */
export function killOf(
  record: string,
  sinceUsec: number,
  isOurs: (path: string) => boolean,
): KernelKill | undefined {
  const at = /^\d+,\d+,(\d+),/.exec(record)?.[1]
  const ended = /oom-kill:.*task_memcg=([^,]+)/.exec(record)?.[1]
  const full = /oom-kill:.*oom_memcg=([^,]+)/.exec(record)?.[1]
  if (at === undefined || Number(at) < sinceUsec) return undefined
  if (ended === undefined || !isInFence(ended) || !isOurs(ended)) return undefined
  return full !== undefined && isInFence(full) ? 'fence' : 'machine'
}

export const bootClockUsec = (): number => Number(process.hrtime.bigint() / 1000n)

/** Every record still kept; each read gives one, and the end is EAGAIN. */
async function readKernelLog(): Promise<string[]> {
  const file = await open('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK)
  const records: string[] = []
  const buffer = Buffer.alloc(RECORD_BYTES)
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, RECORD_BYTES, null)
      if (bytesRead === 0) return records
      records.push(buffer.toString('utf8', 0, bytesRead))
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    // EPIPE: the oldest were overwritten while we read; what follows is read next time.
    if (error.code === 'EAGAIN' || error.code === 'EPIPE') return records
    throw error
  } finally {
    await file.close()
  }
}
