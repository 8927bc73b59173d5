import { createHash } from 'node:crypto'
import { connect as connectTcp, type Socket } from 'node:net'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import { knownHostKey } from './known-host-keys.ts'

export interface SshTarget {
  host: string
  port: number
  user: string
  privateKey?: string
  password?: string
  /** `<type> <base64>`; null: whatever is shown is taken, unless the host is one that we know. */
  hostKey: string | null
}

export interface SshConnection {
  client: Client
  /** What the host proved itself with. */
  hostKey: string
}

const CONNECT_TIMEOUT_MS = 15_000
const READY_TIMEOUT_MS = 20_000
const ALGORITHMS: Record<string, ServerHostKeyAlgorithm[]> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
}

/** What a client of ssh2's needs for such a connection, and what its failure means. */
export interface PreparedSsh {
  config: ConnectConfig
  /** What the host has proved itself with; '' before. */
  hostKey: () => string
  explain: (error: unknown) => CodedError
  /** What has come in so far: neither ssh2 nor the protocol has an end of its own. */
  receivedBytes: () => number
  cutOff: () => void
}

/**
 * Connects to the address that was looked up and judged (rule C11); the host is to prove itself with
 * the key it had the first time. Throws HOST_UNREACHABLE, and what the guard throws.
 */
export async function prepareSsh(
  addresses: GuardedAddresses,
  { host, port, user, privateKey, password, hostKey }: SshTarget,
  signal?: AbortSignal,
): Promise<PreparedSsh> {
  const found = await addresses.resolve(host, port, signal)
  const sock = await connectFirst(found, port, host)
  const pinned = hostKey ?? knownHostKey(host)
  let shown = ''
  let isOther = false
  return {
    hostKey: () => shown,
    receivedBytes: () => sock.bytesRead,
    cutOff: () => void sock.destroy(),
    explain: (error) => explain(error, host, isOther || isNoSharedKey(error, pinned)),
    config: {
      sock,
      username: user,
      readyTimeout: READY_TIMEOUT_MS,
      keepaliveInterval: 15_000,
      keepaliveCountMax: 4,
      ...(privateKey === undefined ? {} : { privateKey }),
      ...(password === undefined ? {} : { password }),
      algorithms: {
        serverHostKey:
          (pinned === null ? undefined : ALGORITHMS[pinned.split(' ')[0] ?? '']) ??
          Object.values(ALGORITHMS).flat(),
      },
      hostVerifier: (key: Buffer) => {
        shown = hostKeyText(key)
        isOther = pinned !== null && shown !== pinned
        return !isOther
      },
    },
  }
}

/**
 * Such a connection, once it stands. Throws HOST_UNREACHABLE, HOST_KEY_CHANGED, REPOSITORY_REFUSED
 * where it does not let us in, and what the guard throws.
 */
export async function connectSsh(
  addresses: GuardedAddresses,
  target: SshTarget,
  signal?: AbortSignal,
): Promise<SshConnection> {
  const { config, hostKey, explain } = await prepareSsh(addresses, target, signal)
  const { default: ssh2 } = await import('ssh2')
  const client = new ssh2.Client()
  const { promise, resolve, reject } = Promise.withResolvers<SshConnection>()
  const onAbort = (): void => {
    client.destroy()
    reject(unreachable(target.host, 'it took too long'))
  }
  signal?.addEventListener('abort', onAbort, { once: true })
  client.on('ready', () => resolve({ client, hostKey: hostKey() }))
  client.on('error', (error) => reject(explain(error)))
  client.on('close', () => {
    signal?.removeEventListener('abort', onAbort)
    reject(unreachable(target.host, 'it closed the connection'))
  })
  try {
    client.connect(config)
  } catch (error) {
    // A key that cannot be read, for one.
    reject(error)
  }
  try {
    return await promise
  } catch (error) {
    client.destroy()
    throw error
  }
}

/** `SHA256:…` as ssh-keygen shows it. */
export const fingerprintOf = (hostKey: string): string =>
  `SHA256:${createHash('sha256')
    .update(Buffer.from(hostKey.split(' ')[1] ?? '', 'base64'))
    .digest('base64')
    .replace(/=+$/, '')}`

/** An OpenSSH key of the kind Ed25519, made for one purpose. */
export async function newSshKey(
  comment: string,
): Promise<{ publicKey: string; privateKey: string }> {
  const { default: ssh2 } = await import('ssh2')
  for (;;) {
    const made = ssh2.utils.generateKeyPairSync('ed25519', { comment })
    // One of 256 begins with a byte of zero, which ssh2 1.17 leaves out: nobody can read that key.
    if (!(ssh2.utils.parseKey(made.private) instanceof Error))
      return { publicKey: made.public, privateKey: made.private }
  }
}

function hostKeyText(key: Buffer): string {
  const length = key.readUInt32BE(0)
  return `${key.toString('latin1', 4, 4 + length)} ${key.toString('base64')}`
}

async function connectFirst(
  addresses: readonly string[],
  port: number,
  host: string,
): Promise<Socket> {
  let problem: unknown
  for (const address of addresses) {
    try {
      return await connectOne(address, port)
    } catch (error) {
      problem = error
    }
  }
  const code = problem instanceof Error && 'code' in problem ? String(problem.code) : 'no answer'
  throw unreachable(host, code === 'ECONNREFUSED' ? 'it refuses the connection' : code)
}

function connectOne(address: string, port: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = connectTcp({ host: address, port, noDelay: true })
  socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error('no answer in time')))
  // For good: a host that resets the connection before ssh2 is there to hear it would end the daemon.
  socket.on('error', reject)
  socket.once('connect', () => {
    socket.setTimeout(0)
    resolve(socket)
  })
  return promise
}

/** A host that has lost the kind of key that we know has another one. */
const isNoSharedKey = (error: unknown, pinned: string | null): boolean =>
  pinned !== null && error instanceof Error && /no matching host key/i.test(error.message)

function explain(error: unknown, host: string, isOtherKey: boolean): CodedError {
  const message = error instanceof Error ? error.message : 'it failed'
  if (isOtherKey)
    return new CodedError('HOST_KEY_CHANGED', {
      reason: `${host} shows another key than the first time.`,
    })
  if (/authentication methods failed/i.test(message))
    return new CodedError('REPOSITORY_REFUSED', {
      reason: `${host} does not let us in: the key or password is not one that it knows.`,
    })
  return unreachable(host, message.slice(0, 100), error)
}

const unreachable = (host: string, why: string, cause?: unknown): CodedError =>
  new CodedError('HOST_UNREACHABLE', { reason: `${host} could not be reached: ${why}.` }, { cause })
