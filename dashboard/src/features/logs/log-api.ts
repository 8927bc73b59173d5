import { FoundLine, LogSearchReply } from '@vastrox/shared/log.ts'
import { api } from '#lib/api.ts'

/** Whose log, as a path of the API. */
export type LogOf = `/apps/${string}` | `/addons/${string}` | '/platform'

const PAGE = 500

/** Lines before a place, or the newest ones; oldest first. `before` goes on where these begin. */
export async function readOlder(
  of: LogOf,
  filter: URLSearchParams,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<{ lines: FoundLine[]; before: string | undefined }> {
  const query = new URLSearchParams(filter)
  query.set('limit', String(PAGE))
  if (cursor !== undefined) query.set('cursor', cursor)
  const { items, nextCursor } = await api.get(
    `${of}/logs/search?${query.toString()}`,
    LogSearchReply,
    { signal },
  )
  return { lines: items.toReversed(), before: nextCursor ?? undefined }
}

const MOST_AT_ONCE = 1_000
const ENOUGH = 100
const SPANS_MS = [1_000, 15_000, 300_000, 7_200_000, 7 * 86_400_000]

/**
 * What was printed from a moment on, oldest first. The search gives the newest of a span, so the
 * span begins small and grows until there is enough.
 */
export async function readFrom(of: LogOf, at: string, signal: AbortSignal): Promise<FoundLine[]> {
  let found: FoundLine[] = []
  for (const span of SPANS_MS) {
    const query = new URLSearchParams({
      from: at,
      to: new Date(Date.parse(at) + span).toISOString(),
      limit: String(MOST_AT_ONCE),
    })
    const { items, nextCursor } = await api.get(
      `${of}/logs/search?${query.toString()}`,
      LogSearchReply,
      { signal },
    )
    // The newest of a span that holds more would leave a gap.
    if (nextCursor !== null && found.length > 0) return found
    found = items.toReversed()
    if (found.length >= ENOUGH || nextCursor !== null) return found
  }
  return found
}

/** A line of the live stream; an older server says nothing of its place and level. */
export const StreamedLine = FoundLine.extend({
  id: FoundLine.shape.id.default(''),
  level: FoundLine.shape.level.default(null),
})
