import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** 16 MiB and some 30 ms, off the event loop: for passwords that the proxy checks. */
const COST = 16_384
const BLOCK = 8
const LANES = 1
const KEY_BYTES = 32
const FORM = /^scrypt\$(\d{4,7})\$(\d{1,2})\$(\d)\$([\w+/=]{16,64})\$([\w+/=]{24,128})$/
/** More memory than this is never asked for, whatever a row says. */
const MAX_MEMORY_BYTES = 64 * 2 ** 20

/** The password as it is kept: `scrypt$N$r$p$salt$key`. */
export async function hashWithScrypt(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, COST, BLOCK, LANES, KEY_BYTES)
  return `scrypt$${COST}$${BLOCK}$${LANES}$${salt.toString('base64')}$${key.toString('base64')}`
}

/** False also for what is no such hash. */
export async function verifyWithScrypt(hash: string, password: string): Promise<boolean> {
  const [, cost, block, lanes, salt = '', key = ''] = FORM.exec(hash) ?? []
  if (cost === undefined) return false
  const wanted = Buffer.from(key, 'base64')
  const found = await derive(
    password,
    Buffer.from(salt, 'base64'),
    Number(cost),
    Number(block),
    Number(lanes),
    wanted.length,
  ).catch(() => undefined)
  return found !== undefined && timingSafeEqual(found, wanted)
}

/** Nobody's: for unknown names, so that they take as long as known ones. */
export const NOBODY = `scrypt$${COST}$${BLOCK}$${LANES}$${'A'.repeat(22)}==$${'A'.repeat(43)}=`

/** Rejects, also for numbers that scrypt does not take. */
async function derive(
  password: string,
  salt: Buffer,
  cost: number,
  block: number,
  lanes: number,
  bytes: number,
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const options = { cost, blockSize: block, parallelization: lanes, maxmem: MAX_MEMORY_BYTES }
  scrypt(password.normalize('NFC'), salt, bytes, options, (error, key) => {
    if (error) reject(error)
    else resolve(key)
  })
  return promise
}
