import type { Snapshot } from '#agent/backups/platform-restic.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

const PLATFORM = /^subject=platform(?::.*)?$/

/** Oldest first. */
export const platformSnapshots = (snapshots: readonly Snapshot[]): Snapshot[] =>
  snapshots.filter(({ tags }) => tags.some((tag) => PLATFORM.test(tag)))

/**
 * The point that is restored: the newest, or the newest that is not younger than `point` (a time), or
 * the one whose id begins with it.
 */
export function choosePlatform(
  snapshots: readonly Snapshot[],
  point: string | undefined,
): Snapshot {
  const all = platformSnapshots(snapshots)
  const newest = all.at(-1)
  if (newest === undefined)
    throw new SetupError(
      'There is no backup of the platform in this repository.',
      snapshots.length === 0
        ? 'It is empty: name another one.'
        : `It has ${snapshots.length} backups of other things; name the repository that the platform was backed up to.`,
    )
  if (point === undefined) return newest
  const time = /^\d{4}-/.test(point) ? Date.parse(point) : Number.NaN
  const found = Number.isNaN(time)
    ? all.filter(({ id }) => id.startsWith(point)).at(-1)
    : all.filter((each) => Date.parse(each.time) <= time).at(-1)
  if (found !== undefined) return found
  const points = all.slice(-10).map(({ id, time }) => `${id.slice(0, 8)} (${time.slice(0, 19)})`)
  throw new SetupError(
    `There is no backup of the platform at ${point}.`,
    `There are: ${points.join(', ')}`,
  )
}

/** The newest backup of a subject, or the newest that is not younger than `before`; undefined where there is none. */
export const newestOf = (
  snapshots: readonly Snapshot[],
  subject: string,
  before: number = Number.POSITIVE_INFINITY,
): Snapshot | undefined =>
  snapshots
    .filter(({ tags, time }) => tags.includes(`subject=${subject}`) && Date.parse(time) <= before)
    .at(-1)
