import { describe, expect, it } from 'vitest'
import { createAppHarness } from '#test/app-harness.ts'

const MIB = 2 ** 20

async function live() {
  const harness = createAppHarness()
  harness.addApp()
  await harness.start()
  await harness.deploy('a1', {
    files: { 'server.js': '', Procfile: 'web: node server.js\nworker: node worker.js' },
  })
  await harness.clock.pass(61_000)
  return harness
}

describe('the limits of one process', () => {
  it('are in force with the next instances, and until then the process says that they wait', async () => {
    const { actor, processSettings, processes, node, clock, deployments, audited } = await live()

    const changed = processSettings.change(actor, 'hello', 'web', {
      memoryBytes: 768 * MIB,
      cpuMillis: 500,
    })

    expect(changed).toMatchObject({
      limits: { memoryBytes: 768 * MIB, cpuMillis: 500, stopGraceMs: 10_000 },
      ownLimits: { memoryBytes: 768 * MIB, cpuMillis: 500 },
      needsRestart: true,
      deployment: null,
    })
    const [web] = await processes.list(actor, 'hello')
    expect(web?.instances[0]?.limits.memoryBytes).toBe(512 * MIB)
    expect(audited()).toContain('process.change hello')

    const { id } = deployments.restart(actor, 'hello')
    await clock.until(deployments.untilSwitched(id))
    const started = [...node.containers.values()].at(-1)?.spec
    expect(started).toMatchObject({ limits: { memoryBytes: 768 * MIB, cpuMillis: 500 } })
    const [after] = await processes.list(actor, 'hello')
    expect(after?.needsRestart).toBe(false)
  })

  it('come with a restart where one is asked for', async () => {
    const { actor, processSettings } = await live()

    const { deployment, needsRestart } = processSettings.change(actor, 'hello', 'web', {
      memoryBytes: 768 * MIB,
      restart: true,
    })

    expect(deployment).toMatchObject({ trigger: 'restart', state: 'queued' })
    expect(needsRestart).toBe(false)
  })

  it('are given back to the app by null', async () => {
    const { actor, processSettings, app } = await live()
    processSettings.change(actor, 'hello', 'web', { memoryBytes: 768 * MIB, stopGraceMs: 0 })

    const changed = processSettings.change(actor, 'hello', 'web', {
      memoryBytes: null,
      stopGraceMs: null,
    })

    expect(changed).toMatchObject({ limits: { memoryBytes: 512 * MIB }, ownLimits: {} })
    expect(app().processLimits).toEqual({})
  })

  it('with a scale make the deployment of that scale', async () => {
    const { actor, processSettings, end, node } = await live()

    const { deployment, scale } = processSettings.change(actor, 'hello', 'worker', {
      scale: 2,
      memoryBytes: 64 * MIB,
    })
    await end(deployment?.id ?? '')

    expect(scale).toBe(2)
    const workers = [...node.containers.values()].filter(({ spec }) => spec.process === 'worker')
    expect(workers).toHaveLength(2)
    expect(workers[0]?.spec.limits.memoryBytes).toBe(64 * MIB)
  })

  it('must fit the node together, each process by its own (NODE_MEMORY_EXCEEDED)', async () => {
    const { actor, processSettings, app, deployments, clock } = await live()
    const developer = {
      ...actor,
      permissions: new Set([...actor.permissions].filter((each) => each !== 'node.change')),
    }
    deployments.scale(actor, 'hello', { web: 1 })
    await clock.pass(1_000)

    expect(() =>
      processSettings.change(developer, 'hello', 'worker', { scale: 3, memoryBytes: 2 ** 40 }),
    ).toThrow(expect.objectContaining({ code: 'NODE_MEMORY_EXCEEDED' }))
    expect(app().processLimits).toEqual({})
  })

  it('are refused for a process that the release has not, and for who may not change the app', async () => {
    const { actor, processSettings } = await live()

    expect(() => processSettings.change(actor, 'hello', 'clock', { scale: 1 })).toThrow(
      expect.objectContaining({ code: 'PROCESS_NOT_FOUND' }),
    )
    const viewer = { ...actor, permissions: new Set(['app.read'] as const) }
    expect(() => processSettings.change(viewer, 'hello', 'web', { memoryBytes: MIB * 64 })).toThrow(
      expect.objectContaining({ code: 'PERMISSION_DENIED' }),
    )
  })

  it('of stopping are those that the instance was started with', async () => {
    const { actor, processSettings, deploy, clock, node } = await live()
    processSettings.change(actor, 'hello', 'web', { stopGraceMs: 45_000 })
    await deploy('b2')
    await clock.pass(120_000)
    expect(node.calls.findLast((call) => call.startsWith('stop '))).toMatch(/ 10000$/)

    await deploy('c3')
    await clock.pass(120_000)

    expect(node.calls.findLast((call) => call.startsWith('stop '))).toMatch(/ 45000$/)
  })
})

it('a process may have a name that every object knows from elsewhere', async () => {
  const harness = createAppHarness()
  harness.addApp()
  await harness.start()
  const files = { 'server.js': '', Procfile: 'web: node server.js\nconstructor: node worker.js' }

  const deployment = await harness.deploy('a1', { files })

  expect(deployment).toMatchObject({ state: 'watching', reason: null })
  expect(await harness.processes.list(harness.actor, 'hello')).toMatchObject([
    { name: 'web', scale: 1 },
    { name: 'constructor', command: 'node worker.js', scale: 0, ownLimits: {} },
  ])
})

describe('the scale before the first deployment', () => {
  const setUp = () => {
    const harness = createAppHarness()
    harness.addApp()
    const permissions = new Set([...harness.actor.permissions].filter((p) => p !== 'node.change'))
    const scale = (process: string, count: number, actor = harness.actor) =>
      harness.processSettings.change(actor, 'hello', process, { scale: count })
    return { ...harness, scale, developer: { ...harness.actor, permissions } }
  }

  it('is that of 50 names at most', () => {
    const { scale, app } = setUp()
    for (let number = 1; number <= 50; number += 1) scale(`worker${number}`, 1)

    expect(() => scale('worker51', 1)).toThrow(
      expect.objectContaining({ code: 'PROCESS_NOT_FOUND' }),
    )
    expect(Object.keys(app().scale)).toHaveLength(50)
  })

  it('must fit the node with that of every other name', () => {
    const { scale, developer } = setUp()

    expect(() => {
      for (let number = 1; number <= 20; number += 1) scale(`worker${number}`, 10, developer)
    }).toThrow(expect.objectContaining({ code: 'NODE_MEMORY_EXCEEDED' }))
  })

  it('of several processes waits for the first deployment, all of it or nothing', () => {
    const { processSettings, scale, app, actor } = setUp()
    for (let number = 1; number <= 49; number += 1) scale(`worker${number}`, 1)

    expect(processSettings.scale(actor, 'hello', { web: 2 })).toBe(null)
    expect(app().scale).toMatchObject({ web: 2, worker49: 1 })
    expect(() => processSettings.scale(actor, 'hello', { web: 3, worker50: 1 })).toThrow(
      expect.objectContaining({ code: 'PROCESS_NOT_FOUND' }),
    )
    expect(app().scale['web']).toBe(2)
  })
})
