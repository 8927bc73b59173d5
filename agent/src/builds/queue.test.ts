import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createQueue } from '#agent/builds/queue.ts'

const never = new AbortController().signal
const quiet = (): void => {}

describe('the queue of builds', () => {
  it('runs one at a time in the order they came, and says how many are before', async () => {
    const queue = createQueue(1)
    const order: string[] = []
    const ahead: number[] = []
    const gate = Promise.withResolvers<void>()
    const job = (name: string, until: Promise<void>) => () =>
      until.then(() => {
        order.push(name)
      })

    const jobs = [
      queue(never, (count) => ahead.push(count), job('first', gate.promise)),
      queue(never, (count) => ahead.push(count), job('second', Promise.resolve())),
      queue(never, (count) => ahead.push(count), job('third', Promise.resolve())),
    ]
    gate.resolve()
    await Promise.all(jobs)

    expect(order).toEqual(['first', 'second', 'third'])
    expect(ahead).toEqual([1, 2])
  })

  it('lets one that waits give up, and goes on with the next', async () => {
    const queue = createQueue(1)
    const gate = Promise.withResolvers<void>()
    const leaving = new AbortController()
    const first = queue(never, quiet, () => gate.promise)
    const second = queue(leaving.signal, quiet, async () => 'second')
    const third = queue(never, quiet, async () => 'third')

    leaving.abort()
    await expect(second).rejects.toThrow('aborted')
    gate.resolve()

    await first
    expect(await third).toBe('third')
  })

  it('loses nobody’s place when one gives up in the moment of its turn', async () => {
    const queue = createQueue(1)
    const gate = Promise.withResolvers<void>()
    const leaving = new AbortController()
    const first = queue(never, quiet, () => gate.promise)
    const second = queue(leaving.signal, quiet, async () => leaving.signal.aborted)
    const third = queue(never, quiet, async () => 'third')
    await setImmediate()

    // After the first has handed on its turn, and before the second has taken it.
    const left = gate.promise.then(() => leaving.abort())
    gate.resolve()
    await Promise.all([first, left])

    expect(await second).toBe(true)
    expect(await third).toBe('third')
  })

  it('goes on after one that failed', async () => {
    const queue = createQueue(1)

    await expect(queue(never, quiet, () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    )
    expect(await queue(never, quiet, async () => 'fine')).toBe('fine')
  })
})
