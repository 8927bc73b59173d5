import type { RoutingSnapshot } from '#ports/routing-snapshot.ts'
import type { RequestHead } from '#proxy/head-rules.ts'
import type { Visit } from '#proxy/visit.ts'
import type { ResponseHead } from '#proxy/response-reader.ts'
import type { RouteTarget } from '#proxy/route-match.ts'
import { isHashedAsset } from './asset-names.ts'
import { type Asset, type AssetStore, assetName } from './asset-store.ts'
import { createQueryCaps } from './query-caps.ts'
import { takesCoding } from './compression.ts'
import { fieldOf } from './fields.ts'

/** Takes the bytes of a response as they go by; a chunk is looked at before `write` returns. */
export interface AssetKeeper {
  write(chunk: Buffer): void
  /** The response was whole. */
  end(): void
}

/** Of assets in one worker's memory, whatever clients do: one that takes nothing keeps its part of it. */
export interface AssetMemory {
  /** On their way from an app, until they are whole. */
  gatheredBytes: number
  /** On their way to clients. */
  givenBytes: number
}

export const ASSET_MEMORY: AssetMemory = {
  gatheredBytes: 32 * 2 ** 20,
  givenBytes: 64 * 2 ** 20,
}

/** What of a visit matters here. */
export type AssetVisit = Pick<Visit, 'head' | 'instance' | 'marks'> & {
  readonly res: Pick<Visit['res'], 'destroyed'> & {
    once(event: 'close', listener: () => void): unknown
  }
}

interface Options {
  store: AssetStore
  memory?: AssetMemory
  /** One worker tidies up for all. */
  tidies: boolean
  now?: () => number
  /** Snapshots may come by the dozen: looked at together. */
  soonMs: number
  onProblem: (line: string) => void
}

const MAX_ASSET_BYTES = 4 * 2 ** 20
const MAX_AT_ONCE = 8
/** Written by one worker between two looks at the disk. */
const MAX_BYTES_A_ROUND = 64 * 2 ** 20
const ROUND_MS = 5 * 60_000
const MAX_STORED = 10_000
/** Releases before the live one that are asked; most apps deploy less often in a day. */
const MAX_RELEASES = 10
/** Files that are read at a time; who asks meanwhile waits. */
const MAX_READING = 8
const CODINGS = ['br', 'gzip', 'zstd', '']

/** What tells how the bytes are to be read, and who may; nothing of one answer alone. */
const KEPT_FIELDS = new Set([
  'content-type',
  'content-encoding',
  'cache-control',
  'etag',
  'last-modified',
  'access-control-allow-origin',
  'cross-origin-resource-policy',
  'timing-allow-origin',
  'x-content-type-options',
  'content-security-policy',
  'sourcemap',
])

/**
 * Assets with a hash in their name, kept as they are served, so that a page of the release before
 * finds its own for a day after a switch (decision 137).
 */
