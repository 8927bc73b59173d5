import { readFileSync, statSync } from 'node:fs'
import { readKernelFile } from '#agent/metrics/kernel-file.ts'

export interface DiskCounters {
  readBytes: number
  writtenBytes: number
  ioMs: number
}
const NONE: DiskCounters = { readBytes: 0, writtenBytes: 0, ioMs: 0 }

/** The kernel counts in these, whatever the disk's own are. */
const SECTOR_BYTES = 512

/**
 * `major:minor` of the block device below a path; undefined where there is none (a file system in
 * memory or on the network).
 */
export function deviceOf(path: string, proc = '/proc'): string | undefined {
  const { dev } = statSync(path)
  const major = majorOf(dev)
  // Btrfs and overlays have numbers of their own: what they were mounted from is looked up.
  return major === 0 ? sourceOf(dev, proc) : `${major}:${minorOf(dev)}`
}

/** As glibc puts both into one number. */
const majorOf = (dev: number): number => (Math.floor(dev / 2 ** 8) & 0xfff) >>> 0
const minorOf = (dev: number): number =>
  ((dev & 0xff) | (Math.floor(dev / 2 ** 12) & 0xfff00)) >>> 0

function sourceOf(dev: number, proc: string): string | undefined {
  const wanted = `${majorOf(dev)}:${minorOf(dev)}`
  for (const line of readFileSync(`${proc}/self/mountinfo`, 'utf8').split('\n')) {
    const fields = line.split(' ')
    const source = fields[fields.indexOf('-') + 2] ?? ''
    if (fields[2] !== wanted || !source.startsWith('/dev/')) continue
    try {
      const { rdev } = statSync(source)
      return `${majorOf(rdev)}:${minorOf(rdev)}`
    } catch {
      return undefined
    }
  }
  return undefined
}

/** Of each device that is asked for, in their order. */
export function readDiskCounters(
  devices: readonly (string | undefined)[],
  proc = '/proc',
): DiskCounters[] {
  const lines = (readKernelFile(`${proc}/diskstats`) ?? '').split('\n')
  return devices.map((device) => {
    if (device === undefined) return NONE
    const fields = lines
      .map((line) => line.trim().split(/\s+/))
      .find(([major, minor]) => `${major}:${minor}` === device)
    if (!fields) return NONE
    return {
      readBytes: Number(fields[5]) * SECTOR_BYTES,
      writtenBytes: Number(fields[9]) * SECTOR_BYTES,
      ioMs: Number(fields[12]),
    }
  })
}
