import type { StackImageRound } from '@vastrox/shared/stack-image.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { createStackImageService } from '#core/stack-images/stack-image-service.ts'
import { createMetaStore } from '#store/meta-store.ts'
import { createHarness } from '#test/harness.ts'

type Done = Omit<StackImageRound, 'at'>

const NOTHING: Done = { checked: 3, madeAnew: [], failed: [] }

function setUp() {
  const { db, actor, clock } = createHarness()
  const rounds: { done: (result: Done) => void; fail: (error: Error) => void }[] = []
  const problems: string[] = []
  const audited: string[] = []
  let say: (text: string) => void = () => {}
  let stopped = false
  const create = () =>
    createStackImageService({
      agent: {
        listStackImages: async () => ({ images: [], bases: [] }),
        refreshStackImages: (onOutput, signal) => {
          say = onOutput
          signal.addEventListener('abort', () => {
            stopped = true
          })
          const { promise, resolve, reject } = Promise.withResolvers<Done>()
          rounds.push({ done: resolve, fail: reject })
          return promise.then((result) => ({ type: 'done' as const, ...result }))
        },
      },
      meta: createMetaStore(db),
      audit: { append: ({ action }) => void audited.push(action) },
      clock,
      transact: (work) => work(),
      onProblem: (what) => void problems.push(what),
    })
  return {
    actor,
    clock,
    rounds,
    problems,
    audited,
    create,
    say: (text: string) => say(text),
    isStopped: () => stopped,
  }
}

describe('a round over the prepared images', () => {
  it('is one at a time: whoever asks meanwhile joins it, and both are told', async () => {
    const { actor, rounds, create, say, audited } = setUp()
    const service = create()
    const heard: string[] = []

    const state = service.startRefresh(actor)
    const following = service.refresh(actor, (text) => heard.push(text))
    say('Debian trixie is made anew\n')
    rounds[0]?.done({
      ...NOTHING,
      madeAnew: [{ image: 'vastrox/base:trixie', reason: 'openssl' }],
    })

    expect(state).toEqual({ runningSince: '2026-11-22T12:00:00.000Z', last: null })
    expect(await following).toMatchObject({ checked: 3, madeAnew: [{ reason: 'openssl' }] })
    expect(heard).toEqual(['Debian trixie is made anew\n'])
    expect(rounds).toHaveLength(1)
    expect(audited).toEqual(['stack-images.refresh', 'stack-images.refresh'])
    expect((await service.list()).updates).toEqual({
      runningSince: null,
      last: {
        at: '2026-11-22T12:00:00.000Z',
        checked: 3,
        madeAnew: [{ image: 'vastrox/base:trixie', reason: 'openssl' }],
        failed: [],
      },
    })
  })

  it('comes once a day by itself, also where the daemon was started anew in between', async () => {
    const { clock, rounds, create } = setUp()
    const first = create().refreshWhenDue()
    rounds[0]?.done(NOTHING)
    await first

    const restarted = create()
    await clock.pass(23 * 3_600_000)
    await restarted.refreshWhenDue()
    expect(rounds).toHaveLength(1)

    await clock.pass(2 * 3_600_000)
    const second = restarted.refreshWhenDue()
    rounds[1]?.done(NOTHING)
    await second

    expect(rounds).toHaveLength(2)
  })

  it('that fails is told and tried again at the next hour', async () => {
    const { actor, rounds, problems, create } = setUp()
    const service = create()
    service.startRefresh(actor)
    rounds[0]?.fail(new CodedError('ENGINE_UNREACHABLE'))
    await new Promise((resolve) => setImmediate(resolve))

    const again = service.refreshWhenDue()
    rounds[1]?.done(NOTHING)
    await again

    expect(problems).toEqual(['refreshing the stack images failed'])
    expect((await service.list()).updates.last?.checked).toBe(3)
  })

  it('ends when the daemon stops, and not when a reader leaves', async () => {
    const { actor, create, isStopped } = setUp()
    const service = create()
    service.startRefresh(actor)
    const before = isStopped()

    service.stop()

    expect([before, isStopped()]).toEqual([false, true])
  })
})
