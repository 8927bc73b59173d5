import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { pathOf } from '#http/plugins/errors.ts'

interface DashboardFile {
  path: string
  type: string
  sizeBytes: number
  etag: string
  /** The same file compressed beforehand, best first. */
  compressed: { encoding: string; path: string; sizeBytes: number }[]
}

const PUBLIC = { access: { permission: 'public', scope: 'platform' } } as const
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
/** The API and git answer for themselves. */
const NOT_THE_DASHBOARD = /^\/(api|git)(\/|$)/

/**
 * The built dashboard. Its files are listed once at the start, so that no path of a request ever
 * reaches the file system. Every other path is a page of the dashboard: it gets index.html.
 */
export const dashboardFiles =
  (folder: string): FastifyPluginAsync =>
  async (server) => {
    const files = await listFiles(folder)
    const index = files.get('/index.html')

    server.route({
      method: ['GET', 'HEAD'],
      url: '/*',
      config: PUBLIC,
      handler: async (request, reply) => {
        const path = pathOf(request.url)
        const file = files.get(path) ?? (isPage(path) ? index : undefined)
        if (!file) throw new CodedError('ROUTE_NOT_FOUND')
        return send(file, path, request, reply)
      },
    })
  }

const isPage = (path: string): boolean => !NOT_THE_DASHBOARD.test(path) && extname(path) === ''

function send(file: DashboardFile, path: string, request: FastifyRequest, reply: FastifyReply) {
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

async function listFiles(folder: string): Promise<Map<string, DashboardFile>> {
  const files = new Map<string, DashboardFile>()
  const sizes = new Map<string, number>()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

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
