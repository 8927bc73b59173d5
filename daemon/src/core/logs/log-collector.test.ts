import { prepareRedactor } from '@vastrox/shared/node/redactor.ts'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createAppLogs } from '#core/logs/app-logs.ts'
import { createLogCollector } from '#core/logs/log-collector.ts'
import { withSettledLogs } from '#core/logs/with-settled-logs.ts'
import type { InstanceHint } from '#core/processes/instance-hints.ts'
import { createFakeInstanceLogs } from '#test/fakes/instance-logs.ts'
import { createFakeLogArchive } from '#test/fakes/log-archive.ts'

const clock = {
  now: () => new Date('2026-11-22T17:00:00Z'),
  elapsedMs: () => performance.now(),
  /** Everything takes a millisecond, but the long look-around, which tests ask for by a hint. */
  sleep: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, ms >= 10_000 ? 600_000 : 1)
      signal?.addEventListener('abort', () => {
        clearTimeout(timer)
        reject(new Error('stopped'))
      })
    }),
}

const SOON = { interval: 2, timeout: 2_000 }

function setUp(kept = createFakeLogArchive(), engine = createFakeInstanceLogs()) {
  const problems: string[] = []
  const onProblem = (what: string): void => void problems.push(what)
  const logs = createAppLogs({ archive: kept.archive, clock, onProblem })
  let tell: (hint: InstanceHint) => void = () => {}
  const collector = createLogCollector({
    agent: engine.agent,
    hints: {
      on: (listener) => {
        tell = listener
        return () => true
      },
    },
    logs,
    redactorFor: prepareRedactor(['sesame-open']),
    clock,
    onProblem,
  })
  onTestFinished(() => collector.stop())
  const texts = (): string[] => kept.texts('app1')
  return {
    kept,
    engine,
    collector,
    logs,
    problems,
    texts,
    tell: (hint: InstanceHint) => tell(hint),
  }
}
const started = (name: string) =>
  ({ type: 'instance', name, action: 'start', exitCode: null }) as const

describe('collecting the logs of instances', () => {
  it('keeps what was logged before and what comes, with process and release', async () => {
    const { collector, engine, logs, texts } = setUp()
    engine.start('web-1')
    engine.print('web-1', 'early')
    collector.start()
    await expect.poll(texts, SOON).toEqual(['early'])

    engine.print('web-1', 'late', 'stderr')

    await expect.poll(texts, SOON).toEqual(['early', 'late'])
    expect((await logs.tail('app1', 1)).map((each) => each.line)).toEqual([
      {
        at: '2026-11-22T17:00:00.000000002Z',
        source: 'web.1',
        release: 3,
        stream: 'stderr',
        text: 'late',
      },
    ])
  })

  it('begins with an instance as soon as it hears of it', async () => {
    const { collector, engine, tell, texts } = setUp()
    collector.start()
    engine.start('web-2')
    engine.print('web-2', 'hello')

    tell(started('web-2'))

    await expect.poll(texts, SOON).toEqual(['hello'])
  })

  it('goes on behind the last kept line after a restart of the daemon, with no loss and no repeat', async () => {
    const first = setUp()
    first.engine.start('web-1')
    for (let count = 1; count <= 50; count++) first.engine.print('web-1', `line ${count}`)
    first.collector.start()
    await expect
      .poll(first.texts, SOON)
      .toEqual(Array.from({ length: 50 }, (_, index) => `line ${index + 1}`))
    await first.collector.stop()
    first.engine.print('web-1', 'while it was down')

    const second = setUp(first.kept, first.engine)
    second.collector.start()

    await expect
      .poll(second.texts, SOON)
      .toEqual([
        ...Array.from({ length: 50 }, (_, index) => `line ${index + 1}`),
        'while it was down',
      ])
  })

  it('says between which times lines were overwritten before they could be read', async () => {
    const first = setUp()
    first.engine.start('web-1')
    first.engine.print('web-1', 'read')
    first.collector.start()
    await expect.poll(first.texts, SOON).toEqual(['read'])
    await first.collector.stop()
    for (const text of ['lost', 'lost', 'kept', 'kept']) first.engine.print('web-1', text)
    first.engine.overwrite('web-1', 3)

    const second = setUp(first.kept, first.engine)
    second.collector.start()

    const [from, to] = ['2026-11-22T17:00:00.000000001Z', '2026-11-22T17:00:00.000000004Z']
    const said = `lines of web.1 between ${from} and ${to} were lost: the engine had overwritten them before they were read`
    await expect.poll(second.texts, SOON).toEqual(['read', said, 'kept', 'kept'])
    await second.collector.settle(['web-1'], 2_000)
    expect(second.texts()).toEqual(['read', said, 'kept', 'kept'])
  })

  it('loses and repeats nothing when the engine goes away for a while', async () => {
    const { collector, engine, texts, problems } = setUp()
    engine.start('web-1')
    engine.print('web-1', 'one')
    collector.start()
    await expect.poll(texts, SOON).toEqual(['one'])

    engine.setAway(true)
    engine.print('web-1', 'two')
    engine.print('web-1', 'three')
    await clock.sleep(10)
    engine.setAway(false)

    await expect.poll(texts, SOON).toEqual(['one', 'two', 'three'])
    expect(problems).toEqual([])
  })

  it('keeps lines that could not be written, and writes them in order later', async () => {
    const { collector, engine, kept, texts, problems } = setUp()
    kept.breakNext(3)
    engine.start('web-1')
    engine.print('web-1', 'one')
    collector.start()
    await vi.waitFor(() => expect(problems).toContain('a log could not be kept'), 15_000)
    engine.print('web-1', 'two')

    await expect.poll(texts, SOON).toEqual(['one', 'two'])
  })

  it('hides secrets, also one that a long line was cut in', async () => {
    const { collector, engine, texts } = setUp()
    engine.start('web-1')
    collector.start()
    engine.print('web-1', 'the word is sesame-open!')
    engine.print('web-1', `${'x'.repeat(16_384 - 6)}sesame`)
    engine.print('web-1', '-open y')
    engine.print('web-1', 'and sesame')
    engine.print('web-1', '-open')

    await expect
      .poll(texts, SOON)
      .toEqual([
        'the word is [redacted]!',
        'x'.repeat(16_384 - 6),
        '[redacted] y',
        'and sesame',
        '-open',
      ])
  })

  it('says how many lines were dropped, once for a while of them', async () => {
    const { collector, engine, texts, logs } = setUp()
    engine.start('web-1')
    collector.start()
    engine.print('web-1', 'one')
    engine.print('web-1', 'two', 'stdout', 40)
    engine.print('web-1', 'three', 'stdout', 2)

    await expect
      .poll(texts, SOON)
      .toEqual([
        'one',
        'two',
        'three',
        '42 lines of web.1 were dropped: it printed more than is kept',
      ])
    expect(logs.droppedOf('app1')).toBe(42)
  })

  it('goes on where it was when what an app may print is changed', async () => {
    const { collector, engine, texts } = setUp()
    engine.start('web-1')
    collector.start()
    engine.print('web-1', 'one')
    await expect.poll(texts, SOON).toEqual(['one'])

    collector.readAgain('app1')
    engine.print('web-1', 'two')

    await expect.poll(texts, SOON).toEqual(['one', 'two'])
  })

  it('says when an instance exits by itself, and nothing when it is stopped on purpose', async () => {
    const { collector, engine, tell, texts } = setUp()
    engine.start('web-1')
    engine.print('web-1', 'up')
    collector.start()
    await expect.poll(texts, SOON).toEqual(['up'])
    const died = { type: 'instance', name: 'web-1', action: 'die', exitCode: 1 } as const

    tell(died)
    await expect.poll(texts, SOON).toEqual(['up', 'web.1 exited with code 1'])
    await collector.settle(['web-1'], 500)
    tell(died)
    engine.print('web-1', 'bye')

    await expect.poll(texts, SOON).toEqual(['up', 'web.1 exited with code 1', 'bye'])
  })
})

