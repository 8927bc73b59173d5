import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { frameOf } from '@vastrox/shared/node/frame.ts'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'
import { encodeSessionInput } from '@vastrox/shared/node/session-frames.ts'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createConsoleServer } from '#commands/console-server.ts'
import { createAppHarness } from '#test/app-harness.ts'

let folder: string
let running: { close(): Promise<void> } | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vastrox-console-'))
})
afterEach(async () => {
  await running?.close()
  await rm(folder, { recursive: true })
})

async function serve() {
  const harness = createAppHarness()
  const socketPath = join(folder, 'console.sock')
  const server = createConsoleServer({
    socketPath,
    services: harness.commandServices,
    only: async () => [],
    rootActor: () => harness.actor,
    rootIn: () => undefined,
    onBug: () => {},
  })
  running = server
  return { ...harness, server, socketPath }
}

function post(socketPath: string, body: string, path = '/command') {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; lines: unknown[] }>()
  const asked = request({ socketPath, method: 'POST', path }, (response) => {
    void text(response).then((all) => {
      const lines = all.split('\n').filter((line) => line !== '')
      resolve({ status: response.statusCode ?? 0, lines: lines.map((line) => JSON.parse(line)) })
    }, reject)
  })
  asked.on('error', reject)
  asked.end(body)
  return promise
}

const ask = (socketPath: string, args: string[]) =>
  post(socketPath, JSON.stringify({ args, actor: 'root' }))

describe('the console socket', () => {
  it('is for its owner only, and takes the place of one that a killed daemon left', async () => {
    const { server, socketPath } = await serve()
    await writeFile(socketPath, '')
    await server.listen()

    const { mode } = await stat(socketPath)

    expect((await stat(socketPath)).isSocket()).toBe(true)
    expect(mode & 0o777).toBe(0o600)
  })

  it('answers a command by what it prints and its exit code', async () => {
    const { server, socketPath } = await serve()
    await server.listen()

    await ask(socketPath, ['create', 'blog'])
    const { lines } = await ask(socketPath, ['apps:info', 'blog', '--json'])
    const refused = await ask(socketPath, ['create', 'blog'])

    expect(lines).toEqual([
      { type: 'stdout', text: expect.stringContaining('"name":"blog"') },
      { type: 'exit', code: 0 },
    ])
    expect(refused.lines).toEqual([
      { type: 'stderr', text: ' !  Another app already has that name.\n' },
      { type: 'exit', code: 1 },
    ])
  })

  it('refuses what it does not understand', async () => {
    const { server, socketPath } = await serve()
    await server.listen()

    expect((await post(socketPath, '{"args":["apps"]}')).status).toBe(400)
    expect((await post(socketPath, 'not json')).status).toBe(400)
    expect((await post(socketPath, '{"args":["apps"],"actor":"root"}', '/other')).status).toBe(404)
  })

  it('streams what comes later, and ends the command when the client hangs up', async () => {
    const { server, socketPath, appService, actor, appLogs } = await serve()
    const { id } = appService.create(actor, { name: 'blog' })
    const opened = Promise.withResolvers<void>()
    const stopped = Promise.withResolvers<void>()
    const listen = appLogs.listen.bind(appLogs)
    appLogs.listen = (...args) => {
      const stop = listen(...args)
      opened.resolve()
      return () => {
        stop()
        stopped.resolve()
      }
    }
    await server.listen()

    const first = Promise.withResolvers<string>()
    const asked = request({ socketPath, method: 'POST', path: '/command' }, (response) => {
      response.on('data', (chunk: Buffer) => first.resolve(chunk.toString()))
      response.on('error', () => {})
    })
    asked.on('error', () => {})
    asked.end(JSON.stringify({ args: ['logs', 'blog', '-f'], actor: 'root' }))

    await opened.promise
    appLogs.say(id, 'hello')

    expect(JSON.parse(await first.promise)).toEqual({
      type: 'stdout',
      text: '2026-11-22T12:00:00Z platform | hello\n',
    })
    asked.destroy()
    await expect(stopped.promise).resolves.toBeUndefined()
  })
})

describe('a command that somebody works with at the console socket', () => {
  async function open(
    args: string[],
    terminal: object | null = { columns: 90, rows: 20, term: 'vt220' },
  ) {
    const harness = await serve()
    harness.addApp()
    await harness.start()
    await harness.deploy('a1')
    await harness.server.listen()
    const lines: { type: string; [key: string]: unknown }[] = []
    const ended = Promise.withResolvers<void>()
    const asked = request({ socketPath: harness.socketPath, method: 'POST', path: '/terminal' })
    asked.on('error', () => ended.resolve())
    asked.on('response', (response) => {
      void (async () => {
        try {
          for await (const raw of readNdjson(response)) lines.push(Line.parse(raw))
        } catch {
          // Hung up.
        }
        ended.resolve()
      })()
    })
    asked.write(frameOf({ args, actor: 'root', stdin: true, terminal }))
    const played = () => {
      const [session] = harness.node.sessions
      if (!session) throw new Error('nothing was opened')
      return session
    }
    return { ...harness, lines, asked, ended: ended.promise, played }
  }
  const Line = z.looseObject({ type: z.string() })

  it('carries keys, the window and what is printed, and passes the exit code on', async () => {
    const { lines, asked, ended, played } = await open(['run', 'hello', '--', 'rails', "a 'b'"])
    await vi.waitFor(() => expect(lines).toEqual([{ type: 'started' }]), 15_000)
    expect(played().spec).toMatchObject({
      command: "rails 'a '\\''b'\\'''",
      terminal: { columns: 90, rows: 20 },
      env: { TERM: 'vt220' },
    })

    asked.write(encodeSessionInput({ type: 'input', bytes: Buffer.from('ls\r') }))
    asked.write(encodeSessionInput({ type: 'window', columns: 50, rows: 10 }))
    await vi.waitFor(() => expect(played().received).toEqual(['window 50x10']), 15_000)
    expect(played().typed()).toBe('ls\r')
    played().print('out\r\n')
    played().exit(5)
    await ended

    expect(lines).toEqual([
      { type: 'started' },
      { type: 'data', stream: 'stdout', base64: Buffer.from('out\r\n').toString('base64') },
      { type: 'exit', code: 5 },
    ])
  })

  it('is ended when its terminal goes', async () => {
    const { asked, lines, played } = await open(['exec', 'hello', 'web.1', '--', 'sh'])
    await vi.waitFor(() => expect(lines).toHaveLength(1), 15_000)

    asked.destroy()

    await vi.waitFor(() => expect(played().isAborted()).toBe(true), 15_000)
  })

  it('has pipes where that is wished, or where there is no terminal', async () => {
    const { lines, played } = await open(['run', 'hello', '--no-tty', '--', 'cat', '--help'])
    await vi.waitFor(() => expect(lines).toHaveLength(1), 15_000)

    expect(played().spec).toMatchObject({ command: 'cat --help', terminal: null, stdin: true })
  })

  it('says why it could not be opened', async () => {
    const { lines, ended } = await open(['shell', 'nothing'])
    await ended

    expect(lines).toEqual([
      { type: 'stderr', text: expect.stringContaining('There is no app with that name.') },
      { type: 'exit', code: 1 },
    ])
  })
})
