import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ProcessEnd, RunningProcess } from '#agent/supervisor/launch.ts'
import type { ProcessSpec } from '#agent/supervisor/process-table.ts'
import { createSupervisedProcess } from '#agent/supervisor/supervised-process.ts'

const spec: ProcessSpec = {
  name: 'daemon',
  bundle: 'daemon.mjs',
  account: 'vastrox',
  nodeFlags: [],
  env: {},
  sockets: [],
  beats: false,
  replace: 'stop-first',
  stopTimeoutMs: 5_000,
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A launcher whose runs end when the test says so. */
function harness(change: Partial<ProcessSpec> = {}) {
  const runs: {
    end: (end: Partial<ProcessEnd>) => Promise<void>
    ready: () => void
    asked: string[]
  }[] = []
  const envs: Record<string, string>[] = []
  const process = createSupervisedProcess(
    { ...spec, ...change },
    {
      report: () => {},
      launch: (launched): RunningProcess => {
        const ended = Promise.withResolvers<ProcessEnd>()
        const ready = Promise.withResolvers<boolean>()
        const asked: string[] = []
        envs.push(launched.env)
        runs.push({
          asked,
          ready: () => ready.resolve(true),
          async end(end) {
            ready.resolve(false)
            ended.resolve({ exitCode: null, words: 'SIGKILL', ...end })
            await vi.advanceTimersByTimeAsync(0)
          },
        })
        return {
          pid: 100 + runs.length,
          startedAt: new Date(),
          ready: ready.promise,
          beats: () => 0,
          ended: ended.promise,
          terminate: () => void asked.push('SIGTERM'),
          kill: () => void asked.push('SIGKILL'),
        }
      },
    },
  )
  return { process, runs, envs }
}

describe('a supervised process', () => {
  it('is started again at once the first time it dies, and later and later after that', async () => {
    const { process, runs } = harness()
    process.start()
    const startedAfterMs: number[] = []

    for (let death = 0; death < 5; death++) {
      const diedAt = Date.now()
      const before = runs.length
      await runs.at(-1)?.end({})
      while (runs.length === before) await vi.advanceTimersByTimeAsync(50)
      startedAfterMs.push(Date.now() - diedAt)
    }

    expect(startedAfterMs).toEqual([0, 250, 1_000, 2_000, 5_000])
    expect(process.status()).toMatchObject({ restarts: 5, lastExit: 'SIGKILL' })
  })

  it('is started again within 10 s, however often it has died', async () => {
    const { process, runs } = harness()
    process.start()
    for (let death = 0; death < 20; death++) {
      await runs.at(-1)?.end({})
      await vi.advanceTimersByTimeAsync(10_000)
    }

    expect(runs).toHaveLength(21)
  })

  it('is started at once again after a run that came up, and not after a shorter one', async () => {
    const { process, runs } = harness()
    process.start()
    for (let death = 0; death < 3; death++) {
      await runs.at(-1)?.end({})
      await vi.advanceTimersByTimeAsync(1_000)
    }

    await vi.advanceTimersByTimeAsync(2_999)
    await runs.at(-1)?.end({})
    await vi.advanceTimersByTimeAsync(1_999)
    expect(runs).toHaveLength(4)
    await vi.advanceTimersByTimeAsync(3_001)
    expect(runs).toHaveLength(5)
    await runs.at(-1)?.end({})
    await vi.advanceTimersByTimeAsync(1)

    expect(runs).toHaveLength(6)
  })

  it('is left alone when it says that a restart would change nothing', async () => {
    const { process, runs } = harness()
    process.start()

    await runs[0]?.end({ exitCode: 78, words: 'exit code 78' })
    await vi.advanceTimersByTimeAsync(600_000)

    expect(runs).toHaveLength(1)
    expect(process.status()).toMatchObject({ state: 'refused', pid: null })
  })

  it('is asked to stop, killed when it does not, and not started again', async () => {
    const { process, runs } = harness()
    process.start()

    const stopped = process.stop()
    await vi.advanceTimersByTimeAsync(4_999)
    expect(runs[0]?.asked).toEqual(['SIGTERM'])
    await vi.advanceTimersByTimeAsync(1)
    expect(runs[0]?.asked).toEqual(['SIGTERM', 'SIGKILL'])
    await runs[0]?.end({})
    await stopped
    await vi.advanceTimersByTimeAsync(60_000)

    expect(runs).toHaveLength(1)
    expect(process.status()).toMatchObject({ state: 'stopped', pid: null, restarts: 0 })
  })

  it('is not touched when its successor ends before it was ready', async () => {
    const { process, runs } = harness({ replace: 'successor-first' })
    process.start()
    runs[0]?.ready()

    const replaced = process.replace().catch(String)
    await runs[1]?.end({ exitCode: 1, words: 'exit code 1' })
    await vi.advanceTimersByTimeAsync(60_000)

    expect(await replaced).toContain('the one before goes on')
    expect(runs).toHaveLength(2)
    expect(runs[0]?.asked).toEqual([])
    expect(process.status()).toMatchObject({ state: 'running', pid: 101 })
  })

  it('gets a crash point for one run alone', async () => {
    const { process, runs, envs } = harness()
    process.start()
    const replaced = process.replace({ VASTROX_CRASH_AT: 'switching' })
    await runs[0]?.end({})
    runs[1]?.ready()
    await vi.advanceTimersByTimeAsync(0)
    await replaced

    await runs[1]?.end({})
    await vi.advanceTimersByTimeAsync(1_000)

    expect(envs).toEqual([{}, { VASTROX_CRASH_AT: 'switching' }, {}])
  })
})
