import { readdir, readFile } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeSessionInput, type SessionInput } from '@vastrox/shared/node/session-frames.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AgentClient } from '#test/agent-client.ts'
import { bareImageOf } from '#test/bare-image.ts'
import { collect } from '#test/collect.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'
import { idsOf } from '#test/test-installation.ts'

const Event = z.looseObject({ type: z.string(), base64: z.string().optional() })
const Started = z.object({ instances: z.array(z.object({ name: z.string() })) })

let agent: RunningAgent
let client: AgentClient
let imageId: string
/** Instance in which commands are executed. */
let web: string

const APP = 'app00001'
const spec = (changes: Record<string, unknown> = {}) => ({
  appId: APP,
  appName: 'blog',
  releaseId: 'release1',
  releaseNumber: 1,
  process: 'run',
  generation: 1,
  imageId,
  command: 'sh',
  env: { GREETING: 'hello', TERM: 'xterm' },
  limits: { memoryBytes: 128 * 2 ** 20, cpuMillis: 0 },
  terminal: { columns: 80, rows: 24 },
  stdin: true,
  timeoutMs: 60_000,
  idleMs: 60_000,
  ...changes,
})
const exec = (changes: Record<string, unknown> = {}) => ({
  name: web,
  command: 'sh',
  env: { TERM: 'xterm' },
  terminal: { columns: 80, rows: 24 },
  stdin: true,
  timeoutMs: 60_000,
  idleMs: 60_000,
  ...changes,
})

/** A session as somebody at a keyboard has it. */
function open(verb: 'open-run' | 'open-exec', of: unknown) {
  const input = new PassThrough()
  const gone = new AbortController()
  const events: z.infer<typeof Event>[] = []
  let output = ''
  let errors = ''
  const done = (async () => {
    for await (const raw of client.session(verb, of, input, gone.signal)) {
      const event = Event.parse(raw)
      if (event.type === 'output') {
        const text = Buffer.from(event.base64 ?? '', 'base64').toString()
        if (event['stream'] === 'stderr') errors += text
        else output += text
      } else events.push(event)
    }
    return events.at(-1)
  })()
  // An agent that is killed breaks it off at a moment when nobody waits for it yet.
  done.catch(() => undefined)
  const send = (frame: SessionInput): void => {
    input.write(encodeSessionInput(frame))
  }
  return {
    done,
    send,
    type: (text: string): void => send({ type: 'input', bytes: Buffer.from(text) }),
    output: () => output,
    errors: () => errors,
    hangUp: (): void => gone.abort(),
    async see(pattern: RegExp): Promise<void> {
      await until(async () => pattern.test(output), `to see ${pattern} in ${output}`)
    },
  }
}

async function until(is: () => Promise<boolean>, what: string): Promise<void> {
  for (let turn = 0; turn < 300; turn++) {
    if (await is()) return
    await sleep(100)
  }
  throw new Error(`it did not come about in 30 s: ${what}`)
}

const runs = async (): Promise<number> => {
  const left = await idsOf(agent.engine, '/containers/json', agent.instance)
  return left.length - 1
}

/** Processes on this machine whose command line has this in it. */
async function processesWith(text: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  )
  return lines.filter((line) => line.split('\0').includes(text)).length
}

beforeAll(async () => {
  agent = await runAgent()
  client = agent.client()
  await collect(client.stream('prepare-image', { stack: 'node', version: '26' }))
  imageId = await bareImageOf(client, APP)
  const { body } = await client.call('start-instances', {
    ...spec({ process: 'web', command: "node -e 'setInterval(()=>{},1000)'" }),
    ordinals: [1],
    stopGraceMs: 0,
  })
  web = Started.parse(body).instances[0]?.name ?? ''
})
afterAll(() => agent.remove())
beforeEach(async () => {
  await until(async () => (await runs()) === 0, 'no run is left')
})

