import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { MasterKey, MasterKeys } from '#adapters/system/master-key.ts'
import { IV_AT, IV_BYTES, KEY_ID_AT, SEALED_VERSION, TAG_AT, TEXT_AT } from '#lib/sealed-bytes.ts'
import type { SecretBox } from '#ports/secret-box.ts'

const CIPHER = 'aes-256-gcm'

/**
 * A sealed value: version (1), key id (4), iv (12), tag (16), ciphertext. The context is bound as AAD.
 * The newest of the keys seals, whichever is named opens.
 */
export function createSecretBox(keys: MasterKeys): SecretBox {
  const derived = new Map<string, Buffer>()

  function cipherKey(key: MasterKey): Buffer {
    const id = key.id.toString('hex')
    const known = derived.get(id) ?? key.deriveKey('secret-box')
    derived.set(id, known)
    return known
  }

  return {
    seal(plain, context) {
      const key = keys.newest()
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(CIPHER, cipherKey(key), iv).setAAD(Buffer.from(context))
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(SEALED_VERSION), key.id, iv, cipher.getAuthTag(), text])
    },

    open(sealed, context) {
      if (sealed.length < TEXT_AT || sealed[0] !== SEALED_VERSION)
        throw new CodedError('SECRET_UNREADABLE', { context })
      const key = keys.find(sealed.subarray(KEY_ID_AT, IV_AT))
      if (!key)
        throw new CodedError('SECRET_UNREADABLE', {
          context,
          reason: 'A stored secret was sealed with another master key.',
        })
      const decipher = createDecipheriv(CIPHER, cipherKey(key), sealed.subarray(IV_AT, TAG_AT))
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
