import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { extract } from 'tar-stream'
import { z } from 'zod'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'

const Image = z.object({ Config: z.object({ User: z.string().optional() }).nullable() })
const Created = z.object({ Id: z.string() })

interface User {
  uid: number
  gid: number
}

const ROOT: User = { uid: 0, gid: 0 }
const MAX_PASSWD_BYTES = 2 ** 20

/** The user that an image's processes run as; a name is looked up in the image's own /etc/passwd. */
export async function userOfImage(engine: Engine, imageId: string): Promise<User> {
  const { Config } = await engine.get(`/images/${encodeURIComponent(imageId)}/json`, Image)
  const [name = '', group] = (Config?.User ?? '').split(':')
  if (name === '') return ROOT
  if (/^\d+$/.test(name)) {
    const uid = Number(name)
    return { uid, gid: group !== undefined && /^\d+$/.test(group) ? Number(group) : uid }
  }
  return findUser(await readPasswd(engine, imageId), name) ?? ROOT
}

/** One line of a passwd file: name, password, uid, gid … */
export function findUser(passwd: string, name: string): User | undefined {
  for (const line of passwd.split('\n')) {
    const [found, , uid = '', gid = ''] = line.split(':')
    if (found === name && /^\d+$/.test(uid) && /^\d+$/.test(gid))
      return { uid: Number(uid), gid: Number(gid) }
  }
  return undefined
}

/** From a container of the image that is never started. */
async function readPasswd(engine: Engine, imageId: string): Promise<string> {
  const name = `vastrox-look-${randomBytes(6).toString('hex')}`
  const { Id } = await engine.post('/containers/create', Created, {
    query: { name },
    json: { Image: imageId, Entrypoint: [''], Cmd: ['/bin/true'], NetworkDisabled: true },
  })
  try {
    const reply = await engine.stream('GET', `/containers/${Id}/archive`, {
      query: { path: '/etc/passwd' },
    })
    const entries = extract()
    reply.pipe(entries)
    for await (const entry of entries) {
      if (entry.header.type === 'file' && (entry.header.size ?? 0) <= MAX_PASSWD_BYTES)
        return await text(Readable.from(entry))
      entry.resume()
    }
    return ''
  } catch (error) {
    if (isNotFound(error)) return ''
    throw error
  } finally {
    await engine.act('DELETE', `/containers/${Id}`, { query: { force: true } })
  }
}
