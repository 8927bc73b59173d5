import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { ReadLogs } from '@vastrox/shared/agent-api.ts'
import { instanceName } from '@vastrox/shared/instance-name.ts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readLogs } from '#agent/containers/read-logs.ts'
import type { Engine } from '#agent/engine/engine.ts'
import type { AgentClient } from '#test/agent-client.ts'
import { bareImageOf } from '#test/bare-image.ts'
import { collect, outputOf } from '#test/collect.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'
import { idsOf } from '#test/test-installation.ts'

const Image = z.object({ Id: z.string() })
const Started = z.object({ instances: z.array(z.object({ name: z.string(), host: z.string() })) })
const Listed = z.object({
  instances: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      exitCode: z.number().nullable(),
      restarts: z.number(),
      host: z.string(),
    }),
  ),
})

const SERVE =
  'require("node:http").createServer((q,s)=>s.end(process.env.ANSWER)).listen(3000, process.env.HOST)'

let agent: RunningAgent
let client: AgentClient
/** Built for the app that `spec` is of. */
let imageId: string
/** Made by no build of this installation. */
let foreignImageId: string
let generation = 0

const spec = (changes: Record<string, unknown> = {}) => ({
  appId: 'app00001',
  appName: 'blog',
  releaseId: 'release1',
  releaseNumber: 1,
  process: 'web',
  generation,
  ordinals: [1],
  imageId,
  command: `node -e '${SERVE}'`,
  env: { ANSWER: 'hello' },
  limits: { memoryBytes: 128 * 2 ** 20, cpuMillis: 0 },
  stopGraceMs: 1_000,
  ...changes,
})

const nameOf = (ordinal: number): string =>
  instanceName({ ...spec(), installation: agent.instance, ordinal })

async function start(changes: Record<string, unknown> = {}) {
  generation += 1
  const { status, body } = await client.call('start-instances', spec(changes))
  expect([status, body]).toEqual([200, body])
  return Started.parse(body).instances
}

const list = async () => Listed.parse((await client.call('list-instances')).body).instances
const stop = (names: string[], graceMs = 1_000) => client.call('stop-instances', { names, graceMs })

async function until<Result>(look: () => Promise<Result | undefined | false>): Promise<Result> {
  for (let turn = 0; turn < 300; turn++) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    await sleep(100)
  }
  throw new Error('it did not come about in 30 s')
}

beforeAll(async () => {
  agent = await runAgent()
  client = agent.client()
  const [prepared] = (
    await collect(client.stream('prepare-image', { stack: 'node', version: '26' }))
  ).slice(-1)
  if (prepared?.type !== 'done') throw new Error('the image could not be prepared')
  foreignImageId = (await agent.engine.get('/images/vastrox/node:26/json', Image)).Id
  imageId = await bareImageOf(client, 'app00001')
})
afterAll(() => agent.remove())
afterEach(async () => {
  await stop(
    (await list()).map(({ name }) => name),
    0,
  )
})

