import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import {
  PLATFORM_PROCESSES,
  type PlatformLogLine,
  type ReadPlatformLog,
} from '@vastrox/shared/agent-api-platform-log.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import type { FoundLine, LogFilter, LogLine, LogSearchReply } from '@vastrox/shared/log.ts'
import { type FollowWish, MAX_FOUND, MAX_LINES, SEARCH_MS } from '#core/logs/kept-logs.ts'
import {
  idOf,
  isBefore,
  type Place,
  type PlacedLine,
  placed,
  placeOf,
} from '#core/logs/platform-log-places.ts'
import { levelOf } from '#lib/log-level.ts'
import { type LogMatcher, logMatcher } from '#lib/log-match.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodePlatformLog } from '#ports/node-platform-log.ts'

interface Deps {
  node: NodePlatformLog
  clock: Clock
}

interface Plan {
  matcher: LogMatcher
  input: ReadPlatformLog
}

interface Wanted {
  limit: number
  /** Only lines in front of it, and only those behind it. */
  before?: Place | undefined
  behind?: Place | undefined
}

interface Found {
  lines: PlacedLine[]
  /** The newest that there is, whether it is wanted or not. */
  newest: Place | undefined
  next: string | null
  scannedBytes: number
}

/** However many lines are asked for: of found ones no more is in memory. */
const MAX_FOUND_CHARS = 8 * 2 ** 20
const POLL_MS = 1_000
/** Of one download: more than the supervisor keeps. */
const MAX_PAGES = 5_000
/** Who comes back after more than that is told. */
const MAX_CATCH_UP = 5_000

/**
 * The log of our own processes, for operators. The agent reads it, since it is root's, and only while
 * somebody looks: it is kept in the files of the supervisor and nowhere else.
 */
