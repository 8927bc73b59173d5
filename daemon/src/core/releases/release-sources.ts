import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { MAX_LISTED_CHANGES, type SourceDifference } from '@vastrox/shared/release.ts'
import { MAX_EDITED_BYTES, type TreeChange } from '@vastrox/shared/upload.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import { createOneAtATime } from '#lib/one-at-a-time.ts'
import { createPlaces } from '#lib/places.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { SourceFile, SourceReader } from '#ports/source-reader.ts'
import type { BuildRecord, BuildStore } from '#store/build-store.ts'
import type { ReleaseRecord, ReleaseStore } from '#store/release-store.ts'

interface Deps {
  finder: AppFinder
  releases: Pick<ReleaseStore, 'list' | 'findByNumber'>
  builds: Pick<BuildStore, 'findForPlatform'>
  sourceArchive: Pick<SourceArchive, 'open' | 'has'>
  sourceReader: SourceReader
}

/** Two sources of the largest size are read in less on a small node. */
const LONGEST_MS = 60_000
/** Looks that wait their turn: of one user or token, and of all. */
const MAX_WAITING_EACH = 6
const MAX_WAITING = 24

/** What the code of a release is, and what it has that the one before had not. */
export function createReleaseSources(deps: Deps) {
  const { finder, releases, builds, sourceArchive, sourceReader } = deps
  const oneAtATime = createOneAtATime()
  const placesEach = createPlaces(MAX_WAITING_EACH)
  const places = createPlaces(MAX_WAITING)

  /** Each look reads whole sources: one at a time, and nobody makes all others wait. Throws RATE_LIMITED. */
  async function inTurn<Result>(
    { kind, id }: Actor,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const leave = placesEach.take(`${kind} ${id}`)
    const leaveAll = leave && places.take('all')
    try {
      if (!leaveAll) throw new CodedError('RATE_LIMITED')
      return await oneAtATime(() => inTime(work))
    } finally {
      leaveAll?.()
      leave?.()
    }
  }

  function buildOf(release: ReleaseRecord): BuildRecord {
    const build = builds.findForPlatform(release.buildId)
    if (!build) throw new CodedError('RELEASE_SOURCE_GONE')
    return build
  }

  function find(actor: Actor, appName: string, number: number) {
    const app = finder.find(actor, appName)
    mustBeAble(actor, 'app.read', app.id)
    const release = releases.findByNumber(actor, app.id, number)
    if (!release) throw new CodedError('RELEASE_NOT_FOUND', { release: number })
    return { app, release }
  }

  /** Throws RELEASE_SOURCE_GONE where there is none to be read: an image, or not kept any more. */
  async function sourceOf(release: ReleaseRecord): Promise<string> {
    const { sourceId } = buildOf(release)
    if (sourceId === null || !(await sourceArchive.has(sourceId)))
      throw new CodedError('RELEASE_SOURCE_GONE', {
        reason: `The source of release v${release.number} is not there to be read.`,
      })
    return sourceId
  }

  const filesOf = async (release: ReleaseRecord, signal: AbortSignal) =>
    sourceReader.list(await sourceArchive.open(await sourceOf(release)), signal)

  return {
    /** Against the release before it, or the one that is named. */
    async difference(
      actor: Actor,
      appName: string,
      number: number,
      other: number | undefined,
    ): Promise<SourceDifference> {
      const { app, release } = find(actor, appName, number)
      const before =
        other === undefined
          ? releases
              .list(actor, app.id)
              .filter((each) => each.number < number)
              .toSorted((one, next) => next.number - one.number)[0]
          : find(actor, appName, other).release
      const commit = buildOf(release).commit
      const beforeCommit = before ? buildOf(before).commit : null
      const shown = { release: number, before: before?.number ?? null, commit, beforeCommit }
      // An env change is a release of the same build: nothing has to be read to know it.
      if (before && buildOf(before).sourceId === (await sourceOf(release)))
        return { ...shown, ...compare(new Map(), new Map()) }
      return inTurn(actor, async (signal) => {
        const then = before ? await filesOf(before, signal) : new Map<string, SourceFile>()
        return { ...shown, ...compare(then, await filesOf(release, signal)) }
      })
    },

    /** The text of one file; throws SOURCE_TOO_LARGE for what nobody would read. */
    async file(actor: Actor, appName: string, number: number, path: string): Promise<Buffer> {
      const { release } = find(actor, appName, number)
      const sourceId = await sourceOf(release)
      const bytes = await inTurn(actor, async (signal) =>
        sourceReader.read(
          await sourceArchive.open(sourceId),
          path.replace(/^\/+/, ''),
          MAX_EDITED_BYTES + 1,
          signal,
        ),
      )
      if (!bytes) throw new CodedError('RELEASE_FILE_NOT_FOUND', { release: number })
      if (bytes.length > MAX_EDITED_BYTES)
        throw new CodedError('SOURCE_TOO_LARGE', {
          reason: `The file is larger than ${MAX_EDITED_BYTES / 2 ** 20} MB.`,
        })
      return bytes
    },
  }
}
export type ReleaseSources = ReturnType<typeof createReleaseSources>

async function inTime<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const signal = AbortSignal.timeout(LONGEST_MS)
  try {
    return await work(signal)
  } catch (cause) {
    if (!signal.aborted) throw cause
    const reason = `What it is built from could not be looked through in ${LONGEST_MS / 1_000} seconds.`
    throw new CodedError('SOURCE_TOO_LARGE', { reason }, { cause })
  }
}

function compare(then: ReadonlyMap<string, SourceFile>, now: ReadonlyMap<string, SourceFile>) {
  const changes: TreeChange[] = []
  for (const [path, file] of now) {
    const before = then.get(path)
    if (before && isSame(before, file)) continue
    changes.push({
      path,
      kind: before ? 'changed' : 'added',
      beforeBytes: before?.sizeBytes ?? null,
      afterBytes: file.sizeBytes,
    })
  }
  for (const [path, { sizeBytes }] of then)
    if (!now.has(path))
      changes.push({ path, kind: 'removed', beforeBytes: sizeBytes, afterBytes: null })
  changes.sort((one, other) => (one.path < other.path ? -1 : 1))
  const count = (kind: TreeChange['kind']): number =>
    changes.filter((change) => change.kind === kind).length
  return {
    added: count('added'),
    changed: count('changed'),
    removed: count('removed'),
    changes: changes.slice(0, MAX_LISTED_CHANGES),
  }
}

const isSame = (one: SourceFile, other: SourceFile): boolean =>
  one.kind === other.kind && one.digest === other.digest && one.executable === other.executable
