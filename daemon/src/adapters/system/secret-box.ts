import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { MasterKey } from '#adapters/system/master-key.ts'
import type { SecretBox } from '#ports/secret-box.ts'

const CIPHER = 'aes-256-gcm'
const VERSION = 1
const IV_BYTES = 12
const TAG_BYTES = 16
const KEY_ID_AT = 1
const IV_AT = 5
const TAG_AT = IV_AT + IV_BYTES
const TEXT_AT = TAG_AT + TAG_BYTES

/** A sealed value: version (1), key id (4), iv (12), tag (16), ciphertext. The context is bound as AAD. */
export function createSecretBox(masterKey: MasterKey): SecretBox {
  const key = masterKey.deriveKey('secret-box')

  return {
    seal(plain, context) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(context))
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(VERSION), masterKey.id, iv, cipher.getAuthTag(), text])
    },

    open(sealed, context) {
      if (sealed.length < TEXT_AT || sealed[0] !== VERSION)
        throw new CodedError('SECRET_UNREADABLE', { context })
      if (!sealed.subarray(KEY_ID_AT, IV_AT).equals(masterKey.id))
        throw new CodedError('SECRET_UNREADABLE', {
          context,
          reason: 'A stored secret was sealed with another master key.',
        })
      const decipher = createDecipheriv(CIPHER, key, sealed.subarray(IV_AT, TAG_AT))
        .setAAD(Buffer.from(context))
        .setAuthTag(sealed.subarray(TAG_AT, TEXT_AT))
      try {
        return Buffer.concat([
          decipher.update(sealed.subarray(TEXT_AT)),
          decipher.final(),
        ]).toString('utf8')
      } catch (cause) {
        throw new CodedError('SECRET_UNREADABLE', { context }, { cause })
      }
    },
  }
}
