import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { createEngine } from '#agent/engine/engine.ts'
import { authorization } from '#agent/images/registry/ask.ts'

type Engine = ReturnType<typeof createEngine>

/** How the front behaves: as the registry does, silent, or dead once that many bytes of layers went out. */
type Mood = 'well' | 'silent' | { diesAfterBytes: number }

interface Options {
  /** Nobody else gets in. */
  user?: { username: string; password: string }
}

/**
 * Debian's docker-registry on loopback, behind a front that can fall silent or die in the middle. The
 * engine takes loopback as it is, without TLS.
 */
export async function startRegistry(engine: Engine, { user }: Options = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'vastrox-registry-'))
  const port = await freePort()
  await writeFile(join(directory, 'config.yml'), await configOf(directory, port, user))
  const child = spawn('docker-registry', ['serve', join(directory, 'config.yml')], {
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  await untilAnswers(port)
  let mood: Mood = 'well'
  let sentBytes = 0
  const asked: string[] = []
  const front = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`)
    if (mood !== 'silent') forward(incoming, outgoing)
  })

  function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method, url: path, headers } = incoming
    const onward = request({ host: '127.0.0.1', port, method, path, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 500, reply.headers)
      reply.on('data', (chunk: Buffer) => {
        if (mood === 'silent') return
        if (mood !== 'well' && path?.includes('/blobs/')) {
          sentBytes += chunk.length
          if (sentBytes > mood.diesAfterBytes) mood = 'silent'
        }
        outgoing.write(chunk)
      })
      reply.on('end', () => mood !== 'silent' && outgoing.end())
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  }

  front.listen(0, '127.0.0.1')
  await new Promise<void>((resolve) => {
    front.once('listening', resolve)
  })
  const host = `127.0.0.1:${portOf(front)}`
  return {
    host,
    /** What it was asked for, oldest first. */
    asked,

    behave(next: Mood): void {
      mood = next
      sentBytes = 0
    },

    /** Puts a local image into it under a name, and gives its digest. */
    async put(image: string, name: string): Promise<string> {
      const [repo = '', tag = 'latest'] = name.split(':')
      await engine.act('POST', `/images/${image}/tag`, { query: { repo: `${host}/${repo}`, tag } })
      const reply = await engine.stream('POST', `/images/${host}/${repo}/push`, {
        query: { tag },
        headers: authorization(user ?? null),
        timeoutMs: 120_000,
      })
      let said = ''
      for await (const chunk of reply) said += String(chunk)
      const digest = /"Digest":"(sha256:[0-9a-f]{64})"/.exec(said)?.[1]
      if (digest === undefined) throw new Error(`the registry took no ${name}: ${said.slice(-300)}`)
      await engine.act('DELETE', `/images/${host}/${name.includes(':') ? name : `${name}:latest`}`)
      return digest
    },

    async stop(): Promise<void> {
      front.closeAllConnections()
      front.close()
      const ended = new Promise((resolve) => {
        child.once('exit', resolve)
      })
      child.kill('SIGKILL')
      await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}
export type Registry = Awaited<ReturnType<typeof startRegistry>>

async function configOf(directory: string, port: number, user: Options['user']): Promise<string> {
  const lines = [
    'version: 0.1',
    'log: { level: error }',
    `storage: { filesystem: { rootdirectory: ${join(directory, 'data')} } }`,
    `http: { addr: "127.0.0.1:${port}" }`,
  ]
  if (!user) return lines.join('\n')
  const file = join(directory, 'htpasswd')
  await promisify(execFile)('htpasswd', ['-Bbc', file, user.username, user.password])
  return [...lines, `auth: { htpasswd: { realm: test, path: ${file} } }`].join('\n')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise<void>((resolve) => {
    server.once('listening', resolve)
  })
  const port = portOf(server)
  server.close()
  return port
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it does not listen')
  return address.port
}

async function untilAnswers(port: number): Promise<void> {
  for (let turn = 0; turn < 300; turn++) {
    const answered = await fetch(`http://127.0.0.1:${port}/v2/`).then(
      () => true,
      () => false,
    )
    if (answered) return
    await sleep(100)
  }
  throw new Error('docker-registry does not answer')
}
