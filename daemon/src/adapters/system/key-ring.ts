import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import { syncDirectory, writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import {
  KEY_BYTES,
  type MasterKey,
  type MasterKeys,
  masterKeyOf,
} from '#adapters/system/master-key.ts'
import type { KeyRing } from '#ports/key-ring.ts'

interface Options {
  /** True for a new installation: a key is made where there is none. */
  create: boolean
  /** systemd's `CREDENTIALS_DIRECTORY`, where the service has credentials. */
  credentials?: string | undefined
}

/** The credential's name: `LoadCredentialEncrypted=vastrox-master-key:…`. */
const CREDENTIAL = 'vastrox-master-key'
const MAX_KEYS = 16
const IN_HEX = new RegExp(`^[0-9a-f]{${KEY_BYTES * 2}}$`, 'i')

/**
 * The master keys: those of a systemd credential first, then those of `<data>/daemon/master.key` (hex,
 * one a line, newest first, 0600). The file is made where this is a new installation; one that is
 * missing is never made anew over existing data: every sealed row would be lost for good. Throws
 * MASTER_KEY_MISSING, and MASTER_KEY_INVALID where anybody else could read them.
 */
export async function openKeyRing(
  path: string,
  { create, credentials }: Options,
): Promise<KeyRing & MasterKeys & { oldest(): MasterKey; forBackup(): string }> {
  const given = readCredential(credentials)
  if (create && given.length === 0 && !existsSync(path)) await write(path, [newSecret()])
  let stored = given.length > 0 && !existsSync(path) ? [] : readFile(path)

  const keyOf = (secret: string): MasterKey => masterKeyOf(Buffer.from(secret, 'hex'))
  const idOf = (secret: string): string => keyOf(secret).id.toString('hex')
  /** Also those that were dropped since the start: something sealed before may be written after. */
  const known = new Map([...given, ...stored].map((secret) => [idOf(secret), keyOf(secret)]))
  const secrets = (): string[] => [...new Set([...given, ...stored])]
  const at = (place: number): MasterKey => {
    const secret = secrets().at(place)
    if (secret === undefined) throw new CodedError('MASTER_KEY_MISSING', { path })
    return keyOf(secret)
  }

  return {
    newest: () => at(0),
    oldest: () => at(-1),
    find: (id) => known.get(id.toString('hex')),
    ids: () => secrets().map(idOf),
    ownIds: () => stored.map(idOf),
    /** As the file holds them, those of a credential too: for what restic encrypts, and for nothing else. */
    forBackup: () => `${secrets().join('\n')}\n`,
    origin: () => (given.length > 0 ? 'credential' : 'file'),

    async add() {
      if (given.length > 0)
        throw new CodedError('MASTER_KEY_GIVEN', {
          reason: `The keys are the systemd credential ${CREDENTIAL} of this service. Put a new one in front of them (openssl rand -hex 32) and restart the service: what is sealed is sealed anew by itself.`,
        })
      if (stored.length >= MAX_KEYS)
        throw new CodedError('MASTER_KEY_INVALID', {
          reason: `There are ${MAX_KEYS} master keys already. vastrox secrets says which rows hold on to the old ones.`,
        })
      const secret = newSecret()
      await write(path, [secret, ...stored])
      stored = [secret, ...stored]
      known.set(idOf(secret), keyOf(secret))
      return idOf(secret)
    },

    async drop(ids) {
      const [newest] = secrets()
      const kept = stored.filter((secret) => secret === newest || !ids.includes(idOf(secret)))
      if (kept.length > 0) await write(path, kept)
      else if (stored.length > 0) {
        rmSync(path, { force: true })
        await syncDirectory(dirname(path))
      }
      stored = kept
    },
  }
}

const newSecret = (): string => randomBytes(KEY_BYTES).toString('hex')

const write = (path: string, secrets: readonly string[]): Promise<void> =>
  writeAtomically(path, `${secrets.join('\n')}\n`, 0o600)

function readFile(path: string): string[] {
  try {
    mustBeOwn(path, statSync(path).mode, 'chmod 600')
    const folder = dirname(path)
    mustBeOwn(folder, statSync(folder).mode, 'chmod 700')
    return parse(path, readFileSync(path, 'utf8'))
  } catch (cause) {
    if (cause instanceof CodedError) throw cause
    throw new CodedError('MASTER_KEY_MISSING', { path }, { cause })
  }
}

function mustBeOwn(path: string, mode: number, repair: string): void {
  if ((mode & 0o077) === 0) return
  const rights = (mode & 0o777).toString(8)
  throw new CodedError('MASTER_KEY_INVALID', {
    reason: `Others can get at ${path} (its rights are ${rights}). Find out who has; then: ${repair} ${path}, start Vastrox, and change the key: vastrox secrets:rotate`,
  })
}

/** systemd sees to its owner; a group that it lets in by an access list shows in the mode. */
function readCredential(folder: string | undefined): string[] {
  if (folder === undefined) return []
  const path = `${folder}/${CREDENTIAL}`
  if (!existsSync(path)) return []
  if (statSync(path).mode & 0o007)
    throw new CodedError('MASTER_KEY_INVALID', { reason: `Everybody can read ${path}.` })
  return parse(path, readFileSync(path, 'utf8'))
}

function parse(path: string, text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim())
  const secrets = lines.filter((line) => line !== '').map((line) => line.toLowerCase())
  if (
    secrets.length === 0 ||
    secrets.length > MAX_KEYS ||
    !secrets.every((line) => IN_HEX.test(line))
  )
    throw new CodedError('MASTER_KEY_INVALID', {
      reason: `${path} does not hold keys: each is a line of ${KEY_BYTES * 2} hexadecimal digits.`,
    })
  return secrets
}
