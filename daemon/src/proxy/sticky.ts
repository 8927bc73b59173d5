import { createHmac, randomBytes } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RequestHead } from './head-rules.ts'
import type { Instance } from './instance.ts'

const COOKIE = 'vastrox-route'
const KEY_BYTES = 32
const ID_LENGTH = 22

/**
 * Sticky sessions: a cookie that says which instance a visitor was answered by, in a way that only we
 * can make or read. It is a wish and no promise: an instance that is gone or set aside is replaced.
 */
export function createSticky(key: Buffer) {
  const ids = new WeakMap<Instance, string>()

  const idOf = (instance: Instance): string => {
    const known = ids.get(instance)
    if (known !== undefined) return known
    const { name, host, port, release } = instance.spec
    const id = createHmac('sha256', key)
      .update(`${name} ${host} ${port} ${release}`)
      .digest('base64url')
      .slice(0, ID_LENGTH)
    ids.set(instance, id)
    return id
  }

  return {
    /** The instance that the visitor was with; the cookie is taken out of what the app will see. */
    take(head: RequestHead, instances: readonly Instance[]): Instance | undefined {
      let wanted: Instance | undefined
      for (let index = 0; index < head.headers.length; index += 2) {
        if (head.headers[index]?.toLowerCase() !== 'cookie') continue
        const value = head.headers[index + 1] ?? ''
        if (!value.includes(COOKIE)) continue
        const kept: string[] = []
        for (const pair of value.split(';')) {
          const [name = '', id] = pair.trim().split('=')
          if (name !== COOKIE) kept.push(pair.trim())
          else wanted ??= instances.find((each) => idOf(each) === id)
        }
        if (kept.length > 0) head.headers[index + 1] = kept.join('; ')
        else head.headers.splice(index, 2)
        index -= kept.length > 0 ? 0 : 2
      }
      return wanted
    },

    /** The value of Set-Cookie: for as long as the browser is open. */
    cookieFor(instance: Instance, path: string, secure: boolean): string {
      const end = secure ? '; Secure' : ''
      return `${COOKIE}=${idOf(instance)}; Path=${path}; HttpOnly; SameSite=Lax${end}`
    },
  }
}
export type Sticky = ReturnType<typeof createSticky>

/** One key for all workers of this installation, made by whoever is first. */
export async function readStickyKey(directory: string): Promise<Buffer> {
  const path = join(directory, 'sticky.key')
  const known = await readFile(path).catch(() => undefined)
  if (known?.length === KEY_BYTES) return known
  const key = randomBytes(KEY_BYTES)
  const mine = `${path}.${randomBytes(6).toString('hex')}`
  try {
    if (known) await rm(path)
    await writeFile(mine, key, { mode: 0o600 })
    // Whole or not there: another worker may be reading at this moment.
    await link(mine, path)
    return key
  } catch {
    // Another worker was first; or nothing can be written, and a key of our own must do until the next start.
    return (await readFile(path).catch(() => undefined)) ?? key
  } finally {
    await rm(mine, { force: true })
  }
}
