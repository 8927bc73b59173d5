import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { z } from 'zod'

const Asked = z.object({
  operation: z.literal('download'),
  objects: z.array(z.object({ oid: z.string(), size: z.int() })),
})

/** Git LFS of a host: the batch API and the contents, behind a header that the batch API gives. */
export function createLfsHost() {
  const contents = new Map<string, Buffer>()
  const asked: { path: string; authorization: string | undefined }[] = []
  let isOff = false
  let hrefOf: ((oid: string) => string) | undefined
  let pass: string | undefined

  async function batch(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const { objects } = Asked.parse(await json(request))
    const base = `https://${request.headers.host}`
    const body = {
      transfer: 'basic',
      objects: objects.map(({ oid, size }) =>
        contents.has(oid)
          ? {
              oid,
              size,
              actions: {
                download: {
                  href: hrefOf?.(oid) ?? `${base}/lfs-media/${oid}`,
                  header: { 'x-media': 'yes' },
                },
              },
            }
          : { oid, size, error: { code: 404, message: 'Object does not exist' } },
      ),
    }
    reply.writeHead(200, { 'content-type': 'application/vnd.git-lfs+json' })
    reply.end(JSON.stringify(body))
  }

  return {
    asked,
    /** Puts a content there under an oid that may be a lie; gives the pointer to what it should be. */
    put(content: Buffer, kept = content): string {
      const oid = createHash('sha256').update(content).digest('hex')
      contents.set(oid, kept)
      return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`
    },
    switchOff: (off: boolean): void => {
      isOff = off
    },
    /** Where contents are said to be. */
    sendTo: (href: ((oid: string) => string) | undefined): void => {
      hrefOf = href
    },
    /** What `git-lfs-authenticate` gives, and is then asked for. */
    demand: (wanted: string | undefined): void => {
      pass = wanted
    },
    authenticate: (path: string, port: number): string =>
      JSON.stringify({
        href: `https://localhost:${port}${path}/info/lfs`,
        header: { authorization: pass },
      }),

    /** False where it is not for it. */
    answer(request: IncomingMessage, reply: ServerResponse, { pathname }: URL): boolean {
      const isBatch = pathname.endsWith('/info/lfs/objects/batch')
      if (!isBatch && !pathname.startsWith('/lfs-media/')) return false
      const { authorization } = request.headers
      asked.push({ path: pathname, authorization })
      const content = contents.get(pathname.split('/').at(-1) ?? '')
      if (isOff) reply.writeHead(404).end()
      else if (isBatch && pass !== undefined && authorization !== pass) reply.writeHead(401).end()
      else if (isBatch) void batch(request, reply)
      else if (request.headers['x-media'] === 'yes' && content) reply.writeHead(200).end(content)
      else reply.writeHead(403).end()
      return true
    },
  }
}
export type LfsHost = ReturnType<typeof createLfsHost>
