import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface StaticFile {
  path: string
  type: string
  sizeBytes: number
  etag: string
  /** The same file compressed beforehand, best first. */
  compressed: { encoding: string; path: string; sizeBytes: number }[]
}

/** Their names hold a digest of their content. */
const HASHED = /^\/assets\//
const ENCODINGS = [
  { encoding: 'br', ending: '.br' },
  { encoding: 'gzip', ending: '.gz' },
]
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
}
/** Sends it, compressed where the browser takes that; 304 where it has it already. */
export function sendFile(
  file: StaticFile,
  path: string,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const accepted = request.headers['accept-encoding'] ?? ''
  const coded = file.compressed.find(({ encoding }) => accepts(accepted, encoding))
  const etag = coded ? `"${file.etag}-${coded.encoding}"` : `"${file.etag}"`
  reply.headers({
    etag,
    vary: 'accept-encoding',
    'cache-control': HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  if (request.headers['if-none-match'] === etag) return reply.code(304).send()

  const { path: source, sizeBytes } = coded ?? file
  reply.type(file.type).header('content-length', sizeBytes)
  if (coded) reply.header('content-encoding', coded.encoding)
  return request.method === 'HEAD' ? reply.send() : reply.send(createReadStream(source))
}

const accepts = (header: string, encoding: string): boolean =>
  header.split(',').some((part) => {
    const [name = '', weight = ''] = part.split(';').map((piece) => piece.trim())
    return name === encoding && !/^q=0(\.0*)?$/.test(weight)
  })

/**
 * Every file beneath the folder that browsers understand, by its path of a URL. They are read once, so that
 * no path of a request ever reaches the file system. `leaveOut` names folders of it.
 */
export async function listFiles(
  folder: string,
  leaveOut: readonly string[] = [],
): Promise<Map<string, StaticFile>> {
  const files = new Map<string, StaticFile>()
  const sizes = new Map<string, number>()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !leaveOut.some((name) => path.startsWith(`${join(folder, name)}/`)))

  for (const path of paths) {
    const content = await readFile(path)
    sizes.set(path, content.length)
    const type = TYPES[extname(path)]
    if (type === undefined) continue
    files.set(`/${relative(folder, path)}`, {
      path,
      type,
      sizeBytes: content.length,
      etag: createHash('sha256').update(content).digest('base64url').slice(0, 20),
      compressed: [],
    })
  }
  for (const file of files.values())
    for (const { encoding, ending } of ENCODINGS) {
      const sizeBytes = sizes.get(file.path + ending)
      if (sizeBytes !== undefined)
        file.compressed.push({ encoding, path: file.path + ending, sizeBytes })
    }
  return files
}