const NEVER_ASLEEP = {
  sleepInstances: (): Promise<void> => Promise.reject(new Error('nobody asked for it')),
  wakeInstances: (): Promise<string[]> => Promise.reject(new Error('nobody asked for it')),
}

describe('settling before an instance is put to sleep', () => {
  it('says nothing of its end, and of the next one that it exited', async () => {
    const { collector, engine, texts, logs, tell } = setUp()
    engine.start('web-1')
    collector.start()
    engine.print('web-1', 'up')
    await vi.waitFor(() => expect(texts()).toEqual(['up']), 15_000)
    const agent = withSettledLogs(
      {
        ...engine.agent,
        ...NEVER_ASLEEP,
        stopInstances: () => Promise.reject(new Error('nobody asked for it')),
        sleepInstances: async (names: readonly string[], _graceMs: number) => {
          for (const name of names) tell({ type: 'instance', name, action: 'die', exitCode: 143 })
        },
        wakeInstances: async (_names: readonly string[]) => [],
      },
      collector,
    )

    await agent.sleepInstances(['web-1'], 0)
    await agent.wakeInstances(['web-1'])
    tell({ type: 'instance', name: 'web-1', action: 'die', exitCode: 1 })

    await vi.waitFor(() => expect(texts()).toEqual(['up', 'web.1 exited with code 1']), 15_000)
    expect(await logs.tail('app1', 100)).toHaveLength(2)
  })
})

describe('settling before an instance is stopped', () => {
  it('reads to the end first, also of one that nobody has heard of yet', async () => {
    const { collector, engine, texts, logs } = setUp()
    collector.start()
    engine.start('web-9')
    for (let count = 1; count <= 20; count++) engine.print('web-9', `line ${count}`)
    const stopped: string[] = []
    const agent = withSettledLogs(
      {
        ...engine.agent,
        stopInstances: async (names: readonly string[], _graceMs: number) => {
          stopped.push(...names)
          engine.remove('web-9')
        },
        ...NEVER_ASLEEP,
      },
      collector,
    )

    await agent.stopInstances(['web-9'], 0)

    expect(stopped).toEqual(['web-9'])
    expect(await logs.tail('app1', 100)).toHaveLength(20)
    await vi.waitFor(() => expect(texts()).toHaveLength(20), 15_000)
  })

  it('does not wait for ever, nor for what is not there', async () => {
    const { collector, engine, texts } = setUp()
    collector.start()
    engine.setAway(true)
    const before = performance.now()

    await collector.settle(['no-such', 'web-1'], 50)

    expect(performance.now() - before).toBeLessThan(5_000)
    expect(texts()).toEqual([])
  })
})
