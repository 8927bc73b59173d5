import { createHash } from 'node:crypto'
import { run } from '@vastrox/shared/node/run.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

/** A key as known_hosts has it, without the name: `ssh-ed25519 AAAA…`. */
export const HOST_KEY =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{30,2000}={0,2}$/
/** The best first. */
const TYPES = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ssh-rsa']
const ENV = { PATH: '/usr/bin:/bin', HOME: '/root', LANG: 'C.UTF-8' }
const TIMEOUT_MS = 20_000

interface Host {
  host: string
  port: number
}

/** The name that known_hosts has for it. */
export const nameOf = ({ host, port }: Host): string => (port === 22 ? host : `[${host}]:${port}`)

/** Whether root's own known_hosts, or the machine's, has a key of it. */
export async function isKnownHost(host: Host): Promise<boolean> {
  for (const file of ['/root/.ssh/known_hosts', '/etc/ssh/ssh_known_hosts']) {
    const args = ['-F', nameOf(host), '-f', file]
    if (
      (await run('/usr/bin/ssh-keygen', args, { env: ENV, timeoutMs: TIMEOUT_MS })).exitCode === 0
    )
      return true
  }
  return false
}

/** Shows somebody the key that the server has now; gives it where they say that it is the one. */
export async function askHostKey(
  host: Host,
  question: (text: string) => Promise<string | undefined>,
): Promise<string> {
  const args = ['-T', '10', '-p', String(host.port), host.host]
  const { stdout } = await run('/usr/bin/ssh-keyscan', args, { env: ENV, timeoutMs: TIMEOUT_MS })
  const keys = keysIn(stdout.toString())
  const key = TYPES.map((type) => keys.find((each) => each.startsWith(`${type} `))).find(
    (found) => found !== undefined,
  )
  if (key === undefined)
    throw new SetupError(
      `${nameOf(host)} does not answer as an SSH server.`,
      'Look at the address, the port and the network.',
    )
  const said = await question(
    `  ${nameOf(host)} shows the key ${fingerprintOf(key)} (${key.split(' ')[0]}). Is that the one? [y/N] `,
  )
  if (/^y(es)?$/i.test(said?.trim() ?? '')) return key
  throw new SetupError(
    `Nobody has said that ${nameOf(host)} is the right server.`,
    'vastrox destinations showed its key; give it as VASTROX_RESTORE_HOST_KEY="ssh-ed25519 AAAA…".',
  )
}

/** Of what ssh-keyscan prints, without names and remarks. */
export const keysIn = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim().split(/\s+/).slice(1, 3).join(' '))
    .filter((key) => HOST_KEY.test(key))

/** As ssh says it. */
export const fingerprintOf = (key: string): string => {
  const digest = createHash('sha256').update(Buffer.from(key.split(' ')[1] ?? '', 'base64'))
  return `SHA256:${digest.digest('base64').replace(/=+$/, '')}`
}
