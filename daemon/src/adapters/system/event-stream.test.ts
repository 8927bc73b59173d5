import type { LiveEvent } from '@vastrox/shared/live-event.ts'
import { describe, expect, it } from 'vitest'
import { createEventStream } from '#adapters/system/event-stream.ts'

const streamAt = (ms: number) =>
  createEventStream({
    now: () => new Date(ms),
    elapsedMs: () => ms,
    sleep: () => Promise.resolve(),
  })
const changed = (app: string) =>
  ({ teamId: 'team-1', type: 'app.changed', app, subject: null }) as const

/** What a subscriber has been told, in short. */
function listen(
  stream: ReturnType<typeof streamAt>,
  lastEventId: number | null,
  teamId = 'team-1',
) {
  const got: LiveEvent[] = []
  const stop = stream.subscribe(teamId, lastEventId, (event) => got.push(event))
  return { got, stop, told: () => got.map(({ type, app }) => app ?? type) }
}

describe('the stream of live events', () => {
  it('tells the team from now on, and nobody else', () => {
    const stream = streamAt(1_000)
    stream.emit(changed('before'))
    const own = listen(stream, null)
    const other = listen(stream, null, 'team-2')

    stream.emit(changed('after'))

    expect(own.told()).toEqual(['after'])
    expect(other.told()).toEqual([])
  })

  it('goes on behind the last event that was seen', () => {
    const stream = streamAt(1_000)
    const first = listen(stream, null)
    stream.emit(changed('one'))
    stream.emit(changed('two'))
    stream.emit({ ...changed('foreign'), teamId: 'team-2' })

    expect(listen(stream, first.got[0]?.id ?? -1).told()).toEqual(['two'])
    expect(listen(stream, first.got[1]?.id ?? -1).told()).toEqual([])
  })

  it('says reset when what follows is no longer kept, or was another daemon’s', () => {
    const before = streamAt(1_000)
    const seen = listen(before, null)
    before.emit(changed('old'))
    const after = streamAt(9_000)
    for (let count = 0; count < 1_001; count++) after.emit(changed(`app-${count}`))

    expect(listen(after, seen.got[0]?.id ?? -1).told()).toEqual(['reset'])
    expect(listen(after, 9_000 - 1).told()).toEqual(['reset'])
    expect(listen(after, 1_000_000).told()).toEqual(['reset'])
    expect(listen(after, 9_000).told()).toHaveLength(1_000)
  })

  it('tells nothing more once it has been stopped', () => {
    const stream = streamAt(1_000)
    const own = listen(stream, null)
    own.stop()

    stream.emit(changed('late'))

    expect(own.told()).toEqual([])
  })
})
