import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sshOf } from '#agent/firewall/gather-facts.ts'
import { type HostSocket, readStrangers } from '#agent/firewall/sockets.ts'

const OPERATOR = '198.51.100.9'
const SCANNER = '203.0.113.66'

const socket = (inode: string, changes: Partial<HostSocket>): HostSocket => ({
  protocol: 'tcp',
  address: '192.0.2.1',
  port: 22,
  remoteAddress: '0.0.0.0',
  remotePort: 0,
  state: 'listening',
  inode,
  ...changes,
})
const from = (inode: string, remoteAddress: string, port = 22): HostSocket =>
  socket(inode, { state: 'established', remoteAddress, remotePort: 50_000, port })

describe('who is signed in by sshd (rules.md, section 6: pins are of operators)', () => {
  let proc: string
  beforeEach(async () => {
    proc = await mkdtemp(join(tmpdir(), 'proc-'))
  })
  afterEach(() => rm(proc, { recursive: true }))

  async function addProcess(pid: number, comm: string, title: string, inode: string) {
    await mkdir(join(proc, `${pid}`, 'fd'), { recursive: true })
    await writeFile(join(proc, `${pid}`, 'comm'), `${comm}\n`)
    await writeFile(join(proc, `${pid}`, 'cmdline'), `${title.replaceAll(' ', '\0')}\0`)
    await symlink(`socket:[${inode}]`, join(proc, `${pid}`, 'fd', '3'))
  }

  it.each([
    ['sshd', 'sshd: [accepted]'],
    ['sshd', 'sshd: [net]'],
    ['sshd', 'sshd: unknown [net]'],
    ['sshd', 'sshd: root [net]'],
    ['sshd', '/usr/sbin/sshd -D -R'],
    ['sshd-session', '/usr/lib/openssh/sshd-session -D -R'],
    ['sshd-session', 'sshd-session: root [net]'],
    ['sshd-auth', 'sshd-auth: root'],
  ])('is nobody who has not signed in: %s, %s', async (comm, title) => {
    await addProcess(8, 'sshd', 'sshd: root [priv]', '2')
    await addProcess(9, comm, title, '2')

    expect([...(await readStrangers(proc))]).toEqual(['2'])
  })

  it.each([
    ['sshd', 'sshd: root@pts/0'],
    ['sshd', 'sshd: root@notty'],
    ['sshd', 'sshd: root'],
    ['sshd', 'sshd: ada [priv]'],
    ['sshd-session', 'sshd-session: ada@pts/1'],
    ['sshd', 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups'],
    ['bash', 'sshd: root [net]'],
  ])('is not doubted of: %s, %s', async (comm, title) => {
    await addProcess(9, comm, title, '2')

    expect([...(await readStrangers(proc))]).toEqual([])
  })

  it('pins operators, and no scanner that holds a connection', () => {
    const sockets = [socket('1', {}), from('2', OPERATOR), from('3', SCANNER)]
    const owners = new Map(['1', '2', '3'].map((inode) => [inode, 'sshd']))

    expect(sshOf(sockets, owners, new Set(['3']))).toEqual({
      sshPorts: [22],
      operators: [{ protocol: 'tcp', port: 22, source: OPERATOR }],
    })
  })

  it('takes no connection that sshd makes for a tunnel for a way in', () => {
    const tunnel = socket('3', {
      state: 'established',
      port: 49_152,
      remoteAddress: '10.0.0.5',
      remotePort: 5_432,
    })
    const owners = new Map(['1', '2', '3'].map((inode) => [inode, 'sshd']))

    expect(sshOf([socket('1', {}), from('2', OPERATOR), tunnel], owners, new Set())).toEqual({
      sshPorts: [22],
      operators: [{ protocol: 'tcp', port: 22, source: OPERATOR }],
    })
  })

  it('finds the port that systemd holds for sshd by its connections', () => {
    const owners = new Map([
      ['1', 'systemd'],
      ['2', 'sshd'],
    ])

    expect(
      sshOf([socket('1', { port: 2_022 }), from('2', OPERATOR, 2_022)], owners, new Set()),
    ).toEqual({
      sshPorts: [2_022],
      operators: [{ protocol: 'tcp', port: 2_022, source: OPERATOR }],
    })
  })
})
