import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHostKeys } from '#adapters/system/ssh-host-keys.ts'
import type { SshSignIns } from '#core/access/ssh-sign-ins.ts'
import { createSshServer, type SshServer } from '#ssh/server.ts'
import { owner } from '#test/fakes/actors.ts'
import { createSshClient, type SshClient } from '#test/ssh/ssh-client.ts'

let dir: string
let server: SshServer
let client: SshClient
const failed: string[] = []
const problems: unknown[] = []
let mayEnter = true
let running = 0

/** Time enough for a real client on a busy machine. */
const SIGN_IN_MS = 3_000

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vastrox-ssh-limits-'))
  const { privateKeys, publicKeys } = await openHostKeys(join(dir, 'host'))
  const signIns: SshSignIns = {
    waitMs: () => 0,
    byKey: () =>
      mayEnter ? { actor: owner(), key: { id: 'key1', fingerprint: 'SHA256:x' } } : undefined,
    byPassword: async () => undefined,
    succeeded: () => {},
    failed: (address, kind) => failed.push(`${kind} ${address}`),
  }
  server = createSshServer({
    hostKeys: privateKeys,
    place: { host: 'example.com', port: 2222 },
    signIns,
    services: {
      git: async () => 0,
      async console(_signedIn, session) {
        const { command, gone } = session
        running += 1
        if (command === 'wait')
          await new Promise((resolve) => gone.addEventListener('abort', resolve))
        if (command === 'break') throw new Error('a bug')
        if (command === 'much')
          for (let at = 0; at < 200; at++) await session.print('x'.repeat(100_000))
        running -= 1
        return 0
      },
      sftp: async () => 0,
    },
    now: () => new Date(),
    onError: (error) => problems.push(error),
    limits: { connections: 6, connectionsOfUser: 2, signingIn: 3, signInMs: SIGN_IN_MS },
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  client = await createSshClient(join(dir, 'client'), server.port(), publicKeys[0]?.publicKey ?? '')
  await client.newKey()
})
afterAll(async () => {
  await server.close()
  await rm(dir, { recursive: true })
})

const closed = (socket: Socket): Promise<number> => {
  const begun = performance.now()
  socket.on('error', () => undefined)
  socket.resume()
  return new Promise((resolve) => socket.on('close', () => resolve(performance.now() - begun)))
}
async function until(what: string, check: () => boolean): Promise<void> {
  for (let at = 0; at < 800; at++) {
    if (check()) return
    await sleep(25)
  }
  throw new Error(`waited for: ${what}`)
}
const nobody = () => until('nobody to be there', () => server.connections().open === 0)

describe('the limits of the SSH server', () => {
  it('end whoever does not sign in, at no more than three at a time', async () => {
    const begun = performance.now()
    const ends = await Promise.all(
      Array.from({ length: 3 }, () => closed(connect(server.port(), '127.0.0.1'))),
    )
    expect(Math.min(...ends)).toBeGreaterThan(SIGN_IN_MS * 0.9)
    expect(performance.now() - begun).toBeLessThan(SIGN_IN_MS * 4)

    const waiting = Array.from({ length: 3 }, () => closed(connect(server.port(), '127.0.0.1')))
    await sleep(100)
    // The first of them makes room for somebody who has a key.
    expect((await client.ssh(['vastrox@vastrox', 'x'])).code).toBe(0)
    expect(Math.min(...(await Promise.all(waiting)))).toBeLessThan(SIGN_IN_MS * 0.9)
    await nobody()
    expect((await client.ssh(['vastrox@vastrox', 'x'])).code).toBe(0)
  })

  it('give one user two connections, and say so to the third', async () => {
    const first = client.start(['vastrox@vastrox', 'wait'])
    const second = client.start(['vastrox@vastrox', 'wait'])
    await until('both', () => running === 2)

    const third = await client.ssh(['vastrox@vastrox', 'x'])

    expect([third.code, third.err]).toEqual([
      1,
      expect.stringContaining('Too many of your connections are open already; close one.'),
    ])
    first.child.kill()
    await until('a place', () => running === 1)
    await until('a place', () => server.connections().open === 1)
    expect((await client.ssh(['vastrox@vastrox', 'x'])).code).toBe(0)
    second.child.kill()
    await nobody()
    running = 0
  })

  it('hold a command back that says more than its reader takes', async () => {
    const slow = client.start(['vastrox@vastrox', 'much'])
    slow.child.stdout.pause()
    await until('it', () => running === 1)
    await sleep(600)
    expect(running).toBe(1)
    slow.child.stdout.resume()

    expect(await slow.ended).toBe(0)
    expect(slow.out().length).toBe(20_000_000)
  })

  it('keep a bug of a command from the others', async () => {
    const { code } = await client.ssh(['vastrox@vastrox', 'break'])

    expect([code, problems.map(String)]).toEqual([1, ['Error: a bug']])
    expect((await client.ssh(['vastrox@vastrox', 'x'])).code).toBe(0)
    problems.length = 0
  })

  it('count a connection that nobody came in by once, however many keys it offered', async () => {
    mayEnter = false
    failed.length = 0

    expect((await client.ssh(['vastrox@vastrox', 'x'])).code).toBe(255)

    await until('it to be counted', () => failed.length === 1)
    mayEnter = true
    expect(failed).toEqual(['ssh 127.0.0.1'])
  })

  it('let what is under way come to its end before the server closes', async () => {
    const waiting = client.start(['vastrox@vastrox', 'wait'])
    await until('the command', () => server.connections().console === 1)
    const begun = performance.now()

    await server.close()

    expect(performance.now() - begun).toBeGreaterThan(2_000)
    expect(await waiting.ended).toBe(255)
  })
})
