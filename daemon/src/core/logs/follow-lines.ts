import type { FoundLine, LogLine } from '@vastrox/shared/log.ts'
import type { AppLogs } from '#core/logs/app-logs.ts'
import { createLineQueue } from '#core/logs/line-queue.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import { found } from '#core/logs/found-line.ts'
import type { LogMatcher } from '#lib/log-match.ts'
import type { Clock } from '#ports/clock.ts'
import type { LogArchive } from '#ports/log-archive.ts'

interface Deps {
  logs: Pick<AppLogs, 'listen' | 'settle'>
  archive: Pick<LogArchive, 'after' | 'lastNumber'>
  clock: Clock
  lastLines: (limit: number) => Promise<FoundLine[]>
}

interface Wanted {
  appId: string
  limit: number
  /** Number of the line that the reader had last. */
  behind: number | undefined
  matcher: LogMatcher
}

/** What a slow reader may lag behind before lines are left out. */
const MAX_LAG = 2_000
const PAGE = 1_000
/** Who comes back after longer than that begins with the last lines, and is told. */
const MAX_CATCH_UP = 50_000

/** Kept lines first, then live ones. A filter that takes too long is said, and is the end. */
export async function* followLines(
  deps: Deps,
  wanted: Wanted,
  signal: AbortSignal,
): AsyncGenerator<FoundLine, void, undefined> {
  const ending = new AbortController()
  const matches = (line: LogLine): boolean => {
    if (ending.signal.aborted) return false
    try {
      return wanted.matcher.matches(line)
    } catch (error) {
      ending.abort(error)
      return false
    }
  }
  try {
    const either = AbortSignal.any([signal, ending.signal])
    yield* linesOf(deps, { ...wanted, matches }, either)
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'LOG_FILTER_INVALID') throw error
    ending.abort(error)
  }
  if (ending.signal.aborted && !signal.aborted)
    yield platformLine(deps.clock, sayError(ending.signal.reason))
}

const platformLine = (clock: Clock, text: string): FoundLine => ({
  at: clock.now().toISOString(),
  source: 'platform',
  release: null,
  stream: 'platform',
  text,
  id: '',
  level: null,
})

async function* linesOf(
  { logs, archive, clock, lastLines }: Deps,
  { appId, limit, behind, matches }: Wanted & { matches: (line: LogLine) => boolean },
  signal: AbortSignal,
): AsyncGenerator<FoundLine, void, undefined> {
  const missing = (count: number): FoundLine =>
    platformLine(clock, `${count} lines are left out here: they came faster than they were read`)
  await logs.settle(appId)
  let last = behind
  if (last !== undefined) {
    const [oldest] = await archive.after(appId, last, 1)
    const gone = (oldest?.number ?? last + 1) - last - 1
    if (gone > 0)
      yield { ...missing(gone), text: `${gone} lines are left out here: they are kept no longer` }
    // Far behind: page by page, as fast as it is read.
    for (let read = 0; read < MAX_CATCH_UP && !signal.aborted; read += PAGE) {
      const page = await archive.after(appId, last, PAGE)
      for (const { line, number } of page) {
        last = number
        if (matches(line)) yield found(line, number)
      }
      if (page.length < PAGE) break
    }
    const skipped = (await archive.lastNumber(appId)) - MAX_LAG - last
    if (skipped > 0) {
      yield { ...missing(skipped), text: `${skipped} lines are left out here: look for them` }
      last += skipped
    }
  }

  const queue = createLineQueue<FoundLine>(MAX_LAG, missing)
  const stop = logs.listen(appId, (line, number) => {
    if (matches(line)) queue.push(found(line, number))
  })
  try {
    // What was kept before listening is here, what is kept from now on is in the queue; some in both.
    const history =
      last === undefined
        ? await lastLines(limit)
        : (await archive.after(appId, last, MAX_LAG)).flatMap(({ line, number }) =>
            matches(line) ? found(line, number) : [],
          )
    for (const line of history) {
      last = Number(line.id)
      yield line
    }
    for await (const line of queue.read(signal))
      if (line.id === '' || last === undefined || Number(line.id) > last) yield line
  } finally {
    stop()
  }
}
