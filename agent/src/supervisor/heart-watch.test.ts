import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { killWhenSilent } from '#agent/supervisor/heart-watch.ts'
import type { ProcessEnd } from '#agent/supervisor/launch.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A run that beats when the test says so; `lateMs` is by how much our own looks come too late. */
function harness() {
  const ended = Promise.withResolvers<ProcessEnd>()
  const said: string[] = []
  const world = { beats: 0, kills: 0, lateMs: 0, said, end: ended.resolve }
  let lost = 0
  const run = killWhenSilent(
    {
      pid: 100,
      startedAt: new Date(),
      ready: Promise.resolve(true),
      beats: () => world.beats,
      ended: ended.promise,
      terminate: () => {},
      kill: () => {
        world.kills += 1
      },
    },
    {
      name: 'proxy-0',
      report: (line) => void said.push(line),
      now: () => {
        lost += world.lateMs
        return performance.now() + lost
      },
    },
  )
  const passSeconds = async (seconds: number, { beating }: { beating: boolean }) => {
    for (let second = 0; second < seconds; second++) {
      if (beating) world.beats += 1
      await vi.advanceTimersByTimeAsync(1_000)
    }
  }
  return { run, world, passSeconds }
}

describe('a process that shows that it lives', () => {
  it('is left alone while it beats, and after single beats that are missing', async () => {
    const { world, passSeconds } = harness()

    await passSeconds(60, { beating: true })
    await passSeconds(9, { beating: false })
    await passSeconds(60, { beating: true })

    expect(world.kills).toBe(0)
    expect(world.said).toEqual([])
  })

  it('is killed once when it was ready and gave no sign of life for ten seconds', async () => {
    const { run, world, passSeconds } = harness()
    await passSeconds(1, { beating: true })

    await passSeconds(9, { beating: false })
    expect(world.kills).toBe(0)
    await passSeconds(20, { beating: false })

    expect(world.kills).toBe(1)
    expect(world.said).toEqual(['proxy-0 (pid 100) gave no sign of life for 10000 ms; killed'])
    world.end({ exitCode: null, words: 'SIGKILL' })
    expect(await run.ended).toEqual({ exitCode: null, words: 'no sign of life, SIGKILL' })
  })

  it('is given all the time it needs until it is ready', async () => {
    const { world, passSeconds } = harness()

    await passSeconds(120, { beating: false })

    expect(world.kills).toBe(0)
  })

  it('is not killed for a silence in which the supervisor itself came too late', async () => {
    const { world, passSeconds } = harness()
    await passSeconds(1, { beating: true })

    world.lateMs = 1_500
    await passSeconds(60, { beating: false })
    expect(world.kills).toBe(0)
    world.lateMs = 0
    await passSeconds(9, { beating: false })
    expect(world.kills).toBe(0)
    await passSeconds(2, { beating: false })

    expect(world.kills).toBe(1)
  })

  it('is listened to no more once it has ended', async () => {
    const { run, world, passSeconds } = harness()
    await passSeconds(1, { beating: true })

    world.end({ exitCode: 1, words: 'exit code 1' })
    expect(await run.ended).toEqual({ exitCode: 1, words: 'exit code 1' })
    await passSeconds(60, { beating: false })

    expect(world.kills).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })
})