export function createKeptAssets({
  store,
  memory = ASSET_MEMORY,
  tidies,
  now = Date.now,
  soonMs,
  onProblem,
}: Options) {
  let live = new Map<string, Set<number>>()
  /** Releases of which something is kept, the newest first; of routes of which nothing is, none. */
  let kept = new Map<string, number[]>()
  const stored = new Set<string>()
  const queries = createQueryCaps()
  let atOnce = 0
  let bytesThisRound = 0
  let hasRoom = true
  let roundAt = 0
  let wholeAt = 0
  let running: Promise<void> | undefined
  let isDue = true
  let gathered = 0
  let given = 0
  let reading = 0
  const readers: (() => void)[] = []

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (reading >= MAX_READING) await new Promise<void>((resolve) => readers.push(resolve))
    else reading += 1
    try {
      return await work()
    } finally {
      const next = readers.shift()
      if (next) next()
      else reading -= 1
    }
  }

  async function read(
    { head, instance }: AssetVisit,
    { route }: RouteTarget,
  ): Promise<Asset | undefined> {
    const releases = (kept.get(route.id) ?? [])
      .filter((release) => release !== instance?.spec.release)
      .slice(0, MAX_RELEASES)
    const codings = CODINGS.filter((coding) => coding === '' || takesCoding(head, coding))
    for (const release of releases)
      for (const coding of codings) {
        const name = assetName(head.target, coding)
        const found = await store.get(route.id, release, name, now())
        if (found) return found
      }
    return undefined
  }

  async function round(isWhole: boolean): Promise<void> {
    const known = live
    if (isWhole) {
      hasRoom = await store.hasRoom()
      bytesThisRound = 0
      stored.clear()
    }
    if (tidies && known.size > 0) await store.tidy(known, now(), isWhole)
    const fresh = new Map<string, number[]>()
    for (const route of await store.routes())
      if (known.has(route)) fresh.set(route, await store.releasesOf(route))
    kept = fresh
  }

  /** Old pages ask right after a switch, before anybody has looked at what is on the disk. */
  function foresee(route: string, releases: ReadonlySet<number> = new Set()): void {
    const known = kept.get(route) ?? []
    const fresh = [...releases].filter((release) => !known.includes(release))
    if (fresh.length > 0)
      kept.set(route, [...fresh.toSorted((one, other) => other - one), ...known])
  }

  function keepName(key: string): void {
    stored.add(key)
    const oldest = stored.size > MAX_STORED ? stored.values().next().value : undefined
    if (oldest !== undefined) stored.delete(oldest)
  }

  async function put(route: string, release: number, name: string, asset: Asset): Promise<void> {
    try {
      if (!(await store.has(route, release, name))) await store.put(route, release, name, asset)
    } catch (error) {
      hasRoom = false
      onProblem(`an asset could not be kept: ${String(error)}`)
    } finally {
      atOnce -= 1
    }
  }

  return {
    /** Called with every snapshot. */
    follow({ routes }: RoutingSnapshot): void {
      const before = live
      live = new Map()
      for (const { id, rules, instances } of routes)
        if (rules?.keepAssets && store.isRoute(id)) {
          live.set(id, new Set(instances.map(({ release }) => release)))
          foresee(id, before.get(id))
        }
      isDue = true
    },

    /** Called every second; does something every few minutes, and soon after a snapshot. */
    sweep(): void {
      const at = now()
      const isWhole = at - wholeAt > ROUND_MS
      if (running || !(isWhole || (isDue && at - roundAt > soonMs))) return
      isDue = false
      roundAt = at
      if (isWhole) wholeAt = at
      running = round(isWhole)
        .catch((error: unknown) => onProblem(`kept assets: ${String(error)}`))
        .finally(() => {
          running = undefined
        })
    },

    /** Resolves when nothing is being tidied. */
    settled: (): Promise<void> => running ?? Promise.resolve(),

    /** Undefined where the response is not one to keep, or there is no room for it now. */
    keeper(
      { head, instance, marks, res }: AssetVisit,
      { route }: RouteTarget,
      response: ResponseHead,
      headers: readonly string[],
    ): AssetKeeper | undefined {
      if (head.method !== 'GET' || response.status !== 200 || !hasRoom || !instance)
        return undefined
      if (!isHashedAsset(head.path) || !store.isRoute(route.id)) return undefined
      if (atOnce >= MAX_AT_ONCE || bytesThisRound > MAX_BYTES_A_ROUND) return undefined
      if (response.framing !== 'length' && response.framing !== 'chunked') return undefined
      if (response.contentLength > MAX_ASSET_BYTES) return undefined
      if (!mayBeKept(head, headers, marks?.authorized !== undefined)) return undefined
      const name = assetName(head.target, fieldOf(headers, 'content-encoding') ?? '')
      const { release } = instance.spec
      const key = `${route.id} ${release} ${name}`
      if (stored.has(key)) return undefined
      if (queries.isFull(`${route.id} ${release} ${head.path}`, head.target)) return undefined
      const fields = keptFieldsOf(headers)
      let chunks: Buffer[] | undefined = []
      let bytes = 0
      const drop = (): void => {
        if (chunks) gathered -= bytes
        chunks = undefined
      }
      res.once('close', drop)
      return {
        write(chunk) {
          if (!chunks) return
          if (
            bytes + chunk.length > MAX_ASSET_BYTES ||
            gathered + chunk.length > memory.gatheredBytes
          ) {
            drop()
            return
          }
          bytes += chunk.length
          gathered += chunk.length
          chunks.push(Buffer.from(chunk))
        },
        end() {
          if (!chunks || bytes === 0 || atOnce >= MAX_AT_ONCE) return
          atOnce += 1
          bytesThisRound += bytes
          keepName(key)
          queries.note(`${route.id} ${release} ${head.path}`, head.target)
          void put(route.id, release, name, { headers: fields, body: Buffer.concat(chunks) })
          drop()
        },
      }
    },

    /** Whether it is worth looking for what the app says is not there. Costs no look at the disk. */
    mayFind({ head, instance }: AssetVisit, { route }: RouteTarget): boolean {
      if (head.method !== 'GET' && head.method !== 'HEAD') return false
      const releases = kept.get(route.id)
      return (
        releases !== undefined &&
        releases.some((release) => release !== instance?.spec.release) &&
        isHashedAsset(head.path) &&
        fieldOf(head.headers, 'authorization') === undefined
      )
    },

    /**
     * The asset as a release before has given it, within a day of its end. Undefined also where those
     * that clients have not taken yet are enough.
     */
    find: (visit: AssetVisit, target: RouteTarget): Promise<Asset | undefined> =>
      inTurn(async () => {
        const { res } = visit
        if (res.destroyed || given >= memory.givenBytes) return undefined
        const found = await read(visit, target)
        if (!found || res.destroyed) return undefined
        const { length } = found.body
        given += length
        res.once('close', () => {
          given -= length
        })
        return found
      }),

    /** Bytes in memory now. */
    get held(): { gathered: number; given: number } {
      return { gathered, given }
    },
  }
}
export type KeptAssets = ReturnType<typeof createKeptAssets>

/** Nothing that was for one person: what a shared cache may keep (RFC 9111, 3), and a little less. */
function mayBeKept(head: RequestHead, headers: readonly string[], isOurs: boolean): boolean {
  if (fieldOf(headers, 'set-cookie') !== undefined) return false
  if (!isOurs && fieldOf(head.headers, 'authorization') !== undefined) return false
  if (/^text\/html\b/i.test(fieldOf(headers, 'content-type') ?? 'text/html')) return false
  const caching = fieldOf(headers, 'cache-control')?.toLowerCase() ?? ''
  if (/\b(?:no-store|private)\b/.test(caching)) return false
  const vary = fieldOf(headers, 'vary')?.toLowerCase() ?? ''
  if (/\*|\bcookie\b|\bauthorization\b/.test(vary)) return false
  const isPublic = /\b(?:public|immutable|s-maxage|max-age=[1-9])/.test(caching)
  return isPublic || fieldOf(head.headers, 'cookie') === undefined
}

function keptFieldsOf(headers: readonly string[]): string[] {
  const fields: string[] = []
  for (let index = 0; index < headers.length; index += 2)
    if (KEPT_FIELDS.has((headers[index] ?? '').toLowerCase()))
      fields.push(headers[index] ?? '', headers[index + 1] ?? '')
  return fields
}
