import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateRun } from '@vastrox/shared/run.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { createAppHarness } from '#test/app-harness.ts'
import { deployToken } from '#test/fakes/actors.ts'
import { createHarness, createWorld } from '#test/harness.ts'

async function live() {
  const harness = createAppHarness()
  harness.addApp()
  await harness.start()
  await harness.deploy('a1')
  await harness.clock.pass(61_000)
  const read = (number: number): string[] =>
    harness.runs.readLog(harness.actor, 'hello', number, 0).map(({ text }) => text)
  return { ...harness, read }
}
type Live = Awaited<ReturnType<typeof live>>

const asked = (command: string, more: object = {}) => CreateRun.parse({ command, ...more })
const wish = {
  command: 'sh',
  terminal: { columns: 80, rows: 24 },
  term: 'xterm-256color',
  stdin: true,
}
const coded = (code: string) => expect.objectContaining({ code })

describe('a command that is run once', () => {
  it('has the image, env, limits and volumes of the live release, and leaves its exit code and log', async () => {
    const { runs, node, clock, actor, read, audited } = await live()
    node.run = () => ({ exitCode: 3, output: 'one\ntwo' })

    const { number, state } = runs.start(
      actor,
      'hello',
      asked('node task.js', { memoryBytes: 2 ** 28 }),
    )
    expect([number, state]).toEqual([1, 'running'])
    await clock.pass(1_000)

    expect(node.ran.at(-1)).toMatchObject({
      command: 'node task.js',
      process: 'run',
      imageId: [...node.containers.values()][0]?.spec.imageId,
      env: { PORT: '3000', NODE_ENV: 'production' },
      limits: { memoryBytes: 2 ** 28, cpuMillis: 0 },
    })
    expect(runs.get(actor, 'hello', 1)).toMatchObject({
      state: 'failed',
      exitCode: 3,
      kind: 'command',
      release: 1,
      actor: 'anna',
    })
    expect(read(1)).toEqual(['one', 'two', '=====> Failed: exited with code 3 after 0.0 s'])
    expect(audited()).toContain('run.start hello')
  })

  it('keeps no secret of the env in its command, its log or the audit log', async () => {
    const harness = await live()
    harness.world.env['API_KEY'] = 'a-very-secret-value'
    harness.node.run = ({ command }) => ({ exitCode: 0, output: `${command}\n` })

    harness.runs.start(harness.actor, 'hello', asked('curl -H a-very-secret-value'))
    await harness.clock.pass(1_000)

    expect(harness.node.ran.at(-1)?.command).toContain('a-very-secret-value')
    expect(harness.atRest()).not.toContain('a-very-secret-value')
  })

  it('can be stopped, and then says who did it', async () => {
    const { runs, node, clock, actor, read } = await live()
    node.runGate = new Promise(() => {})
    runs.start(actor, 'hello', asked('sleep 100'))
    await clock.pass(1_000)

    const stopped = await clock.until(runs.stop(actor, 'hello', 1))

    expect(stopped).toMatchObject({ state: 'stopped', reason: 'stopped by anna', exitCode: null })
    expect(read(1).at(-1)).toMatch(/^=====> Stopped: stopped by anna after 1\.0 s$/)
    await expect(runs.stop(actor, 'hello', 1)).rejects.toThrow(coded('RUN_HAS_ENDED'))
  })

  it('that takes too long is ended and says so; one whose agent went away was interrupted', async () => {
    const { runs, node, clock, actor } = await live()
    const failures = ['RUN_TIMED_OUT', 'ENGINE_UNREACHABLE', 'INSTANCE_START_FAILED'] as const
    for (const code of failures) {
      node.run = () => {
        throw new CodedError(code)
      }
      runs.start(actor, 'hello', asked('true'))
      await clock.pass(1_000)
    }

    const { items } = runs.list(actor, 'hello', { cursor: undefined, limit: 10 })
    expect(items.map(({ state }) => state)).toEqual(['failed', 'interrupted', 'timed-out'])
  })

  it('is one of ten of the app at a time', async () => {
    const { runs, node, clock, actor } = await live()
    node.runGate = new Promise(() => {})
    for (let count = 0; count < 10; count += 1) runs.start(actor, 'hello', asked('sleep 100'))
    await clock.pass(1_000)

    expect(() => runs.start(actor, 'hello', asked('true'))).toThrow(coded('RUNS_TOO_MANY'))
    await expect(runs.open(actor, 'hello', wish, new AbortController().signal)).rejects.toThrow(
      coded('RUNS_TOO_MANY'),
    )

    await clock.until(runs.stop(actor, 'hello', 1))
    expect(runs.start(actor, 'hello', asked('true')).number).toBe(11)
  })

  it('is for those who may read the env, of an app that has a release', async () => {
    const harness = await live()
    const { runs, actor, stranger } = harness
    harness.addApp('empty')

    expect(() => runs.start(actor, 'empty', asked('true'))).toThrow(coded('APP_NOT_DEPLOYED'))
    expect(() => runs.start(deployToken(null), 'hello', asked('true'))).toThrow(
      coded('PERMISSION_DENIED'),
    )
    expect(() => runs.start(stranger, 'hello', asked('true'))).toThrow(coded('APP_NOT_FOUND'))
    expect(() => runs.get(actor, 'hello', 7)).toThrow(coded('RUN_NOT_FOUND'))
  })

  it('goes when its app is destroyed', async () => {
    const { runs, node, clock, actor, deployments, app } = await live()
    node.runGate = new Promise(() => {})
    runs.start(actor, 'hello', asked('sleep 100'))
    await clock.pass(1_000)

    await clock.until(deployments.takeDown(app().id))

    expect(runs.get(actor, 'hello', 1)).toMatchObject({ state: 'stopped' })
  })

  it('of the last hundred is kept, older ones go with their logs', async () => {
    const { runs, clock, actor, db } = await live()
    for (let count = 0; count < 105; count += 1) {
      runs.start(actor, 'hello', asked('true'))
      await clock.pass(200)
    }

    expect(() => runs.get(actor, 'hello', 5)).toThrow(coded('RUN_NOT_FOUND'))
    expect(runs.get(actor, 'hello', 6).state).toBe('succeeded')
    expect(db.prepare('SELECT count(DISTINCT run_id) AS n FROM run_log').get()).toEqual({ n: 100 })
  })
})

