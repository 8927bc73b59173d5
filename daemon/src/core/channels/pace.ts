import type { Clock } from '#ports/clock.ts'

const WINDOW_MS = 60_000
/** Below what every service lets through: Telegram takes 20 a minute into a group. */
export const MOST_A_MINUTE = 10

/** How many messages a channel was sent within a minute: no more than a person can read. */
export function createPace(clock: Pick<Clock, 'elapsedMs'>) {
  const sent = new Map<string, number[]>()

  function recent(channelId: string): number[] {
    const since = clock.elapsedMs() - WINDOW_MS
    const left = (sent.get(channelId) ?? []).filter((at) => at > since)
    if (left.length === 0) sent.delete(channelId)
    else sent.set(channelId, left)
    return left
  }

  return {
    /** How many more may be sent now. */
    roomOf: (channelId: string): number => Math.max(0, MOST_A_MINUTE - recent(channelId).length),
    /** In how long there is room for another one. */
    opensInMs(channelId: string): number {
      const all = recent(channelId)
      const first = all.at(-MOST_A_MINUTE)
      return first === undefined ? 0 : Math.max(1, first + WINDOW_MS - clock.elapsedMs())
    },
    note(channelId: string): void {
      sent.set(channelId, [...recent(channelId), clock.elapsedMs()])
    },
  }
}
export type Pace = ReturnType<typeof createPace>
