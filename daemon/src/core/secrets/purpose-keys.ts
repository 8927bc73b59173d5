import { randomBytes } from 'node:crypto'
import type { Clock } from '#ports/clock.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { PurposeKeyStore } from '#store/purpose-key-store.ts'

interface Deps {
  store: PurposeKeyStore
  secretBox: SecretBox
  clock: Clock
  /** From the oldest master key: what installations had before keys lay in the database. */
  derive: (purpose: string) => Buffer
  /** Of a new installation every key is made at random. */
  isNew: boolean
}

const KEY_BYTES = 32
/** In use before they lay in the database: audit events and sessions must outlive the change. */
const WERE_DERIVED: readonly string[] = [
  'audit',
  'audit-anchor',
  'refresh-token',
  'access-token',
  'idempotency',
]
/** What people are signed in by. */
const SIGN_IN = ['refresh-token', 'access-token'] as const

/**
 * A key for each purpose (C10), sealed under the master key as every secret is: another master key
 * signs nobody out and leaves the audit chain as it was. Asked for once at the start.
 */
export function createPurposeKeys({ store, secretBox, clock, derive, isNew }: Deps) {
  function keep(purpose: string, key: Buffer): Buffer {
    const sealed = secretBox.seal(key.toString('hex'), contextOf(purpose))
    store.saveForPlatform(purpose, sealed, clock.now().toISOString())
    return key
  }

  return {
    /** 32 bytes; another purpose gives a key that tells nothing about this one. */
    deriveKey(purpose: string): Buffer {
      const sealed = store.findForPlatform(purpose)
      if (sealed) return Buffer.from(secretBox.open(sealed, contextOf(purpose)), 'hex')
      const wasDerived = !isNew && WERE_DERIVED.includes(purpose)
      return keep(purpose, wasDerived ? derive(purpose) : randomBytes(KEY_BYTES))
    },

    /**
     * Ends every sign-in at once, and the next start of the daemon signs with keys that nobody has
     * seen. Gives how many ended. To be called in a transaction.
     */
    signOutEverybody(): number {
      for (const purpose of SIGN_IN) keep(purpose, randomBytes(KEY_BYTES))
      return store.endSessionsForPlatform()
    },
  }
}
export type PurposeKeys = ReturnType<typeof createPurposeKeys>

const contextOf = (purpose: string): string => `purpose_keys|${purpose}|key_sealed`
