import { createHash, hkdfSync } from 'node:crypto'
import { CodedError } from '@vastrox/shared/errors.ts'
import { KEY_ID_BYTES } from '#lib/sealed-bytes.ts'

export const KEY_BYTES = 32

/** A secret of the installation; keys are derived from it, one for each purpose (C10). */
export interface MasterKey {
  /** First 4 bytes of its digest: names the key in each sealed row. */
  id: Buffer
  /** 32 bytes; another purpose gives a key that tells nothing about this one. */
  deriveKey(purpose: string): Buffer
}

/** What a secret box looks its keys up in. */
export interface MasterKeys {
  /** Seals. */
  newest(): MasterKey
  find(id: Buffer): MasterKey | undefined
}

/** From its bytes. A key alone is a ring of one; tests make theirs so. */
export function masterKeyOf(bytes: Buffer): MasterKey & MasterKeys {
  if (bytes.length !== KEY_BYTES) throw new CodedError('MASTER_KEY_INVALID')
  const key: MasterKey = {
    id: createHash('sha256').update(bytes).digest().subarray(0, KEY_ID_BYTES),
    deriveKey: (purpose) =>
      Buffer.from(hkdfSync('sha256', bytes, '', `vastrox ${purpose}`, KEY_BYTES)),
  }
  return { ...key, newest: () => key, find: (id) => (id.equals(key.id) ? key : undefined) }
}
