import { expect, it } from 'vitest'
import { createFakeClock } from '#test/fakes/clock.ts'
import { createDeliveryRunner } from './delivery-runner.ts'

it('a turn that comes while the rows are read is not slept over', async () => {
  const clock = createFakeClock()
  const dueAt = new Date(clock.now().getTime() + 1)
  const delivery = { id: 'd1', state: 'waiting', nextAttemptAt: dueAt.toISOString() }
  const worked: string[] = []
  const isLeft = (): boolean => worked.length === 0
  const runner = createDeliveryRunner({
    deliveries: {
      listDueForPlatform: (now) => (isLeft() && dueAt <= now ? [delivery] : []),
      nextDueForPlatform: (now) => (isLeft() && dueAt > now ? dueAt : undefined),
      findForPlatform: () => delivery,
      saveForPlatform: () => undefined,
    },
    work: async ({ id }) => {
      worked.push(id)
    },
    // A millisecond passes each time that somebody looks.
    clock: {
      ...clock,
      now() {
        const seen = clock.now()
        clock.jump(1)
        return seen
      },
    },
    onProblem: () => undefined,
  })

  runner.kick()
  await clock.pass(1_000)

  expect(worked).toEqual(['d1'])
  runner.stop()
})