describe.each(['open-run', 'open-exec'] as const)('a session by %s', (verb) => {
  const of = (changes: Record<string, unknown> = {}) =>
    verb === 'open-run' ? spec(changes) : exec(changes)

  it('has a terminal: what is typed is echoed and run, and its exit code comes back', async () => {
    const session = open(verb, of())

    session.type('tty && echo $((40+2))\r')
    await session.see(/\/dev\/(pts\/\d+|console)[\s\S]*42/)
    session.type('exit 7\r')

    expect(await session.done).toEqual({ type: 'done', exitCode: 7, oomKilled: false })
  })

  it('knows the size of the window, and its changes', async () => {
    const session = open(verb, of({ terminal: { columns: 101, rows: 31 } }))

    session.type('stty size\r')
    await session.see(/31 101/)
    session.send({ type: 'window', columns: 132, rows: 43 })
    await sleep(200)
    session.type('stty size\r')
    await session.see(/43 132/)

    session.type('exit\r')
    expect(await session.done).toMatchObject({ type: 'done', exitCode: 0 })
  })

  it('passes Ctrl-C to what runs, not to the shell around it', async () => {
    const session = open(verb, of())
    session.type('sleep 3017; echo ended-by-$?\r')
    await until(async () => (await processesWith('3017')) > 0, 'sleep runs')

    session.type('\u0003')
    await sleep(300)
    session.type('echo still-$((1+1))\r')
    await session.see(/still-2/)

    expect(await processesWith('3017')).toBe(0)
    session.type('exit 3\r')
    expect(await session.done).toMatchObject({ exitCode: 3 })
  })

  it('without a terminal takes what is piped into it to its end, any bytes', async () => {
    const session = open(verb, of({ terminal: null, command: 'od -An -tx1 && echo oops >&2' }))

    session.send({ type: 'input', bytes: Buffer.from([0, 255, 10, 13, 128]) })
    session.send({ type: 'end' })

    expect(await session.done).toMatchObject({ exitCode: 0 })
    expect(session.output().trim()).toBe('00 ff 0a 0d 80')
    expect(session.errors()).toBe('oops\n')
  })

  it('without a terminal gets the signals that are sent to it', async () => {
    const session = open(verb, of({ terminal: null, command: 'sleep 3018' }))
    await until(async () => (await processesWith('3018')) > 0, 'sleep runs')

    session.send({ type: 'signal', signal: 'SIGTERM' })

    expect(await session.done).toMatchObject({ exitCode: 143 })
  })

  it('reads nothing but an end where it has no standard input', async () => {
    const session = open(verb, of({ terminal: null, stdin: false, command: 'wc -c' }))

    expect(await session.done).toMatchObject({ exitCode: 0 })
    expect(session.output().trim()).toBe('0')
  })

  it('is ended when whoever works with it hangs up, with all that it started', async () => {
    const session = open(verb, of())
    session.type('sleep 3019 & sleep 3019\r')
    await until(async () => (await processesWith('3019')) === 2, 'both run')
    // They may run before what the terminal has shown of it is here, and who hangs up hears no more.
    await expect.poll(() => session.output()).toContain('sleep 3019')

    session.hangUp()
    await session.done.catch(() => undefined)

    await until(async () => (await processesWith('3019')) === 0, 'both are gone')
    await until(async () => (await runs()) === 0, 'its container is gone')
  })

  it('is ended when nothing goes either way for too long, and when it takes too long', async () => {
    const idle = open(verb, of({ command: 'sleep 3020', idleMs: 1_000 }))
    expect(await idle.done).toMatchObject({ type: 'failed', code: 'RUN_IDLE' })

    const busy = open(verb, of({ command: 'while :; do echo; sleep 0.2; done', timeoutMs: 1_500 }))
    expect(await busy.done).toMatchObject({ type: 'failed', code: 'RUN_TIMED_OUT' })

    await until(async () => (await processesWith('3020')) === 0, 'sleep is gone')
    expect(await runs()).toBe(0)
  })

  it('is gone once the agent that was killed under it is back (rules K1, K3)', async () => {
    const session = open(verb, of())
    session.type('sleep 3021 & sleep 3021\r')
    await until(async () => (await processesWith('3021')) === 2, 'both run')

    await agent.stop('SIGKILL')
    await session.done.catch(() => undefined)
    await agent.start()
    client = agent.client()

    await until(async () => (await processesWith('3021')) === 0, 'both are gone')
    await until(async () => (await runs()) === 0, 'its container is gone')
    const { body } = await client.call('list-instances')
    expect(JSON.stringify(body)).toContain('"status":"running"')
  })
})

describe('a session', () => {
  it('in a container of its own has the env, the limits and the network of its app', async () => {
    const session = open('open-run', spec({ terminal: null, stdin: false, command: 'env; id -u' }))

    await session.done

    expect(session.output()).toContain('GREETING=hello')
  })

  it('that runs out of memory says so', async () => {
    const eat = "node -e 'const a=[];for(;;)a.push(Buffer.alloc(1e7,1))'"
    const session = open('open-run', spec({ terminal: null, stdin: false, command: eat }))

    expect(await session.done).toMatchObject({ type: 'done', exitCode: 137, oomKilled: true })
  })

  it('is refused in what is no instance of this installation', async () => {
    const session = open('open-exec', { ...exec(), name: `vastrox-${agent.instance}-nothing` })

    expect(await session.done).toMatchObject({ type: 'refused', status: 404 })
  })
})
