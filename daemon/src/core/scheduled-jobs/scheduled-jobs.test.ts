import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CronJob } from '@vastrox/shared/app-config.ts'
import { CreateJob, type ScheduledJob } from '@vastrox/shared/scheduled-job.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '#test/fakes/clock.ts'
import { createHarness, createWorld, type Harness, type World } from '#test/harness.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let folder: string
let world: World
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vastrox-jobs-'))
  world = createWorld(join(folder, 'control.db'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function live(of: World = world): Promise<Harness> {
  const harness = createHarness(of)
  harness.addApp()
  await harness.start()
  await harness.deploy('a1')
  await harness.clock.pass(61_000)
  of.node.ran.length = 0
  return harness
}

/** NOON is 12:00 UTC; a deployment and its watch take a bit more than a minute of it. */
const add = (harness: Harness, wish: Partial<CreateJob> = {}): ScheduledJob =>
  harness.jobs.create(
    harness.actor,
    'hello',
    CreateJob.parse({ name: 'clean', schedule: '*/10 * * * *', command: 'node clean.js', ...wish }),
  )
const history = (harness: Harness, name = 'clean') =>
  harness.jobs.listRuns(harness.actor, 'hello', name, { cursor: undefined, limit: 100 }).items
const statesOf = (harness: Harness, name?: string): string[] =>
  history(harness, name).map(({ state }) => state)
const coded = (code: string) => expect.objectContaining({ code })

describe('a scheduled job', () => {
  it('runs at its times in a container of its own, with the env and limits of the live release', async () => {
    const harness = await live()
    const job = add(harness, { memoryBytes: 2 ** 27, timeoutMs: 90_000 })
    expect(job).toMatchObject({
      nextRunAt: '2026-11-22T12:10:00.000Z',
      timeZone: 'UTC',
      overlap: 'skip',
      origin: 'user',
      lastRun: null,
    })

    await harness.clock.pass(30 * MINUTE)

    expect(world.node.ran).toHaveLength(3)
    expect(world.node.ran[0]).toMatchObject({
      process: 'job',
      command: 'node clean.js',
      env: { PORT: '3000' },
      limits: { memoryBytes: 2 ** 27 },
      timeoutMs: 90_000,
      imageId: [...world.node.containers.values()][0]?.spec.imageId,
    })
    expect(history(harness)[2]).toMatchObject({
      kind: 'job',
      state: 'succeeded',
      dueAt: '2026-11-22T12:10:00.000Z',
      startedAt: '2026-11-22T12:10:00.000Z',
      actor: 'schedule',
    })
    expect(harness.jobs.get(harness.actor, 'hello', 'clean').lastRun?.number).toBe(3)
  })

  it('that fails is seen: in its history, and in the log of its app', async () => {
    const harness = await live()
    add(harness)
    world.node.run = () => ({ exitCode: 4, output: 'no such table\n' })

    await harness.clock.pass(10 * MINUTE)

    expect(history(harness)).toMatchObject([{ state: 'failed', exitCode: 4 }])
    expect(harness.said).toEqual(['job clean, run 1: Failed: exited with code 4 after 0.0 s'])
    const lines = harness.runs.readLog(harness.actor, 'hello', 1, 0)
    expect(lines.map(({ text }) => text)[0]).toBe('no such table')
  })

  it('whose run before has not ended is left out, runs beside it, or takes its place', async () => {
    const harness = await live()
    world.node.runGate = new Promise(() => {})
    add(harness, { name: 'skipping', overlap: 'skip' })
    add(harness, { name: 'beside', overlap: 'allow' })
    add(harness, { name: 'replacing', overlap: 'replace' })

    await harness.clock.pass(20 * MINUTE)

    expect(statesOf(harness, 'skipping')).toEqual(['skipped', 'running'])
    expect(history(harness, 'skipping')[0]?.reason).toMatch(/^run \d has not ended yet$/)
    expect(statesOf(harness, 'beside')).toEqual(['running', 'running'])
    expect(statesOf(harness, 'replacing')).toEqual(['running', 'stopped'])
    expect(history(harness, 'replacing')[1]?.reason).toMatch(/took its place$/)
  })

  it('runs at once when it is asked to, by whoever asked', async () => {
    const harness = await live()
    add(harness, { enabled: false })

    const run = harness.jobs.runNow(harness.actor, 'hello', 'clean')
    await harness.clock.pass(1_000)

    expect(run).toMatchObject({ number: 1, kind: 'job', actor: 'anna' })
    expect(statesOf(harness)).toEqual(['succeeded'])
    world.node.runGate = new Promise(() => {})
    harness.jobs.runNow(harness.actor, 'hello', 'clean')
    expect(() => harness.jobs.runNow(harness.actor, 'hello', 'clean')).toThrow(
      coded('RUNS_TOO_MANY'),
    )
  })

  it('rests while it is switched off or its app is stopped, and makes up for nothing after', async () => {
    const harness = await live()
    add(harness)
    harness.jobs.change(harness.actor, 'hello', 'clean', { enabled: false })
    expect(harness.jobs.get(harness.actor, 'hello', 'clean').nextRunAt).toBeNull()
    await harness.clock.pass(25 * MINUTE)
    expect(history(harness)).toEqual([])

    harness.jobs.change(harness.actor, 'hello', 'clean', { enabled: true })
    await harness.clock.pass(10 * MINUTE)
    expect(statesOf(harness)).toEqual(['succeeded'])

    await harness.clock.until(harness.deployments.stop(harness.actor, 'hello'))
    await harness.clock.pass(2 * HOUR)
    const { id } = harness.deployments.start(harness.actor, 'hello')
    await harness.end(id)
    await harness.clock.pass(10 * MINUTE)
    expect(statesOf(harness)).toEqual(['succeeded', 'succeeded'])
  })

  it('under way is ended when its app is stopped, and not by a deployment', async () => {
    const harness = await live()
    add(harness)
    world.node.runGate = new Promise(() => {})
    await harness.clock.pass(10 * MINUTE)

    await harness.deploy('b2')
    await harness.clock.pass(2 * MINUTE)
    expect(statesOf(harness)).toEqual(['running'])

    await harness.clock.until(harness.deployments.stop(harness.actor, 'hello'))
    expect(history(harness)).toMatchObject([{ state: 'stopped', reason: 'the app was stopped' }])
  })

  it('has the image of the release that is live at its time', async () => {
    const harness = await live()
    add(harness)
    await harness.deploy('b2')

    await harness.clock.pass(10 * MINUTE)

    expect(history(harness)[0]?.release).toBe(2)
  })

  it('keeps the last 50 runs', async () => {
    const harness = await live()
    add(harness, { schedule: '* * * * *' })

    await harness.clock.pass(60 * MINUTE)

    expect(history(harness)).toHaveLength(50)
    expect(history(harness)[0]?.number).toBe(60)
  })

  it('can be changed and removed, with its history; a wrong schedule is refused in words', async () => {
    const harness = await live()
    const { actor, jobs } = harness
    add(harness)
    await harness.clock.pass(10 * MINUTE)

    expect(() => jobs.change(actor, 'hello', 'clean', { schedule: '99 * * * *' })).toThrow(
      coded('JOB_INVALID'),
    )
    expect(() => add(harness)).toThrow(coded('JOB_NAME_TAKEN'))
    expect(() => add(harness, { name: 'other', timeZone: 'Nowhere' })).toThrow(coded('JOB_INVALID'))
    const changed = jobs.change(actor, 'hello', 'clean', {
      schedule: '30 2 * * *',
      timeZone: 'Europe/Berlin',
    })
    expect(changed.nextRunAt).toBe('2026-11-23T01:30:00.000Z')

    await harness.clock.until(jobs.remove(actor, 'hello', 'clean'))
    expect(jobs.list(actor, 'hello')).toEqual([])
    expect(harness.db.prepare('SELECT count(*) AS n FROM runs').get()).toEqual({ n: 0 })
    const viewer = { ...actor, permissions: new Set(['app.read', 'logs.read'] as const) }
    expect(() => jobs.runNow(viewer, 'hello', 'clean')).toThrow(coded('JOB_NOT_FOUND'))
    add(harness)
    expect(() => jobs.runNow(viewer, 'hello', 'clean')).toThrow(coded('PERMISSION_DENIED'))
  })
})

describe('clocks that change', () => {
  it.each([
    // Berlin, 29 March 2026: 01:59 is followed by 03:00. 25 October: 02:00 to 02:59 comes twice.
    ['spring', '2026-03-28T23:30:00Z', ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']],
    ['autumn', '2026-10-24T23:30:00Z', ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']],
  ])('in %s neither lose nor repeat the run at half past two', async (_season, from, expected) => {
    const clock = createFakeClock(new Date(from))
    const harness = await live({ ...world, clock })
    add(harness, { schedule: '30 2 * * *', timeZone: 'Europe/Berlin' })

    await harness.clock.pass(27 * HOUR)

    const runs = history(harness).toReversed()
    expect(runs.map(({ startedAt }) => startedAt)).toEqual(expected)
    expect(new Set(runs.map(({ state }) => state))).toEqual(new Set(['succeeded']))
  })

  it('that somebody sets back do not make a job wait for a year, nor run twice', async () => {
    const harness = await live()
    add(harness)
    await harness.clock.pass(10 * MINUTE)
    harness.clock.jump(365 * 24 * HOUR)
    await harness.clock.pass(MINUTE)
    harness.clock.jump(-365 * 24 * HOUR)
    await harness.clock.pass(MINUTE)
    const before = history(harness).length

    await harness.clock.pass(20 * MINUTE)

    expect(history(harness).length - before).toBe(2)
  })
})

describe('runs that were missed while no daemon ran', () => {
  async function away(ms: number, wish: Partial<CreateJob> = {}) {
    const first = await live()
    add(first, wish)
    await first.clock.pass(10 * MINUTE)
    first.kill()
    await world.clock.pass(ms)
    const next = createHarness(world)
    await next.start()
    await next.clock.pass(1_000)
    return next
  }

  it('are said and not made up for', async () => {
    const harness = await away(35 * MINUTE)

    expect(statesOf(harness)).toEqual(['missed', 'succeeded'])
    expect(history(harness)[0]?.reason).toMatch(/^due 3 times since .* while Vastrox did not run$/)
    expect(harness.said[0]).toMatch(/^job clean was missed/)
    await harness.clock.pass(10 * MINUTE)
    expect(statesOf(harness)).toEqual(['succeeded', 'missed', 'succeeded'])
  })

  it('are made up for once where that is wished', async () => {
    const harness = await away(35 * MINUTE, { runLate: true })

    expect(statesOf(harness)).toEqual(['succeeded', 'missed', 'succeeded'])
    expect(world.node.ran).toHaveLength(2)
  })

  it('in any number are dealt with in a moment', async () => {
    const first = await live()
    add(first, { schedule: '* * * * *' })
    first.kill()
    world.clock.jump(365 * 24 * HOUR)
    const next = createHarness(world)
    const startedAt = performance.now()
    await next.start()
    await next.clock.pass(1_000)

    expect(history(next).map(({ reason }) => reason)).toEqual([
      null,
      expect.stringMatching(/^due at least 200 times/),
    ])
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('are none where the daemon was away between two times, and one that was under way is interrupted', async () => {
    const first = await live()
    add(first)
    world.node.runGate = new Promise(() => {})
    await first.clock.pass(10 * MINUTE)
    first.kill()
    world.node.runGate = undefined
    await world.clock.pass(5 * MINUTE)
    const next = createHarness(world)
    await next.start()
    await next.clock.pass(5 * MINUTE)

    expect(statesOf(next)).toEqual(['succeeded', 'interrupted'])
  })
})

describe('the jobs of a source', () => {
  const named = (change: Partial<CronJob> = {}): CronJob => ({
    name: 'mail',
    schedule: '*/10 * * * *',
    timeZone: 'Europe/Berlin',
    command: 'node mail.js',
    overlap: 'allow',
    timeoutMs: null,
    memoryBytes: null,
    ...change,
  })
  const source = (cron: CronJob[]) => ({
    'server.js': '',
    'vastrox.json': JSON.stringify({
      cron: cron.map(({ timeZone, ...job }) => ({ ...job, timeZone })),
    }),
  })

  it('come, change and go with the release that is live, roll backs too', async () => {
    const harness = await live()
    const { jobs, actor } = harness
    await harness.deploy('b2', { files: source([named()]) })
    await harness.clock.pass(61_000)
    expect(jobs.list(actor, 'hello')).toMatchObject([
      {
        name: 'mail',
        origin: 'source',
        overlap: 'allow',
        timeZone: 'Europe/Berlin',
        enabled: true,
      },
    ])

    await harness.clock.pass(10 * MINUTE)
    expect(statesOf(harness, 'mail')).toEqual(['succeeded'])

    await harness.deploy('c3', { files: source([named({ command: 'node mail2.js' })]) })
    await harness.clock.pass(61_000)
    expect(jobs.get(actor, 'hello', 'mail').command).toBe('node mail2.js')
    expect(statesOf(harness, 'mail')).toContain('succeeded')

    const { id } = harness.deployments.rollBack(actor, 'hello', 1, { with: 'code' })
    await harness.end(id)
    expect(jobs.list(actor, 'hello')).toEqual([])
  })

  it('can be switched off here, which stays so, and are changed in the source alone', async () => {
    const harness = await live()
    const { jobs, actor } = harness
    await harness.deploy('b2', { files: source([named()]) })
    await harness.clock.pass(61_000)

    expect(() => jobs.change(actor, 'hello', 'mail', { command: 'rm -rf /' })).toThrow(
      coded('JOB_OF_SOURCE'),
    )
    await expect(jobs.remove(actor, 'hello', 'mail')).rejects.toThrow(coded('JOB_OF_SOURCE'))
    jobs.change(actor, 'hello', 'mail', { enabled: false })
    await harness.deploy('c3', { files: source([named()]) })
    await harness.clock.pass(61_000)

    expect(jobs.get(actor, 'hello', 'mail').enabled).toBe(false)
  })

  it('never take the place of one that the user made', async () => {
    const harness = await live()
    add(harness, { name: 'mail' })

    await harness.deploy('b2', { files: source([named()]) })
    await harness.clock.pass(61_000)

    expect(harness.jobs.get(harness.actor, 'hello', 'mail')).toMatchObject({
      origin: 'user',
      command: 'node clean.js',
    })
    expect(harness.said).toEqual([
      'job mail of the source does not run: one of that name was made here',
    ])
  })
})
