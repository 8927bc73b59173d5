/** A `RUN --mount=type=cache` of a Dockerfile. */
export interface CacheMount {
  line: number
  /** Its name within the app, as it is written. */
  id: string
  /** The directory of it that is mounted; null for the whole. */
  part: string | null
  /** null: of a step that is left to whoever builds on the image (ONBUILD). */
  stage: number | null
}

interface Field {
  key: string
  value: string
}

/** undefined for a mount of another kind. */
export function readCacheMount(
  fields: readonly Field[],
  { line, stage }: { line: number; stage: number | null },
): CacheMount | undefined {
  const valueOf = (...keys: string[]): string | undefined =>
    fields.findLast(({ key }) => keys.includes(key))?.value
  if (!fields.some(({ key, value }) => key === 'type' && value.toLowerCase() === 'cache'))
    return undefined
  const part = valueOf('source', 'src')
  return {
    line,
    id: valueOf('id') ?? valueOf('target', 'dst', 'destination') ?? '',
    part: part === undefined || /^[./]*$/.test(part) ? null : part,
    stage,
  }
}

/**
 * Steps that run beside each other and share a cache of which one mounts a part see files of the server
 * where the other exchanges that part for a link at the right moment (CVE-2024-23651: engines before
 * 24.0.9 and 25.0.2, those of Debian 12 among them). Steps of one stage run one after the other, and
 * one app has one build at a time: so all steps that share such a cache must be of one stage.
 */
export function problemsOfCaches(
  caches: readonly CacheMount[],
): readonly { line: number; what: string }[] {
  return caches
    .filter(({ part }) => part !== null)
    .filter(({ id, part, stage }) => {
      const isOpen = stage === null || id.includes('$') || part?.includes('$')
      return isOpen || caches.some((other) => other.stage !== stage && mayBeSame(other.id, id))
    })
    .map(({ line, part }) => ({
      line,
      what: `RUN --mount=type=cache,source=${(part ?? '').replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 120)}: a part of a cache that other stages use too cannot be mounted; mount the whole, or give it an id of its own.`,
    }))
}

const mayBeSame = (one: string, other: string): boolean =>
  one === other || one.includes('$') || cleaned(one) === cleaned(other)

const cleaned = (id: string): string => id.replaceAll(/\/(\.?\/)*/g, '/').replace(/(?<=.)\/+$/, '')