describe('starting instances', () => {
  it('gives every one a fixed address at which it answers, and repeats are already done (rule K2)', async () => {
    const started = await start({ ordinals: [1, 2] })
    const again = Started.parse(
      (await client.call('start-instances', spec({ ordinals: [1, 2] }))).body,
    )

    const answers = await Promise.all(
      started.map(({ host }) =>
        until(() =>
          fetch(`http://${host}:3000/`).then(
            (reply) => reply.text(),
            () => undefined,
          ),
        ),
      ),
    )

    expect(started.map(({ name }) => name)).toEqual([nameOf(1), nameOf(2)])
    expect(again.instances).toEqual(started)
    expect(answers).toEqual(['hello', 'hello'])
    expect(await list()).toHaveLength(2)
    await stop(started.map(({ name }) => name))
    expect(await list()).toEqual([])
  })

  it('is all or nothing: one that cannot start leaves none behind', async () => {
    generation += 1
    const { status, body } = await client.call(
      'start-instances',
      spec({ ordinals: [1, 2], imageId: `sha256:${'0'.repeat(64)}` }),
    )

    expect([status, body]).toMatchObject([404, { error: { code: 'IMAGE_NOT_FOUND' } }])
    expect(await list()).toEqual([])
  })

  it('runs no image but those that were built here for this app (rules C7, K7)', async () => {
    generation += 1
    const images = [foreignImageId, await bareImageOf(client, 'app00002')]

    for (const each of images) {
      const started = await client.call('start-instances', spec({ imageId: each }))
      const ran = await collect(
        client.stream('run-once', {
          ...spec({ imageId: each, command: 'node -v' }),
          timeoutMs: 20_000,
        }),
      )

      expect(started).toMatchObject({ status: 404, body: { error: { code: 'IMAGE_NOT_FOUND' } } })
      expect(JSON.stringify(ran)).toContain('IMAGE_NOT_FOUND')
    }
    expect(await idsOf(agent.engine, '/containers/json', agent.instance)).toEqual([])
  })

  it('never takes a container of something else for its own (rule K7)', async () => {
    generation += 1
    const name = nameOf(1)
    await agent.engine.act('POST', '/containers/create', {
      query: { name },
      json: { Image: foreignImageId },
    })
    try {
      const started = await client.call('start-instances', spec())
      const stopped = await stop([name])

      expect(started).toMatchObject({
        status: 409,
        body: { error: { code: 'INSTANCE_NAME_TAKEN' } },
      })
      expect(stopped).toMatchObject({
        status: 404,
        body: { error: { code: 'INSTANCE_NOT_FOUND' } },
      })
      await expect(agent.engine.act('GET', `/containers/${name}/json`)).resolves.toBeUndefined()
    } finally {
      await agent.engine.act('DELETE', `/containers/${name}`, { query: { force: true } })
    }
  })

  it('passes env values on as they are: quotes, dollars, newlines, unicode, 64 KB', async () => {
    const env = { A: `'"$HOME \`x\` \\ # =`, B: 'one\ntwo\n', C: 'grün ✓', D: 'x'.repeat(65_536) }
    const events = await collect(
      client.stream('run-once', {
        ...spec({
          command:
            'node -p "JSON.stringify([process.env.A,process.env.B,process.env.C,process.env.D])"',
          env,
        }),
        timeoutMs: 20_000,
      }),
    )

    expect(JSON.parse(outputOf(events))).toEqual(Object.values(env))
  })

  it('keeps privileges, limits and namespaces to what the rules say', async () => {
    const events = await collect(
      client.stream('run-once', {
        ...spec({
          command:
            'cat /proc/self/status /proc/1/comm /proc/self/limits; cat /proc/self/oom_score_adj',
        }),
        timeoutMs: 20_000,
      }),
    )
    const text = outputOf(events)

    expect(text).toMatch(/^CapBnd:\s+00000000000004e3$/m)
    expect(text).toMatch(/^NoNewPrivs:\s+1$/m)
    expect(text).toMatch(/^Seccomp:\s+2$/m)
    expect(text).toMatch(/^docker-init$/m)
    expect(text.trim().endsWith('300')).toBe(true)
  })
})

describe('an agent killed while it starts instances', () => {
  it.each(['agent.addresses-taken', 'agent.container-created', 'agent.container-started'])(
    'at %s: the same call again ends with one container each, at the address it had (rules K2, K3)',
    async (point) => {
      await agent.stop()
      await agent.start({ VASTROX_CRASH_AT: point })
      generation += 1
      const call = () => client.call('start-instances', spec({ ordinals: [1, 2] }))
      await expect(call()).rejects.toThrow(/hang up|reset/i)
      await until(async () => agent.pid() === 0)
      await agent.start()

      const first = Started.parse((await call()).body).instances
      const again = Started.parse((await call()).body).instances

      expect(again).toEqual(first)
      expect(await idsOf(agent.engine, '/containers/json', agent.instance)).toHaveLength(2)
      expect((await list()).map(({ status }) => status)).toEqual(['running', 'running'])
      expect(new Set(first.map(({ host }) => host)).size).toBe(2)
    },
  )
})