export function createPlatformLogs({ node, clock }: Deps) {
  /** Newest first. */
  async function find(
    { matcher, input }: Plan,
    { limit, before, behind }: Wanted,
    signal: AbortSignal,
  ): Promise<Found> {
    const found: Found = { lines: [], newest: undefined, next: null, scannedBytes: 0 }
    const asked = {
      ...input,
      from: latest(input.from, behind),
      to: earliest(input.to, before),
    }
    const ends = clock.elapsedMs() + SEARCH_MS
    let foundChars = 0
    for await (const group of placed(node.read(asked, signal)))
      for (const each of group) {
        const { line, place } = each
        if (before && !isBefore(place, before)) continue
        if (behind && !isBefore(behind, place)) return found
        found.newest ??= place
        found.scannedBytes += line.text.length
        if (matcher.matches(asLine(line))) {
          const last = found.lines.at(-1)
          if (found.lines.length >= limit || foundChars > MAX_FOUND_CHARS) {
            found.next = last ? idOf(last.place) : null
            return found
          }
          found.lines.push(each)
          foundChars += line.text.length
        }
        if (clock.elapsedMs() > ends) {
          found.next = idOf(place)
          return found
        }
      }
    return found
  }

  async function* followed(
    plan: Plan,
    limit: number,
    from: Place | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<FoundLine, void, undefined> {
    let behind = from
    for (let wanted = from ? MAX_CATCH_UP : limit; !signal.aborted; wanted = MAX_CATCH_UP) {
      try {
        const { lines, newest, next } = await find(plan, { limit: wanted, behind }, signal)
        if (next !== null && behind)
          yield said('Lines are left out here: there were more than can be caught up with.')
        for (const each of lines.toReversed()) yield shown(each)
        behind = newest ?? behind
      } catch (error) {
        // It is just then, when the agent is started anew, that somebody looks.
        if (!(error instanceof CodedError)) throw error
        if (error.code !== 'AGENT_UNREACHABLE') {
          if (!signal.aborted) yield said(sayError(error))
          return
        }
      }
      await clock.sleep(POLL_MS, signal).catch(() => undefined)
    }
  }

  /**
   * The files are read from their end. Where each page begins is found out first and kept, not what
   * is on it; then they are read once more from the last page on, so that memory holds one of them.
   */
  async function* oldestFirst(
    { matcher, input }: Plan,
    signal: AbortSignal,
  ): AsyncGenerator<FoundLine, void, undefined> {
    // What is printed meanwhile would move the pages.
    const plan = { matcher, input: { ...input, to: input.to ?? clock.now().toISOString() } }
    const starts: (Place | undefined)[] = [undefined]
    while (!signal.aborted && starts.length < MAX_PAGES) {
      const { next } = await find(plan, { limit: MAX_FOUND, before: starts.at(-1) }, signal)
      if (next === null) break
      starts.push(placeOf(next))
    }
    for (let page = starts.length - 1; page >= 0 && !signal.aborted; page -= 1)
      for (const each of await between(plan, starts[page], starts[page + 1], signal))
        yield shown(each)
  }

  /** What lies before one place down to the other, oldest first; a look that ran out of time goes on. */
  async function between(
    plan: Plan,
    start: Place | undefined,
    end: Place | undefined,
    signal: AbortSignal,
  ): Promise<PlacedLine[]> {
    const lines: PlacedLine[] = []
    let before = start
    for (;;) {
      const found = await find(plan, { limit: MAX_FOUND, before }, signal)
      lines.push(...found.lines.filter(({ place }) => !end || !isBefore(place, end)))
      before = placeOf(found.next ?? undefined)
      if (signal.aborted || !before || (end && !isBefore(end, before))) return lines.toReversed()
    }
  }

  const said = (text: string): FoundLine => ({
    at: clock.now().toISOString(),
    source: 'platform',
    release: null,
    stream: 'platform',
    text,
    id: '',
    level: null,
  })

  async function search(
    actor: Actor,
    filter: LogFilter,
    { cursor, limit }: { cursor?: string | undefined; limit: number },
    signal: AbortSignal = AbortSignal.timeout(2 * SEARCH_MS),
  ): Promise<LogSearchReply> {
    mustBeAble(actor, 'node.read')
    const before = placeOf(cursor)
    if (cursor !== undefined && before === undefined)
      throw new CodedError('REQUEST_INVALID', { reason: 'cursor: it is none of ours' })
    const began = clock.elapsedMs()
    const found = await find(planOf(filter), { limit, before }, signal)
    return {
      items: found.lines.map(shown),
      nextCursor: found.next,
      scannedBytes: found.scannedBytes,
      tookMs: Math.round(clock.elapsedMs() - began),
    }
  }

  return {
    /** The last lines that the filter lets through, oldest first. */
    async tail(
      actor: Actor,
      limit: number,
      filter: LogFilter = {},
      signal?: AbortSignal,
    ): Promise<FoundLine[]> {
      const page = { limit: Math.min(limit, MAX_LINES) }
      return (await search(actor, filter, page, signal)).items.toReversed()
    },

    /** Lines that the filter lets through, newest first, and where to go on. */
    search: (
      actor: Actor,
      filter: LogFilter,
      { cursor, limit }: { cursor?: string | undefined; limit: number },
      signal?: AbortSignal,
    ): Promise<LogSearchReply> =>
      search(actor, filter, { cursor, limit: Math.min(limit, MAX_FOUND) }, signal),

    /** Every line that the filter lets through, oldest first, a page at a time as it is taken. */
    all(
      actor: Actor,
      filter: LogFilter,
      signal: AbortSignal,
    ): AsyncGenerator<FoundLine, void, undefined> {
      mustBeAble(actor, 'node.read')
      return oldestFirst(planOf(filter), signal)
    },

    /** The last lines, or those behind `after`, and then each as it comes, until the signal aborts. */
    follow(
      actor: Actor,
      { limit, filter = {}, after }: FollowWish,
      signal: AbortSignal,
    ): AsyncGenerator<FoundLine, void, undefined> {
      mustBeAble(actor, 'node.read')
      return followed(planOf(filter), Math.min(limit, MAX_LINES), placeOf(after), signal)
    },
  }
}
export type PlatformLogs = ReturnType<typeof createPlatformLogs>
/** Loaded when somebody first reads it. */
export type OpenPlatformLogs = () => Promise<PlatformLogs>

/** Throws LOG_FILTER_INVALID, with the reason in words. */
function planOf({ source, ...filter }: LogFilter): Plan {
  const { from = null, to = null } = filter
  const processes = source?.split(',').flatMap(processesOf) ?? []
  return { matcher: logMatcher(filter), input: { processes, from, to } }
}

/** `proxy` names all of its workers. */
function processesOf(name: string): string[] {
  const found = PLATFORM_PROCESSES.filter(
    (process) => process === name || process.startsWith(`${name}-`),
  )
  if (found.length === 0)
    throw new CodedError('LOG_FILTER_INVALID', {
      reason: `source: there is no process ${name}; there are supervisor, agent, daemon, dockerd, and proxy (proxy-0, …)`,
    })
  return found
}

const asLine = ({ process, at, text }: PlatformLogLine): LogLine => ({
  at,
  source: process,
  release: null,
  stream: 'platform',
  text,
})

const shown = ({ line, place }: PlacedLine): FoundLine => ({
  ...asLine(line),
  id: idOf(place),
  level: levelOf(line.text),
})

/** Whole milliseconds: those that are told apart by their count are all asked for. */
const latest = (from: string | null, behind: Place | undefined): string | null =>
  behind && (from === null || Date.parse(from) < behind.ms)
    ? new Date(behind.ms).toISOString()
    : from

const earliest = (to: string | null, before: Place | undefined): string | null =>
  before && (to === null || Date.parse(to) > before.ms) ? new Date(before.ms).toISOString() : to
