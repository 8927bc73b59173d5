import { floorOf } from '@vastrox/shared/disk-floor.ts'
import type { HostFinding } from '@vastrox/shared/host-care.ts'
import type { Machine } from '#agent/care/machine.ts'

const GIB = 2 ** 30
const MIB = 2 ** 20
/** Files of every kind need one each. */
const INODES_LOW_PART = 0.05
const INODES_FEW_PART = 0.15
const HINT = 'docker system df and du -sh show what takes it; remove what is not needed.'

/** Room for files, and room for their names. Below the floor nothing new is taken (builds, pushes). */
export async function checkDisks(
  machine: Machine,
  paths: readonly string[],
): Promise<HostFinding[]> {
  const findings = await Promise.all(paths.map((path) => checkDisk(machine, path)))
  return findings.flat()
}

async function checkDisk(machine: Machine, path: string): Promise<HostFinding[]> {
  const space = await machine.space(path)
  if (!space) return []
  return [sayBytes(path, space), ...sayInodes(path, space)]
}

type Space = NonNullable<Awaited<ReturnType<Machine['space']>>>

function sayBytes(path: string, { bytes, availableBytes }: Space): HostFinding {
  const floor = floorOf(bytes)
  const message = `${size(availableBytes)} free for ${path}`
  if (availableBytes < floor)
    return {
      check: 'disk',
      level: 'bad',
      message: `${message}, and ${size(floor)} must stay free: no push and no build is taken.`,
      hint: HINT,
    }
  if (availableBytes < floor * 1.5)
    return {
      check: 'disk',
      level: 'warn',
      message: `${message}; below ${size(floor)} no push and no build is taken.`,
      hint: HINT,
    }
  return { check: 'disk', level: 'ok', message: `${message}.` }
}

function sayInodes(path: string, { inodes, availableInodes }: Space): HostFinding[] {
  // Some file systems make them as they are needed.
  if (inodes === 0) return []
  const part = availableInodes / inodes
  if (part >= INODES_FEW_PART) return []
  return [
    {
      check: 'inodes',
      level: part < INODES_LOW_PART ? 'bad' : 'warn',
      message: `Only ${availableInodes} more files can be made for ${path} (${Math.floor(part * 100)} % of its inodes are free).`,
      hint: 'Many small files take them: du --inodes -sh shows where, often build caches or old sessions.',
    },
  ]
}

export const size = (bytes: number): string =>
  bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GB` : `${Math.round(bytes / MIB)} MB`
