import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { prepareRedactor } from '@vastrox/shared/node/redactor.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '#adapters/system/clock.ts'
import { createLogArchive } from '#adapters/system/log-archive.ts'
import { createAppLogs } from '#core/logs/app-logs.ts'
import { createLogCollector } from '#core/logs/log-collector.ts'
import { withSettledLogs } from '#core/logs/with-settled-logs.ts'
import { createInstanceHints } from '#core/processes/instance-hints.ts'
import type { LogArchive } from '#ports/log-archive.ts'
import { tarOf } from '#test/fakes/sources.ts'
import { startRealAgent } from '#test/real-agent.ts'

const APP = 'app00000000logs'
/** Counts on both streams, and takes its time to stop. */
const COUNT = `
let n = 0
const count = () => {
  n += 1
  console[n % 3 ? 'log' : 'error']('line ' + n + ' sesame-open')
}
const timer = setInterval(count, 4)
process.on('SIGTERM', () => {
  clearInterval(timer)
  console.log('asked to stop')
  setTimeout(() => {
    console.log('bye ' + n)
    process.exit(0)
  }, 300)
})`
const QUICK = "for (let n = 1; n <= 500; n++) console.log('quick ' + n)"

let real: Awaited<ReturnType<typeof startRealAgent>>
let folder: string
let imageId: string
beforeAll(async () => {
  real = await startRealAgent()
  folder = await mkdtemp(join(tmpdir(), 'vastrox-logs-'))
  const { agent } = real
  const prepared = await agent.prepareImage(
    { stack: 'node', version: '26' },
    () => {},
    AbortSignal.timeout(240_000),
  )
  const built = await agent.buildImage(
    {
      appId: APP,
      appName: 'logs',
      buildId: 'build000000',
      dockerfile: 'Dockerfile',
      noCache: false,
      secrets: {},
      timeoutMs: 60_000,
    },
    Readable.from([
      await tarOf({
        Dockerfile: `FROM ${prepared.runtimeImage}\nCOPY *.js /programs/\n`,
        'count.js': COUNT,
        'quick.js': QUICK,
      }),
    ]),
    () => {},
    AbortSignal.timeout(60_000),
  )
  imageId = built.imageId
})
afterAll(async () => {
  await real.remove([APP])
  await rm(folder, { recursive: true })
})

/** What a daemon has of logs; `die` leaves everything as a killed process would. */
function startDaemon() {
  let isDead = false
  const onDisk = createLogArchive(folder)
  const archive: LogArchive = {
    ...onDisk,
    append: (appId, lines) =>
      isDead ? new Promise<number>(() => {}) : onDisk.append(appId, lines),
  }
  const problems: string[] = []
  const onProblem = (what: string, error: unknown) => problems.push(`${what}: ${String(error)}`)
  const clock = systemClock
  const logs = createAppLogs({ archive, clock, onProblem })
  const hints = createInstanceHints({ agent: real.agent, clock })
  const collector = createLogCollector({
    agent: real.agent,
    hints,
    logs,
    redactorFor: prepareRedactor(['sesame-open']),
    clock,
    onProblem,
  })
  hints.start()
  collector.start()
  return {
    agent: withSettledLogs(real.agent, collector),
    collector,
    hints,
    problems,
    die: () => {
      isDead = true
    },
    texts: async () => (await onDisk.tail(APP, 100_000)).map(({ line }) => line.text),
  }
}

const startInstance = async (generation: number, command: string): Promise<string> => {
  const [instance] = await real.agent.startInstances({
    appId: APP,
    appName: 'logs',
    releaseId: 'release0001',
    releaseNumber: generation,
    process: 'web',
    generation,
    ordinals: [1],
    imageId,
    command,
    env: {},
    limits: { memoryBytes: 2 ** 27, cpuMillis: 0 },
    stopGraceMs: 5_000,
  })
  return instance?.name ?? ''
}
const wait = (ms: number) => systemClock.sleep(ms)

describe('logs of real containers', () => {
  it('lose and repeat nothing: daemon killed, agent killed, instance stopped', async () => {
    const first = startDaemon()
    const name = await startInstance(1, 'node /programs/count.js')
    await wait(1_000)
    first.die()
    await wait(300)
    const second = startDaemon()
    await wait(500)
    await real.restart(300)
    await wait(2_000)

    await second.agent.stopInstances([name], 5_000)
    await expect.poll(second.texts, { timeout: 10_000 }).toContain('asked to stop')
    await expect
      .poll(async () => (await second.texts()).at(-1), { timeout: 10_000 })
      .toMatch(/^bye /)

    const texts = await second.texts()
    const counted = texts.flatMap((text) => /^line (\d+) \[redacted\]$/.exec(text)?.[1] ?? [])
    const last = Number(texts.at(-1)?.slice(4))
    expect(last).toBeGreaterThan(300)
    // The engine reads two pipes: what was written to both at once may be in either order.
    const inOrder = counted.map(Number).toSorted((a, b) => a - b)
    expect(inOrder).toEqual(Array.from({ length: last }, (_, index) => index + 1))
    expect(second.problems).toEqual([])
    for (const { collector, hints } of [first, second]) {
      void collector.stop()
      await hints.stop()
    }
  })

  it('are whole for an instance that ends at once and is removed right after', async () => {
    const daemon = startDaemon()
    const name = await startInstance(2, 'node /programs/quick.js')
    await expect
      .poll(
        async () => (await real.agent.listInstances()).find((each) => each.name === name)?.status,
      )
      .toBe('exited')

    await daemon.agent.stopInstances([name], 0)
    await daemon.collector.stop()
    await daemon.hints.stop()

    const quick = (await daemon.texts()).filter((text) => text.startsWith('quick '))
    expect(quick).toEqual(Array.from({ length: 500 }, (_, index) => `quick ${index + 1}`))
  })
})
