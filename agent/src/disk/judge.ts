import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import { isBelow, isLow } from '@vastrox/shared/disk-floor.ts'

/** Of the disk, for an app of which nothing was said. */
const SHARE = 0.25
/** With less than so many floors free, that share is held to; before, there is room for everybody. */
const TIGHT = 2
/** Above which a hold ends, so that it does not come and go. */
const ROOMY = 2.5
const ROOM_AGAIN = 1.5
const LESS = 0.95
/** Growing by less than this part of what must stay free is nobody's fault. */
const GROWN_PART = 0.02

export interface Allowance {
  bytes: number
  /** Said of this app. */
  isOwn: boolean
}

/** What lies in the volumes of an app. */
export interface Measured {
  appId: string
  bytes: number
  /** 0 where files were not counted, since there is room for many more. */
  inodes: number
  /** Since the disk last had room. */
  grownBytes: number
  grownInodes: number
  /** The last measurement took too long: these numbers are those of before, or 0. */
  isUnknown?: boolean
}

export type Cause = 'allowance' | 'low'
export interface Verdict {
  cause: Cause
  reason: string
}

export const allowanceOf = (disk: NodeDisk, own: number | undefined): Allowance =>
  own === undefined
    ? { bytes: Math.floor(disk.bytes * SHARE), isOwn: false }
    : { bytes: own, isOwn: true }

/** Whether files are counted: only where they are getting few. */
export const countsFiles = (disk: NodeDisk): boolean =>
  disk.inodes > 0 && disk.availableInodes < disk.floorInodes * ROOMY

/** Why an app's volumes may not be written to any longer; undefined where they may. */
export function judge(disk: NodeDisk, app: Measured, allowance: Allowance): Verdict | undefined {
  const isTight = isBelow(disk, TIGHT)
  if (app.bytes > allowance.bytes && (allowance.isOwn || isTight))
    return {
      cause: 'allowance',
      reason: `Its volumes hold ${size(app.bytes)}, and ${size(allowance.bytes)} are allowed${allowance.isOwn ? '' : ' as long as the disk is nearly full'}: ${UNTIL} there is less in them or more is allowed.`,
    }
  const most = Math.floor(disk.inodes * SHARE)
  if (isTight && app.inodes > most)
    return {
      cause: 'allowance',
      reason: `Its volumes hold ${app.inodes} files, and ${most} are allowed as long as the disk takes few more: ${UNTIL} there are fewer.`,
    }
  return undefined
}

/**
 * Who fills a disk that is low already: the app whose volumes have grown the most since it had room;
 * where none has, one that has put so many files into them that nobody can say.
 */
export function fillerOf(
  disk: NodeDisk,
  apps: readonly Measured[],
): { app: Measured; verdict: Verdict } | undefined {
  if (!isLow(disk)) return undefined
  const part = ({ grownBytes, grownInodes }: Measured): number =>
    Math.max(
      grownBytes / disk.floorBytes,
      disk.floorInodes === 0 ? 0 : grownInodes / disk.floorInodes,
    )
  const [app] = apps.toSorted((one, other) => part(other) - part(one))
  if (!app || part(app) < GROWN_PART) return unknownOf(disk, apps)
  const free =
    disk.availableBytes < disk.floorBytes
      ? `${size(disk.availableBytes)} are free on the disk of the server and ${size(disk.floorBytes)} must stay free, and its volumes have grown by ${size(app.grownBytes)} meanwhile`
      : `${disk.availableInodes} more files can be made on the disk of the server and room for ${disk.floorInodes} must stay free, and its volumes have got ${app.grownInodes} meanwhile`
  return { app, verdict: { cause: 'low', reason: `${free}: ${UNTIL} there is room again.` } }
}

function unknownOf(
  disk: NodeDisk,
  apps: readonly Measured[],
): { app: Measured; verdict: Verdict } | undefined {
  const app = apps.find(({ isUnknown }) => isUnknown === true)
  const reason = `There is too little room on the disk of the server (${size(disk.availableBytes)} are free), and what its volumes hold could not be measured within a minute, so many files are in them: ${UNTIL} there is room again.`
  return app && { app, verdict: { cause: 'low', reason } }
}

/** Whether what was the cause is over, with a margin. */
export function isOver(disk: NodeDisk, cause: Cause, app: Measured, allowance: Allowance): boolean {
  if (cause === 'low') return !isBelow(disk, ROOM_AGAIN)
  if (!allowance.isOwn && !isBelow(disk, ROOMY)) return true
  const files = disk.inodes * SHARE * LESS
  return app.bytes <= allowance.bytes * LESS && (app.inodes === 0 || app.inodes <= files)
}

const UNTIL = 'they can be read, and not written until'

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']
/** In powers of 1,024, as allowances are said. */
function size(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const value = (bytes / 1_024 ** power).toFixed(power > 2 ? 1 : 0)
  return `${value.replace(/\.0$/, '')} ${UNITS[power]}`
}