describe('an instance that is kept', () => {
  it('is restarted by the engine itself, at the same address, and one that is not kept stays down', async () => {
    const [kept, left] = await start({ ordinals: [1, 2] })
    if (!kept || !left) throw new Error('not started')
    await client.call('keep-instances', { names: [kept.name] })
    await Promise.all(
      [kept, left].map(({ host }) =>
        until(() =>
          fetch(`http://${host}:3000/`).then(
            (reply) => reply.text(),
            () => undefined,
          ),
        ),
      ),
    )

    const inspected = await Promise.all(
      [kept, left].map(({ name }) =>
        agent.engine.get(
          `/containers/${name}/json`,
          z.object({ State: z.object({ Pid: z.number() }) }),
        ),
      ),
    )
    for (const { State } of inspected) process.kill(State.Pid, 'SIGKILL')

    const back = await until(async () =>
      (await list()).find(
        ({ name, restarts, status }) => name === kept.name && restarts > 0 && status === 'running',
      ),
    )
    const down = (await list()).find(({ name }) => name === left.name)
    expect(back).toMatchObject({ status: 'running', host: kept.host, exitCode: null })
    expect(down).toMatchObject({ status: 'exited', exitCode: 137, restarts: 0 })
    expect(
      await until(() =>
        fetch(`http://${kept.host}:3000/`).then(
          (reply) => reply.text(),
          () => undefined,
        ),
      ),
    ).toBe('hello')
    await stop([kept.name, left.name])
  })
})

describe('a program that prints without end (section 7)', () => {
  it('is slowed down at its source, so that the engine is not kept busy by it', async () => {
    const flood = `const rest="x".repeat(1000)+"\\n";let at=0;const more=()=>{while(process.stdout.write(at+++rest));};process.stdout.on("drain",more);more()`
    const [noisy] = await start({ command: `node -e '${flood}'` })
    const name = noisy?.name ?? ''
    const reading = new AbortController()
    const read = (async () => {
      const input = { name, since: null, tail: null, follow: true }
      for await (const _line of client.stream('read-logs', input, reading.signal));
    })().catch(() => 'ended')
    const printedKb = async (): Promise<number> => {
      const tail = { name, since: null, tail: 1, follow: false }
      return Number.parseInt(outputOfLogs(await collect(client.stream('read-logs', tail))), 10)
    }

    // It may begin with a burst, for as long as a busy machine takes to look at it.
    await sleep(2_000)
    let before = await printedKb()
    let printed = Number.POSITIVE_INFINITY
    for (let turn = 0; turn < 10 && printed > 20_000; turn += 1) {
      await sleep(2_000)
      const after = await printedKb()
      printed = after - before
      before = after
    }
    reading.abort()
    await read

    expect(printed).toBeGreaterThan(100)
    expect(printed).toBeLessThan(20_000)
  })
})

describe('a log that is rotated while its follower waits at the old file', () => {
  const CALM = 3
  /** 15 MB: the engine begins a new file after ten. */
  const MORE = 15_000
  const program = `let n=0;const rest=" "+"x".repeat(1000)+"\\n";const print=(m)=>{for(let i=0;i<m;i++)process.stdout.write(++n+rest)};print(${CALM});require("node:http").createServer((q,s)=>{print(${MORE});s.end()}).listen(3000,process.env.HOST)`

  /** As the engine is when it misses that a file was rotated: who follows gets nothing more. */
  function stuckEngine() {
    const replies: (() => void)[] = []
    const engine: Engine = {
      ...agent.engine,
      stream: async (...call) => {
        const reply = await agent.engine.stream(...call)
        replies.push(() => {
          reply.read = () => null
        })
        return reply
      },
    }
    return { engine, replies }
  }

  it('is read on from where it was, whole and once, since the file itself was written to', async () => {
    const [instance] = await start({ command: `node -e '${program}'` })
    const { name = '', host = '' } = instance ?? {}
    const { engine, replies } = stuckEngine()
    const gone = new AbortController()
    const numbers: number[] = []
    const reading = readLogs(
      { engine, instance: agent.instance, notices: { tell: () => {} }, silenceMs: 500 },
      ReadLogs.parse({ name, since: null, tail: null, follow: true }),
      {
        emit: async (...events) => {
          for (const event of events)
            if (event.type === 'line') numbers.push(Number.parseInt(event.text, 10))
        },
        signal: gone.signal,
        body: Readable.from([]),
      },
    ).catch(() => 'ended')
    await until(async () => numbers.length === CALM)
    replies[0]?.()
    await until(() =>
      fetch(`http://${host}:3000/`).then(
        () => true,
        () => undefined,
      ),
    )

    await until(async () => numbers.length >= CALM + MORE)
    gone.abort()
    await reading
    expect(numbers).toEqual(Array.from({ length: CALM + MORE }, (_, at) => at + 1))
    expect(replies.length).toBeGreaterThan(1)
    const Files = z.object({ LogPath: z.string() })
    const { LogPath } = await agent.engine.get(`/containers/${name}/json`, Files)
    expect((await stat(`${LogPath}.1`)).size).toBeGreaterThan(9_000_000)
  })
})

