import { expect, it } from 'vitest'
import { originOf, whereFrom } from '#agent/cli/where-from.ts'

const NOW = new Date('2026-11-26T12:00:00.000Z')
const SSH = { SSH_CONNECTION: '203.0.113.7 51234 198.51.100.1 22' }
const shell = { name: 'bash', commandLine: '-bash ', ageSeconds: 20 }
const session = { name: 'sshd', commandLine: 'sshd: root@pts/0 ', ageSeconds: 20.5 }
const accepted = { name: 'sshd', commandLine: 'sshd: root [priv] ', ageSeconds: 22 }
const listener = {
  name: 'sshd',
  commandLine: 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups ',
  ageSeconds: 90_000,
}

it('takes the moment at which the connection of the session was accepted', () => {
  expect(originOf([shell, session, accepted, listener], SSH, NOW)).toEqual({
    kind: 'connection',
    begunAt: '2026-11-26T11:59:38.000Z',
    address: '203.0.113.7',
  })
})

it('knows a session from behind sudo, which takes its env away', () => {
  const sudo = { name: 'sudo', commandLine: 'sudo vastrox firewall:confirm ', ageSeconds: 1 }

  expect(originOf([sudo, shell, session, accepted, listener], {}, NOW)).toMatchObject({
    kind: 'connection',
    address: null,
  })
})

it('knows the names of newer OpenSSH', () => {
  const newer = { name: 'sshd-session', commandLine: 'sshd-session: root [priv] ', ageSeconds: 5 }

  expect(originOf([shell, newer, listener], SSH, NOW)).toMatchObject({
    begunAt: '2026-11-26T11:59:55.000Z',
  })
})

it('believes no terminal that outlives its connection', () => {
  const tmux = { name: 'tmux: server', commandLine: 'tmux ', ageSeconds: 5 }

  expect(originOf([shell, tmux], SSH, NOW)).toEqual({ kind: 'unknown' })
  expect(originOf([shell, tmux], {}, NOW)).toEqual({ kind: 'unknown' })
  expect(originOf([shell], SSH, NOW)).toEqual({ kind: 'unknown' })
})

it.each([
  ['ttyd', 'ttyd -p 7681 bash '],
  ['node', 'node /usr/lib/node_modules/wetty/build/main.js --port 3000 '],
  ['cockpit-bridge', 'cockpit-bridge '],
  ['perl', '/usr/bin/perl /usr/share/webmin/miniserv.pl /etc/webmin/miniserv.conf '],
  ['node', '/usr/lib/code-server/lib/node /usr/lib/code-server --bind-addr 0.0.0.0:8080 '],
  ['ssm-session-wor', '/usr/bin/ssm-session-worker anna-0123 '],
  ['dropbear', 'dropbear -F -p 22 '],
  ['mosh-server', 'mosh-server new -s '],
  ['python3', '/usr/bin/python3 /usr/local/bin/jupyter-lab --ip 0.0.0.0 '],
])('takes no shell that %s gives to somebody elsewhere for the console', (name, commandLine) => {
  const server = { name, commandLine, ageSeconds: 900 }

  expect(originOf([shell, server], {}, NOW)).toEqual({ kind: 'unknown' })
})

it('knows the console of the machine, and reads the real ancestors of a process', () => {
  const login = { name: 'login', commandLine: '/bin/login -p -- ', ageSeconds: 900 }

  expect(originOf([shell, login], {}, NOW)).toEqual({ kind: 'console' })
  expect(['console', 'connection', 'unknown']).toContain(whereFrom({}, NOW).kind)
})
