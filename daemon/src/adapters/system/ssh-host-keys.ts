import {
  createHash,
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { CodedError } from '@vastrox/shared/errors.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import type { SshHostKey } from '@vastrox/shared/ssh-key.ts'

/** What the SSH server proves itself with. */
export interface HostKeys {
  /** PEM, in the order in which clients are offered them. */
  privateKeys: readonly string[]
  publicKeys: readonly SshHostKey[]
}

const RSA_BITS = 3_072
const MAGIC = 'openssh-key-v1\0'
const LINE = 70

const KINDS = [
  { file: 'ssh_host_ed25519_key', make: newEd25519, blobOf: blobOfOpenSsh },
  { file: 'ssh_host_rsa_key', make: newRsa, blobOf: blobOfRsa },
] as const

/**
 * Reads the host keys in a folder of the daemon's, in the files that OpenSSH would have, and makes
 * those that are missing. One that is there and cannot be read is never made anew: every client
 * would be told of an attack. Throws SSH_HOST_KEY_INVALID.
 */
export async function openHostKeys(folder: string): Promise<HostKeys> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const privateKeys: string[] = []
  const publicKeys: SshHostKey[] = []
  for (const { file, make, blobOf } of KINDS) {
    const path = `${folder}/${file}`
    const known = read(path)
    const pem = known ?? (await make())
    const shown = publicOf(path, () => blobOf(pem))
    if (known === undefined) {
      await writeAtomically(`${path}.pub`, `${shown.publicKey}\n`, 0o600)
      await writeAtomically(path, pem, 0o600)
    }
    privateKeys.push(pem)
    publicKeys.push(shown)
  }
  return { privateKeys, publicKeys }
}

function read(path: string): string | undefined {
  try {
    if (statSync(path).mode & 0o077)
      throw new CodedError('SSH_HOST_KEY_INVALID', {
        reason: `Others can read ${path}. Check who has, then: chmod 600 ${path}`,
      })
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    if (cause instanceof CodedError) throw cause
    throw new CodedError('SSH_HOST_KEY_INVALID', { path }, { cause })
  }
}

function publicOf(path: string, blobOf: () => Buffer): SshHostKey {
  try {
    const blob = blobOf()
    const type = blob.toString('latin1', 4, 4 + blob.readUInt32BE(0))
    const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')
    return {
      type,
      fingerprint: `SHA256:${digest}`,
      publicKey: `${type} ${blob.toString('base64')}`,
    }
  } catch (cause) {
    throw new CodedError('SSH_HOST_KEY_INVALID', { path }, { cause })
  }
}

async function newRsa(): Promise<string> {
  const made = Promise.withResolvers<KeyObject>()
  generateKeyPair('rsa', { modulusLength: RSA_BITS }, (error, _public, key) =>
    error ? made.reject(error) : made.resolve(key),
  )
  const privateKey = await made.promise
  return privateKey.export({ type: 'pkcs1', format: 'pem' })
}

function blobOfRsa(pem: string): Buffer {
  const { n = '', e = '' } = createPublicKey(pem).export({ format: 'jwk' })
  return Buffer.concat([text('ssh-rsa'), number(e), number(n)])
}

/** In the format of OpenSSH: that of Node is one that ssh2 cannot read. */
async function newEd25519(): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { x = '', d = '' } = privateKey.export({ format: 'jwk' })
  const [open, secret] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')]
  const check = randomBytes(4)
  const blob = Buffer.concat([text('ssh-ed25519'), field(open)])
  const inner = Buffer.concat([
    check,
    check,
    blob,
    field(Buffer.concat([secret, open])),
    text('vastrox'),
  ])
  const padding = Buffer.from(
    Array.from({ length: 7 - ((inner.length + 7) % 8) }, (_, at) => at + 1),
  )
  const body = Buffer.concat([
    Buffer.from(MAGIC),
    text('none'),
    text('none'),
    text(''),
    Buffer.of(0, 0, 0, 1),
    field(blob),
    field(Buffer.concat([inner, padding])),
  ])
  const lines = body.toString('base64').match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

function blobOfOpenSsh(pem: string): Buffer {
  const body = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
  if (body.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('not a key of OpenSSH')
  let at = MAGIC.length
  // Cipher, key derivation and its options.
  for (let skipped = 0; skipped < 3; skipped++) at += 4 + body.readUInt32BE(at)
  at += 4
  const length = body.readUInt32BE(at)
  return body.subarray(at + 4, at + 4 + length)
}

function field(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

const text = (value: string): Buffer => field(Buffer.from(value))

/** Positive: with a zero in front where its first bit is set. */
function number(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url')
  return field((bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
}