describe('stopping', () => {
  it('tells the program beneath a compound command to end, and waits for it (rule D1)', async () => {
    const program = `node -e 'process.on("SIGTERM",()=>setTimeout(()=>{console.log("graceful");process.exit(0)},300)); setInterval(()=>{},1e6); console.log("up")'`
    const [instance] = await start({ command: `true && ${program}; echo never` })
    const name = instance?.name ?? ''
    const printed = async (): Promise<string> =>
      outputOfLogs(
        await collect(client.stream('read-logs', { name, since: null, tail: null, follow: true })),
      )
    const reading = printed()
    await until(async () =>
      outputOfLogs(
        await collect(client.stream('read-logs', { name, since: null, tail: null, follow: false })),
      ).includes('up'),
    )

    await stop([name], 20_000)

    expect(await reading).toContain('graceful')
    expect(await reading).not.toContain('never')
  })

  it('gives a program its grace, ends one that does not listen, and takes an absent name for done', async () => {
    const [polite] = await start({
      command: `node -e 'process.on("SIGTERM",()=>process.exit(0)); setInterval(()=>{},1e6); console.log("up")'`,
    })
    const [deaf] = await start({
      command: `node -e 'process.on("SIGTERM",()=>{}); setInterval(()=>{},1e6); console.log("up")'`,
    })
    if (!polite || !deaf) throw new Error('not started')
    for (const { name } of [polite, deaf])
      await until(async () =>
        outputOfLogs(
          await collect(
            client.stream('read-logs', { name, since: null, tail: null, follow: false }),
          ),
        ).includes('up'),
      )

    const timed = async (names: string[], graceMs: number): Promise<number> => {
      const startedAt = performance.now()
      await stop(names, graceMs)
      return performance.now() - startedAt
    }

    expect(await timed([polite.name], 20_000)).toBeLessThan(5_000)
    expect(await timed([deaf.name], 1_000)).toBeGreaterThan(900)
    expect((await stop([polite.name, `vastrox-${agent.instance}-never-was`])).status).toBe(200)
    expect(await list()).toEqual([])
  })
})

describe('what listens', () => {
  it('is seen from outside, an app on 127.0.0.1 as such, the engine’s own name server not at all', async () => {
    const [open] = await start()
    const [closed] = await start({ env: { HOST: '127.0.0.1' } })
    if (!open || !closed) throw new Error('not started')
    const listeners = (name: string) =>
      until(async () => {
        const { body } = await client.call('list-listeners', { name })
        return Array.isArray(body['listeners']) && body['listeners'].length > 0 && body['listeners']
      })

    expect(await listeners(open.name)).toEqual([{ address: '::', port: 3000 }])
    expect(await listeners(closed.name)).toEqual([{ address: '127.0.0.1', port: 3000 }])
    const { body } = await client.call('measure-instances')
    expect(body['instances']).toHaveLength(2)
    await stop([open.name, closed.name])
  })
})