describe('a session', () => {
  const open = async ({ runs, actor }: Live, signal = new AbortController().signal) =>
    runs.open(actor, 'hello', wish, signal)

  it('carries what is typed and printed, the window and the signals, and gives the exit code', async () => {
    const harness = await live()
    const session = await open(harness)
    const [played] = harness.node.sessions
    expect(played?.spec).toMatchObject({
      command: 'sh',
      terminal: { columns: 80, rows: 24 },
      env: { TERM: 'xterm-256color', PORT: '3000' },
      idleMs: 1_800_000,
      timeoutMs: 86_400_000,
    })

    await session.write(Buffer.from('ls\r'))
    session.resize({ columns: 100, rows: 30 })
    session.signal('SIGINT')
    session.end()
    played?.print('file\r\n')
    played?.exit(7)
    let printed = ''
    for await (const { bytes } of session.output) printed += Buffer.from(bytes).toString()

    expect([printed, played?.typed()]).toEqual(['file\r\n', 'ls\r'])
    expect(played?.received).toEqual(['window 100x30', 'SIGINT', 'end'])
    expect(await session.exit).toEqual({ exitCode: 7, oomKilled: false })
    expect(harness.runs.get(harness.actor, 'hello', 1)).toMatchObject({
      kind: 'console',
      state: 'failed',
      exitCode: 7,
    })
    expect(harness.audited()).toContain('run.open hello')
  })

  it('is over when whoever has opened it goes, and says so', async () => {
    const harness = await live()
    const gone = new AbortController()
    const session = await open(harness, gone.signal)

    gone.abort()
    await expect(session.exit).rejects.toThrow(coded('RUN_INTERRUPTED'))

    expect(harness.node.sessions[0]?.isAborted()).toBe(true)
    expect(harness.runs.get(harness.actor, 'hello', 1)).toMatchObject({
      state: 'stopped',
      reason: 'whoever asked for it has gone',
    })
  })

  it('of which nothing was heard for too long is timed out', async () => {
    const harness = await live()
    const session = await open(harness)
    harness.node.sessions[0]?.fail(new CodedError('RUN_IDLE'))
    for await (const _ of session.output) expect.unreachable()
    await expect(session.exit).rejects.toThrow(coded('RUN_IDLE'))

    expect(harness.runs.get(harness.actor, 'hello', 1).state).toBe('timed-out')
  })

  it('inside of an instance is in the one that was named, or in the first of web', async () => {
    const { runs, actor, node } = await live()
    const { signal } = new AbortController()

    await runs.openExec(actor, 'hello', undefined, wish, signal)
    await runs.openExec(actor, 'hello', 'web.1', wish, signal)

    const [name] = node.running()
    expect(node.sessions.map(({ spec }) => 'name' in spec && spec.name)).toEqual([name, name])
    await expect(runs.openExec(actor, 'hello', 'worker.1', wish, signal)).rejects.toThrow(
      coded('INSTANCE_NOT_FOUND'),
    )
    expect(runs.get(actor, 'hello', 1).kind).toBe('exec')
  })

  it('that could not be opened leaves a row that says why', async () => {
    const harness = await live()
    harness.node.images.clear()

    await expect(open(harness)).rejects.toThrow(coded('IMAGE_NOT_FOUND'))

    expect(harness.runs.get(harness.actor, 'hello', 1)).toMatchObject({ state: 'failed' })
  })
})

