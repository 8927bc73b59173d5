import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { watchDrain } from '#http/drained.ts'

/** A response as Node leaves it now and then: it waits for a drain, with nothing left to be sent. */
function forgotten({ length = 0 } = {}) {
  let drains = 0
  const raw = new Writable({ write: (_chunk, _encoding, done) => done() })
  Object.defineProperties(raw, {
    writableNeedDrain: { get: () => drains === 0 },
    writableLength: { get: () => length },
  })
  raw.on('drain', () => {
    drains += 1
  })
  return { raw, drains: () => drains }
}
const aWhile = () => new Promise<void>((resolve) => void setTimeout(resolve, 700))

it('says that there is room where Node forgot to, once', async () => {
  const { raw, drains } = forgotten()
  const stop = watchDrain(raw)

  await expect.poll(drains, { timeout: 10_000 }).toBe(1)
  await aWhile()
  stop()

  expect(drains()).toBe(1)
})

it('says nothing while something is still to be sent, after it was stopped, and when it is over', async () => {
  const busy = forgotten({ length: 10 })
  const stopped = forgotten()
  const over = forgotten()
  over.raw.destroy()

  const stop = watchDrain(busy.raw)
  watchDrain(stopped.raw)()
  watchDrain(over.raw)
  await aWhile()
  stop()

  expect([busy.drains(), stopped.drains(), over.drains()]).toEqual([0, 0, 0])
})
