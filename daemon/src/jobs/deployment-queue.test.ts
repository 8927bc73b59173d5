import { describe, expect, it } from 'vitest'
import { createDeploymentQueue, type QueuedDeployment } from '#jobs/deployment-queue.ts'
import { createFakeClock } from '#test/fakes/clock.ts'

const waiting = (id: string, appId: string, builds = true): QueuedDeployment => ({
  id,
  appId,
  builds,
  underWay: false,
})

function createQueue(rows: QueuedDeployment[]) {
  const clock = createFakeClock()
  const ran: string[] = []
  const told: string[] = []
  const ends = new Map<string, PromiseWithResolvers<void>>()
  const queue = createDeploymentQueue({
    open: () => rows,
    run: (id) => {
      ran.push(id)
      const end = Promise.withResolvers<void>()
      ends.set(id, end)
      return end.promise
    },
    maxBuilds: 1,
    onWaiting: (id, reason) => told.push(`${id} ${reason}`),
    sleep: (ms) => clock.sleep(ms),
    onProblem: () => {},
  })
  const end = async (id: string): Promise<void> => {
    rows.splice(
      rows.findIndex((row) => row.id === id),
      1,
    )
    ends.get(id)?.resolve()
    await clock.settle()
  }
  return { clock, queue, ran, told, end, ends }
}

describe('the queue of deployments', () => {
  it('runs one of an app at a time, and says once to the others that they wait', async () => {
    const { clock, queue, ran, told, end } = createQueue([
      waiting('d1', 'hello', false),
      waiting('d2', 'hello', false),
    ])
    queue.start()
    await clock.settle()
    queue.wake()
    await clock.settle()
    expect(ran).toEqual(['d1'])
    expect(told).toEqual(['d2 app'])

    await end('d1')

    expect(ran).toEqual(['d1', 'd2'])
  })

  it('gives the builder to one at a time, but lets pass who builds nothing', async () => {
    const { clock, queue, ran, told } = createQueue([
      waiting('d1', 'hello'),
      waiting('d2', 'other'),
      waiting('d3', 'third', false),
    ])

    queue.start()
    await clock.settle()
    expect(ran).toEqual(['d1', 'd3'])
    expect(told).toEqual(['d2 builder'])

    queue.releaseBuilder('d1')
    await clock.settle()
    expect(ran).toEqual(['d1', 'd3', 'd2'])
  })

  it('takes up one that broke off without an end, but not at once', async () => {
    const { clock, queue, ran, ends } = createQueue([waiting('d1', 'hello')])
    queue.start()
    await clock.settle()

    ends.get('d1')?.reject(new Error('database or disk is full'))
    await clock.pass(9_000)
    expect(ran).toEqual(['d1'])
    await clock.pass(2_000)

    expect(ran).toEqual(['d1', 'd1'])
  })

  it('does nothing before it is started, and begins nothing once it is stopped', async () => {
    const rows = [waiting('d1', 'hello')]
    const { clock, queue, ran, end } = createQueue(rows)
    queue.wake()
    await clock.settle()
    expect(ran).toEqual([])

    queue.start()
    await clock.settle()
    const stopping = queue.stop()
    rows.push(waiting('d2', 'other'))
    await end('d1')
    await stopping
    queue.wake()
    await clock.settle()

    expect(ran).toEqual(['d1'])
  })
})