describe('a run whose daemon', () => {
  async function underWay() {
    const folder = mkdtempSync(join(tmpdir(), 'vastrox-runs-'))
    const world = createWorld(join(folder, 'control.db'))
    const first = createHarness(world)
    first.addApp()
    await first.start()
    await first.deploy('a1')
    await first.clock.pass(61_000)
    world.node.runGate = new Promise(() => {})
    first.runs.start(first.actor, 'hello', asked('sleep 100'))
    await first.runs.open(first.actor, 'hello', wish, new AbortController().signal)
    await first.clock.pass(1_000)
    const next = async () => {
      const harness = createHarness(world)
      await harness.start()
      const { items } = harness.runs.list(harness.actor, 'hello', { cursor: undefined, limit: 5 })
      rmSync(folder, { recursive: true })
      return items
    }
    return { first, next }
  }

  it('is killed is recorded by the next one as interrupted (K3)', async () => {
    const { first, next } = await underWay()
    first.kill()

    expect(await next()).toMatchObject([
      { kind: 'console', state: 'interrupted', reason: 'Vastrox was restarted while it ran' },
      { kind: 'command', state: 'interrupted', reason: 'Vastrox was restarted while it ran' },
    ])
  })

  it('is stopped is ended cleanly, and says why', async () => {
    const { first, next } = await underWay()
    await first.clock.until(first.stop())
    expect(first.node.sessions.every((session) => session.isAborted())).toBe(true)
    first.db.close()

    expect(await next()).toMatchObject([
      { state: 'interrupted', reason: 'Vastrox was restarted' },
      { state: 'interrupted', reason: 'Vastrox was restarted' },
    ])
  })
})

describe('the release command', () => {
  const files = { 'server.js': '', Procfile: 'web: node server.js\nrelease: node migrate.js' }

  it('has a log of its own beside the one of its deployment, and runs for a change of env too', async () => {
    const harness = await live()
    const { runs, actor, read, envService, clock } = harness
    const { id } = await harness.deploy('b2', { files })
    await clock.pass(61_000)

    expect(runs.get(actor, 'hello', 1)).toMatchObject({
      kind: 'release',
      state: 'succeeded',
      deployment: 2,
      release: 2,
      command: 'node migrate.js',
    })
    expect(read(1)).toEqual(['migrated', '=====> Done after 0.0 s'])
    expect(harness.logOf(id)).toContain('       migrated')

    envService.change(actor, 'hello', { A: 'b' })
    await clock.pass(120_000)
    expect(runs.get(actor, 'hello', 2)).toMatchObject({ kind: 'release', deployment: 3 })
  })

  it('that fails or takes too long leaves the release before in place', async () => {
    const harness = await live()
    const before = harness.proxy.serves('hello')
    harness.node.run = () => {
      throw new CodedError('RUN_TIMED_OUT')
    }
    harness.appService.changeSettings(harness.actor, 'hello', { releaseTimeoutMs: 5_000 })

    const deployment = await harness.deploy('b2', { files })

    expect(deployment).toMatchObject({
      state: 'failed',
      reason: 'the release command took too long',
    })
    expect(harness.node.ran.at(-1)?.timeoutMs).toBe(5_000)
    expect(harness.proxy.serves('hello')).toEqual(before)
  })
})