const outputOfLogs = (events: { type: string; text?: string }[]): string =>
  events.map((event) => (event.type === 'line' ? `${event.text}\n` : '')).join('')

describe('logs', () => {
  const COUNT = `node -e 'let n=0; setInterval(()=>{ n++; (n%2?console.log:console.error)("line "+n); if(n===300) clearInterval(this) },5); setInterval(()=>{},1e6)'`

  it('resume where a reader was cut off, without loss and without repeat', async () => {
    const [instance] = await start({ command: COUNT })
    if (!instance) throw new Error('not started')
    const seen: { at: string; text: string; stream: string }[] = []
    let since: string | null = null
    while (seen.length < 250) {
      const cut = new AbortController()
      const events = client.stream(
        'read-logs',
        { name: instance.name, since, tail: null, follow: true },
        cut.signal,
      )
      let count = 0
      for await (const event of events) {
        if (event.type !== 'line') break
        seen.push(event)
        since = event.at
        count += 1
        if (count === 37) break
      }
      cut.abort()
    }

    const numbers = (stream: string): number[] =>
      seen.flatMap((line) => (line.stream === stream ? [Number(line.text.slice(5))] : []))
    const odd = numbers('stdout')
    const even = numbers('stderr')
    expect(odd).toEqual(odd.map((_number, index) => index * 2 + 1))
    expect(even).toEqual(even.map((_number, index) => index * 2 + 2))
    expect(odd.length + even.length).toBe(seen.length)
    expect(new Set(seen.map(({ at }) => at)).size).toBe(seen.length)
    await stop([instance.name], 0)
  })

  it('are followed over a restart and end when the instance is removed', async () => {
    const [instance] = await start({
      command: `node -e 'console.log("born"); setTimeout(()=>process.exit(3), 400)'`,
    })
    if (!instance) throw new Error('not started')
    await client.call('keep-instances', { names: [instance.name] })
    const following = collect(
      client.stream('read-logs', { name: instance.name, since: null, tail: null, follow: true }),
    )

    await until(async () => (await list()).some(({ restarts }) => restarts >= 2))
    await stop([instance.name], 0)
    const events = await following

    expect(events.at(-1)).toEqual({ type: 'done' })
    expect(events.filter((event) => event.text === 'born').length).toBeGreaterThanOrEqual(2)
  })

  it('give the last lines when asked for a tail, and cut what is longer than 16 KiB', async () => {
    const [instance] = await start({
      command: `node -e 'for(let i=0;i<9;i++)console.log("n"+i); console.log("y".repeat(40000)); setInterval(()=>{},1e6)'`,
    })
    if (!instance) throw new Error('not started')
    const read = (tail: number | null) =>
      collect(client.stream('read-logs', { name: instance.name, since: null, tail, follow: false }))
    const all = await until(async () => {
      const events = await read(null)
      return events.length > 12 && events
    })

    expect(all.slice(0, 3).map((event) => event.text)).toEqual(['n0', 'n1', 'n2'])
    expect(all.slice(9, -1).map((event) => event.text.length)).toEqual([16_384, 16_384, 7_232])
    expect((await read(1)).length).toBeLessThan(5)
    await stop([instance.name], 0)
  })
})

