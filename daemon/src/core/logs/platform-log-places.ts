import type { PlatformLogLine } from '@vastrox/shared/agent-api-platform-log.ts'

/** Where a line stands: those of one millisecond are counted, from the oldest on. */
export interface Place {
  ms: number
  count: number
}

export interface PlacedLine {
  line: PlatformLogLine
  place: Place
}

/** What a damaged clock may put into one millisecond, and still be held in memory. */
const MAX_GROUP = 20_000

export const idOf = ({ ms, count }: Place): string => `${ms.toString(36)}.${count}`

/** Undefined for what was never given out as the id of a line. */
export function placeOf(id: string | undefined): Place | undefined {
  const [, ms, count] = /^([0-9a-z]{1,9})\.(\d{1,6})$/.exec(id ?? '') ?? []
  if (ms === undefined || count === undefined) return undefined
  return { ms: Number.parseInt(ms, 36), count: Number(count) }
}

export const isBefore = (one: Place, other: Place): boolean =>
  one.ms < other.ms || (one.ms === other.ms && one.count < other.count)

/** Lines that come newest first, with where they stand: those of one millisecond together. */
export async function* placed(
  batches: AsyncIterable<PlatformLogLine[]>,
): AsyncGenerator<PlacedLine[], void, undefined> {
  let group: PlatformLogLine[] = []
  for await (const lines of batches)
    for (const line of lines) {
      const [newest] = group
      if (newest && (newest.at !== line.at || group.length >= MAX_GROUP)) {
        yield placesOf(group)
        group = []
      }
      group.push(line)
    }
  if (group.length > 0) yield placesOf(group)
}

const placesOf = (group: readonly PlatformLogLine[]): PlacedLine[] =>
  group.map((line, index) => ({
    line,
    place: { ms: Date.parse(line.at), count: group.length - index },
  }))
