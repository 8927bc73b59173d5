import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { CodedError } from '@vastrox/shared/errors.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'

const KEY_BYTES = 32

/** The installation's one secret; everything else is derived from it, a key for each purpose (C10). */
export interface MasterKey {
  /** First 4 bytes of its digest: names the key in each sealed row. */
  id: Buffer
  /** 32 bytes; another purpose gives a key that tells nothing about this one. */
  deriveKey(purpose: string): Buffer
}

/**
 * Reads `<data>/daemon/master.key` (hex, 0600), or makes it where this is a new installation. One
 * that is missing is never made anew over existing data: every sealed row would be lost for good.
 */
export async function openMasterKey(
  path: string,
  { create }: { create: boolean },
): Promise<MasterKey> {
  if (create && !existsSync(path))
    await writeAtomically(path, `${randomBytes(KEY_BYTES).toString('hex')}\n`, 0o600)
  return masterKeyOf(read(path))
}

/** From its bytes; tests make theirs so. */
export function masterKeyOf(bytes: Buffer): MasterKey {
  if (bytes.length !== KEY_BYTES) throw new CodedError('MASTER_KEY_INVALID')
  return {
    id: createHash('sha256').update(bytes).digest().subarray(0, 4),
    deriveKey: (purpose) =>
      Buffer.from(hkdfSync('sha256', bytes, '', `vastrox ${purpose}`, KEY_BYTES)),
  }
}

function read(path: string): Buffer {
  try {
    const { mode } = statSync(path)
    if (mode & 0o077)
      throw new CodedError('MASTER_KEY_INVALID', {
        reason: `Others can read ${path}. Check who has, then: chmod 600 ${path}`,
      })
    return Buffer.from(readFileSync(path, 'utf8').trim(), 'hex')
  } catch (cause) {
    if (cause instanceof CodedError) throw cause
    throw new CodedError('MASTER_KEY_MISSING', { path }, { cause })
  }
}