describe('a one-off command', () => {
  const once = (command: string, timeoutMs = 20_000) =>
    client.stream('run-once', { ...spec({ command, process: 'release' }), timeoutMs })

  it('gives its output by stream and its exit code, and leaves no container', async () => {
    const events = await collect(once('echo out; echo err >&2; exit 3'))

    expect(events.at(-1)).toEqual({ type: 'done', exitCode: 3, oomKilled: false })
    expect(new Set(events.slice(0, -1))).toEqual(
      new Set([
        { type: 'output', stream: 'stdout', text: 'out\n' },
        { type: 'output', stream: 'stderr', text: 'err\n' },
      ]),
    )
    expect(await idsOf(agent.engine, '/containers/json', agent.instance)).toEqual([])
  })

  it('is ended when its time is up, and when its caller goes', async () => {
    const late = await collect(once('sleep 60', 1_000))
    const leaving = new AbortController()
    const left = client.stream(
      'run-once',
      { ...spec({ command: 'echo up; sleep 60' }), timeoutMs: 20_000 },
      leaving.signal,
    )
    await left.next()
    leaving.abort()

    expect(late.at(-1)).toMatchObject({ error: { code: 'RUN_TIMED_OUT' } })
    await until(
      async () => (await idsOf(agent.engine, '/containers/json', agent.instance)).length === 0,
    )
  })

  it('that an agent left behind when it was killed is removed by the next', async () => {
    const running = once('echo up; sleep 60')
    await running.next()
    await agent.stop('SIGKILL')
    await running.next().catch(() => undefined)
    expect(await idsOf(agent.engine, '/containers/json', agent.instance)).toHaveLength(1)

    await agent.start()

    await until(
      async () => (await idsOf(agent.engine, '/containers/json', agent.instance)).length === 0,
    )
  })
})

describe('watching', () => {
  it('tells starts, deaths and removals of our instances, and of nothing else', async () => {
    const leaving = new AbortController()
    const events = client.stream('watch', {}, leaving.signal)
    const seen: { type: string; name?: string; action?: string; exitCode?: number }[] = []
    const watching = (async () => {
      for await (const event of events) {
        seen.push(event)
        if (event.action === 'destroy') break
      }
    })()
    await sleep(300)

    await agent.engine.act('POST', '/containers/create', {
      query: { name: `foreign-${agent.instance}` },
      json: { Image: foreignImageId, Cmd: ['true'] },
    })
    await agent.engine.act('POST', `/containers/foreign-${agent.instance}/start`)
    await agent.engine.act('DELETE', `/containers/foreign-${agent.instance}`, {
      query: { force: true },
    })
    const [instance] = await start({ command: 'sh -c "exit 5"' })
    if (!instance) throw new Error('not started')
    await stop([instance.name])
    await watching
    leaving.abort()

    const { name } = instance
    expect(seen.filter((event) => event.type === 'instance')).toEqual([
      { type: 'instance', name, action: 'start', exitCode: null },
      { type: 'instance', name, action: 'die', exitCode: 5 },
      { type: 'instance', name, action: 'destroy', exitCode: null },
    ])
    expect(seen[0]).toEqual({ type: 'heartbeat' })
  })
})

describe('a bridge', () => {
  it('that somebody removed is made again', async () => {
    const [first] = await start()
    await stop([first?.name ?? ''], 0)
    await agent.engine.act('DELETE', `/networks/vastrox-${agent.instance}-app00001`)

    const [second] = await start()

    expect(second?.host).toBeDefined()
    expect(second?.host).not.toBe(first?.host)
  })

  it('that we forgot about is taken over with what stands on it', async () => {
    const [before] = await start()
    await agent.stop()
    await rm(join(agent.paths.agent, 'networks'), { recursive: true })
    await agent.start()

    const [after] = await start()

    expect(after?.host.split('.').slice(0, 2)).toEqual(before?.host.split('.').slice(0, 2))
    expect(after?.host).not.toBe(before?.host)
    expect(await idsOf(agent.engine, '/networks', agent.instance)).toHaveLength(1)
  })
})

describe('removing an app', () => {
  it('takes its instances and its bridge, and nothing of another app; a repeat is done', async () => {
    const [other] = await start({
      appId: 'app00002',
      appName: 'shop',
      imageId: await bareImageOf(client, 'app00002'),
    })
    await start({ ordinals: [1, 2] })

    const first = await client.call('remove-app', { appId: 'app00001' })
    const again = await client.call('remove-app', { appId: 'app00001' })

    expect([first.status, again.status]).toEqual([200, 200])
    expect((await list()).map(({ name }) => name)).toEqual([other?.name])
    expect(await idsOf(agent.engine, '/networks', agent.instance)).toHaveLength(1)
    await client.call('remove-app', { appId: 'app00002' })
    expect(await idsOf(agent.engine, '/networks', agent.instance)).toEqual([])
  })
})
