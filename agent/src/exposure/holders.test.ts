import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { containerOf, readHolders, unitOf } from '#agent/exposure/holders.ts'
import { readSockets } from '#agent/firewall/sockets.ts'

const ID = 'c'.repeat(64)

describe('the process behind a socket', () => {
  it('is found by the socket itself, with its user', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0

    const [sockets, holders] = [await readSockets(), await readHolders()]
    const inode = sockets.find((each) => each.port === port && each.state === 'listening')?.inode
    server.close()

    expect(holders.get(inode ?? '')).toMatchObject({ pid: process.pid, user: 'root' })
  })

  it.each([
    [`12:memory:/docker/${ID}\n`, ID],
    [`0::/system.slice/docker-${ID}.scope\n`, ID],
    [`0::/machine.slice/libpod-${ID}.scope\n`, ID],
    ['0::/system.slice/ssh.service\n', null],
  ])('runs in a container by its control group: %j', (groups, expected) => {
    expect(containerOf(groups)).toBe(expected)
  })

  it.each([
    ['0::/system.slice/ssh.service\n', 'ssh.service'],
    [
      '1:name=systemd:/system.slice/system-postgresql.slice/postgresql@15-main.service\n',
      'postgresql@15-main.service',
    ],
    ['0::/\n', null],
  ])('belongs to a unit: %j', (groups, expected) => {
    expect(unitOf(groups)).toBe(expected)
  })
})
