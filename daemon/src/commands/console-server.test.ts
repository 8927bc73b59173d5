import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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
    only: [],
    rootActor: () => harness.actor,
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
    const open = appLogs.open.bind(appLogs)
    appLogs.open = (...args) => {
      const { history, stop } = open(...args)
      opened.resolve()
      return {
        history,
        stop: () => {
          stop()
          stopped.resolve()
        },
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
