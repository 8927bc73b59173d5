import { describe, expect, it } from 'vitest'
import { explainCrash, signalOf } from '#core/crashes/explain-crash.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { createHarness, type Harness } from '#test/harness.ts'

const MB = 2 ** 20
const HOUR_MS = 3_600_000

async function live(): Promise<{ harness: Harness; name: string }> {
  const harness = createHarness()
  harness.addApp()
  await harness.start()
  await harness.deploy('a1')
  await harness.clock.pass(61_000)
  const [name = ''] = harness.node.running()
  return { harness, name }
}

const box = (harness: Harness, number = 1) =>
  harness.processes.getCrash(harness.actor, 'hello', number)

describe('the black box of a crash', () => {
  it('holds the last 200 lines, however it ended, also with code 0', async () => {
    const { harness, name } = await live()
    const container = harness.node.containers.get(name)
    const logs = Array.from({ length: 300 }, (_, at) => `line ${at}`)
    if (container) container.behaviour = { logs }

    harness.node.crash(name, 0)
    await harness.clock.pass(2_000)

    const crash = box(harness)
    expect(crash.lines).toHaveLength(200)
    expect(crash.lines.at(-1)).toBe('line 299')
    expect(crash).toMatchObject({
      number: 1,
      exitCode: 0,
      signal: null,
      instance: name,
      release: 1,
      explanation: expect.stringContaining('It ended by itself with code 0'),
    })
    expect(harness.processes.listCrashes(harness.actor, 'hello')[0]?.lines).toHaveLength(20)
  })

  it('is never more than 64 KiB of lines: the last ones', async () => {
    const { harness, name } = await live()
    const container = harness.node.containers.get(name)
    const logs = Array.from({ length: 200 }, (_, at) => `${at} ${'x'.repeat(5_000)}`)
    if (container) container.behaviour = { logs }

    harness.node.crash(name)
    await harness.clock.pass(2_000)

    const { lines } = box(harness)
    expect(lines).toHaveLength(32)
    expect(lines.join('').length).toBeLessThanOrEqual(64 * 1_024)
    expect(lines.at(-1)).toMatch(/^199 x/)
  })

  it('keeps the newest 50 of an app, whose numbers go on', async () => {
    const { harness, name } = await live()

    for (let crash = 0; crash < 55; crash += 1) {
      harness.node.crash(name)
      await harness.clock.pass(180_000)
    }

    const numbers = harness.processes
      .listCrashes(harness.actor, 'hello')
      .map(({ number }) => number)
    expect(numbers).toHaveLength(50)
    expect([numbers[0], numbers.at(-1)]).toEqual([55, 6])
    expect(() => box(harness, 5)).toThrow(expect.objectContaining({ code: 'CRASH_NOT_FOUND' }))
  })

  it('shows memory and processor time in the ten minutes before', async () => {
    const { harness, name } = await live()
    const asked: string[][] = []
    harness.world.readMetrics = (series, from, to, stepMs) => {
      asked.push([...series])
      const points = Math.round((to.getTime() - from.getTime()) / stepMs)
      return [
        Array.from({ length: points }, (_, at) => at * MB),
        Array.from({ length: points }, () => null),
      ]
    }

    harness.node.crash(name)
    await harness.clock.pass(2_000)

    const { appId } = harness.instances()[0] ?? { appId: '' }
    expect(asked).toEqual([[`app:${appId}/web.1/memory`, `app:${appId}/web.1/cpu`]])
    const { curve, at } = box(harness)
    expect(curve.times).toHaveLength(40)
    expect(curve.memory.slice(0, 3)).toEqual([0, MB, 2 * MB])
    expect(curve.cpu[0]).toBeNull()
    expect((curve.times[0] ?? 0) * 1_000).toBeGreaterThanOrEqual(Date.parse(at) - 615_000)
  })

  it('is there all the same where nothing was measured, or cannot be read', async () => {
    const { harness, name } = await live()
    harness.world.readMetrics = () => {
      throw new Error('the database is locked')
    }

    harness.node.crash(name)
    await harness.clock.pass(2_000)

    expect(box(harness).curve).toEqual({ times: [], memory: [], cpu: [] })
    expect(harness.problems).toEqual(['of a crash its curve is not known: the database is locked'])
  })

  it('counts the requests that broke off with it, told before or after', async () => {
    const { harness, name } = await live()

    harness.proxy.report({ instance: name, cutOff: 3 })
    harness.node.crash(name)
    await harness.clock.pass(1_100)
    expect(box(harness).requestsInFlight).toBe(3)
    harness.proxy.report({ instance: name, cutOff: 2 })
    harness.proxy.report({ instance: name, requests: 5 })
    await harness.clock.pass(1_000)

    expect(box(harness).requestsInFlight).toBe(5)
    await harness.clock.pass(60_000)
    harness.proxy.report({ instance: name, cutOff: 9 })
    await harness.clock.pass(10_000)
    harness.node.crash(name)
    await harness.clock.pass(2_000)
    expect([box(harness, 1), box(harness, 2)].map((each) => each.requestsInFlight)).toEqual([5, 0])
  })

  it('does not take for the one end what broke off with the next', async () => {
    const { harness, name } = await live()

    harness.node.crash(name)
    harness.proxy.report({ instance: name, cutOff: 3 })
    await harness.clock.pass(1_100)
    harness.node.crash(name)
    await harness.clock.settle()
    harness.proxy.report({ instance: name, cutOff: 4 })
    await harness.clock.pass(2_000)

    expect([box(harness, 1), box(harness, 2)].map((each) => each.requestsInFlight)).toEqual([3, 4])
  })

  it('was well until then where it had run for a minute, and says what had changed', async () => {
    const { harness, name } = await live()
    await harness.clock.pass(3 * HOUR_MS)
    const audit = createAuditLog({
      audit: createAuditStore(harness.db),
      clock: harness.clock,
      key: Buffer.alloc(32, 7),
    })
    audit.append({ actor: harness.actor, action: 'env.change', target: 'other' })
    audit.append({ actor: harness.actor, action: 'env.change', target: 'hello' })
    audit.append({ actor: harness.actor, action: 'env.reveal', target: 'hello' })
    await harness.clock.pass(60_000)
    harness.node.emit({ type: 'engine-restarted' })
    await harness.clock.pass(60_000)
    harness.world.bootedAt = harness.clock.now()
    await harness.clock.pass(600_000)

    const at = harness.clock.now().toISOString()
    harness.node.crash(name)
    await harness.clock.pass(2_000)

    expect(box(harness)).toMatchObject({ at, healthyAt: at })
    // The deployment was three hours before: it is not what has changed.
    expect(box(harness).changes).toEqual([
      expect.objectContaining({ kind: 'node', title: 'The server was started' }),
      expect.objectContaining({ kind: 'engine', title: 'Docker was started again' }),
      expect.objectContaining({ kind: 'env', title: 'env.change hello by anna' }),
    ])
  })

  it('of a crash loop knows when it began, and what came before that', async () => {
    const { harness, name } = await live()
    await harness.clock.pass(2 * HOUR_MS)
    const began = harness.clock.now().toISOString()

    for (let crash = 0; crash < 4; crash += 1) {
      harness.node.crash(name)
      harness.node.emit({ type: 'instance', name, action: 'start', exitCode: null })
      await harness.clock.pass(5_000)
    }

    const crashes = [1, 2, 3, 4].map((number) => box(harness, number))
    expect(crashes.map(({ healthyAt }) => healthyAt)).toEqual([began, began, began, began])
  })

  it('of a release that never came up is kept with it, though its container is gone', async () => {
    const { harness } = await live()
    await harness.clock.pass(2 * HOUR_MS)
    harness.node.behave = () => ({
      exitCode: 1,
      logs: ["Error: Cannot find module 'express'"],
    })

    await harness.deploy('b2')
    await harness.clock.pass(5_000)

    expect(harness.deployments.get(harness.actor, 'hello', 2).state).toBe('failed')
    const crash = box(harness)
    expect(crash).toMatchObject({
      release: 2,
      exitCode: 1,
      explanation: expect.stringContaining('express'),
    })
    expect(crash.changes[0]).toMatchObject({ kind: 'deployment' })
    expect(crash.changes[0]?.title).toMatch(/^Deployment 2/)
    expect(crash.healthyAt).not.toBeNull()
  })

  it('is kept of a command that fails too, and does not push out those of instances', async () => {
    const { harness, name } = await live()
    harness.node.crash(name)
    await harness.clock.pass(2_000)
    harness.node.run = () => ({ exitCode: 139, output: 'about to fail\n' })

    for (let run = 0; run < 25; run += 1) {
      harness.runs.start(harness.actor, 'hello', { command: 'migrate', timeoutMs: 60_000 })
      await harness.clock.pass(1_000)
    }

    const crashes = harness.processes.listCrashes(harness.actor, 'hello')
    expect(crashes).toHaveLength(21)
    expect(crashes[0]).toMatchObject({
      process: 'run',
      ordinal: 25,
      exitCode: 139,
      signal: 'SIGSEGV',
      lines: ['about to fail'],
    })
    expect(crashes.at(-1)).toMatchObject({ process: 'web', number: 1 })
  })
})

