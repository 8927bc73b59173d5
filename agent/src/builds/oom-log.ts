import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { isInFence } from '#agent/builds/fence-places.ts'

const RECORD_BYTES = 8_192

/**
 * Whether the kernel ended a process of a build for want of memory since a moment of the boot clock
 * (`performance` and `process.hrtime` use it). undefined where its log cannot be read.
 */
export async function outOfMemorySince(sinceUsec: number): Promise<boolean | undefined> {
  const records = await readKernelLog().catch(() => undefined)
  return records?.some((record) => isFenceKill(record, sinceUsec))
}

/** `<priority>,<number>,<microseconds since boot>,<flags>;oom-kill:constraint=…,oom_memcg=/docker/buildkit,…` */
export function isFenceKill(record: string, sinceUsec: number): boolean {
  const head = /^\d+,\d+,(\d+),/.exec(record)
  const group = /oom-kill:.*oom_memcg=([^,]+)/.exec(record)?.[1]
  return head !== null && group !== undefined && Number(head[1]) >= sinceUsec && isInFence(group)
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
