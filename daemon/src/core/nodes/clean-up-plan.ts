import { createHash } from 'node:crypto'
import type { DiskMeasure } from '@vastrox/shared/agent-api-disk.ts'
import type { CleanUpItem, CleanUpPlan } from '@vastrox/shared/clean-up.ts'
import { onceFor } from '#core/nodes/once-for.ts'
import type { RemovableImage } from '#core/releases/old-images.ts'

/** Nothing younger goes by a plan: what somebody is working with stays (rule B10). */
export const LEAST_AGE_MS = 86_400_000
const MOST_ITEMS = 2_000

interface Given {
  measure: DiskMeasure
  /** Of builds that we have rows of. */
  removable: readonly RemovableImage[]
  /** Those of these images that no row names. */
  unnamedOf: (imageIds: readonly string[]) => ReadonlySet<string>
  /** Whether something may be about to name an image of the app. */
  isBusy: (appId: string) => boolean
  appNameOf: (appId: string) => string | null
  kept: readonly string[]
  now: Date
}

/** What can go and be made again, each named, with why; the same rows and disk give the same plan. */
export function planCleanUp({
  measure,
  removable,
  unnamedOf,
  isBusy,
  appNameOf,
  kept,
  now,
}: Given): CleanUpPlan {
  const there = imagesOf(measure)
  const isOld = (at: string | null): boolean =>
    at !== null && now.getTime() - Date.parse(at) >= LEAST_AGE_MS
  const old = removable.flatMap(({ imageId, appId, what, why, createdAt }): CleanUpItem[] => {
    const image = there.get(imageId)
    if (!image || image.isUsed || !isOld(createdAt)) return []
    return [
      {
        kind: 'image',
        id: imageId,
        app: appNameOf(appId),
        what,
        why,
        sizeBytes: bytesAlone(measure, imageId),
        at: createdAt,
      },
    ]
  })
  // A name is looked up of the few that may go, not of all that are there.
  const isNamed = new Set(removable.map(({ imageId }) => imageId))
  const loose = measure.images.filter(
    ({ imageId, kind, appId, createdAt, isUsed }) =>
      kind === 'build' &&
      !isUsed &&
      isOld(createdAt) &&
      !isNamed.has(imageId) &&
      !isBusy(appId ?? ''),
  )
  const unnamed = unnamedOf(loose.map(({ imageId }) => imageId))
  const orphans = loose.flatMap(({ imageId, createdAt }) => {
    if (!unnamed.has(imageId)) return []
    return {
      kind: 'image' as const,
      id: imageId,
      app: null,
      what: 'an image of no app',
      why: 'nothing that is there names it: its app is gone, or its build was cut off',
      sizeBytes: bytesAlone(measure, imageId),
      at: createdAt,
    }
  })
  const cache = measure.cache
    .filter(
      ({ sizeBytes, lastUsedAt, createdAt }) => sizeBytes > 0 && isOld(lastUsedAt ?? createdAt),
    )
    .map(({ id, description, sizeBytes, lastUsedAt, createdAt }) => ({
      kind: 'build-cache' as const,
      id,
      app: null,
      what: description || 'a step of a build',
      why: 'no build has used it for a day; the next one that needs it does it again',
      sizeBytes,
      at: lastUsedAt ?? createdAt,
    }))
  const all = [...old, ...orphans, ...cache].toSorted(
    (one, other) => other.sizeBytes - one.sizeBytes || one.id.localeCompare(other.id),
  )
  const items = all.slice(0, MOST_ITEMS)
  const images = items.filter(({ kind }) => kind === 'image').map(({ id }) => id)
  const cacheBytes = items
    .filter(({ kind }) => kind === 'build-cache')
    .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return {
    id: idOf(items),
    removals: items,
    freedBytes: ownBytes(measure, images) + cacheBytes,
    more: all.length - items.length,
    kept: [...kept],
  }
}

/** What goes when one image goes and all others stay. */
function bytesAlone(measure: DiskMeasure, imageId: string): number {
  const users = usersOfAll(measure)
  const image = imagesOf(measure).get(imageId)
  return image ? bytesOf(measure, image.layers, (index) => users[index] === 1) : 0
}

/** What goes when all of these go: layers that nothing else stands on, neither of ours nor of others. */
export function ownBytes(measure: DiskMeasure, ids: readonly string[]): number {
  const there = imagesOf(measure)
  const going = [...new Set(ids)].flatMap((id) => there.get(id) ?? [])
  const [all, gone] = [usersOfAll(measure), usersOf(measure, going)]
  return bytesOf(
    measure,
    going.flatMap(({ layers }) => layers),
    (index) => all[index] === gone[index],
  )
}

const imagesOf = onceFor(({ images }) => new Map(images.map((image) => [image.imageId, image])))
const usersOfAll = onceFor((measure) => usersOf(measure, measure.images))

/** Of each layer, how many of these images stand on it; one that has it twice is one. */
function usersOf({ layers }: DiskMeasure, images: DiskMeasure['images']): Uint32Array {
  const users = new Uint32Array(layers.length)
  const lastUser = new Int32Array(layers.length).fill(-1)
  for (const [at, image] of images.entries())
    for (const index of image.layers) {
      if (lastUser[index] === at) continue
      lastUser[index] = at
      users[index] = (users[index] ?? 0) + 1
    }
  return users
}

function bytesOf(
  { layers }: DiskMeasure,
  indices: readonly number[],
  goes: (index: number) => boolean,
): number {
  let sum = 0
  for (const index of new Set(indices)) {
    const layer = layers[index]
    if (layer && !layer.isOthersToo && goes(index)) sum += layer.bytes
  }
  return sum
}

const idOf = (items: readonly CleanUpItem[]): string =>
  createHash('sha256')
    .update(items.map(({ kind, id }) => `${kind} ${id}`).join('\n'))
    .digest('hex')
    .slice(0, 24)