describe('why it ended, in one line', () => {
  const ended = {
    process: 'web',
    exitCode: 1,
    signal: null,
    oomKilled: false,
    memoryBytes: 512 * MB,
    lines: [] as string[],
  }

  it.each([
    [{ oomKilled: true, exitCode: 137 }, 'It ran out of memory: its limit is 512 MB.'],
    [{ exitCode: 137, signal: 'SIGKILL' }, 'It was killed (SIGKILL), and not by Vastrox'],
    [{ exitCode: 139, signal: 'SIGSEGV' }, 'It touched memory that is not its own'],
    [{ exitCode: 127 }, 'Its command was not found'],
    [{ exitCode: 0 }, 'It ended by itself with code 0'],
    [{ lines: ['Error: listen EADDRINUSE: address already in use :::3000'] }, 'port 3000'],
    [{ lines: ['FATAL ERROR: JavaScript heap out of memory'], exitCode: 134 }, 'heap was full'],
  ])('says of %j: %s', (more, said) => {
    expect(explainCrash({ ...ended, ...more })).toContain(said)
  })

  it('says nothing where nothing is known, or only long ago something was printed', () => {
    const lines = ['Error: connect ECONNREFUSED 10.0.0.1:5432', ...Array<string>(100).fill('GET /')]

    expect(explainCrash({ ...ended, lines })).toBeNull()
  })

  it('knows signals by the codes that shells and the engine give', () => {
    expect([143, 137, 139, 134, 1, 0, 255, null].map(signalOf)).toEqual([
      'SIGTERM',
      'SIGKILL',
      'SIGSEGV',
      'SIGABRT',
      null,
      null,
      null,
      null,
    ])
  })
})
