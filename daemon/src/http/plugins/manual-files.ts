import { join } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { MANUAL_FOLDER } from '#http/plugins/dashboard-files.ts'
import { pathOf } from '#http/plugins/errors.ts'
import { listFiles, type StaticFile, sendFile } from '#http/static-files.ts'

const PUBLIC = { access: { permission: 'public', scope: 'platform' } } as const
const ROOT = '/docs'
/** As files of the repository are named: `/docs/ERRORS.md` is the page `/docs/errors`. */
const AS_A_FILE = /^\/docs\/([A-Za-z0-9/-]{1,100})\.md$/

/**
 * The documentation of this very version, at /docs: pages that were made of docs/*.md when the programs
 * were built, read without signing in. Nothing of it is in memory before somebody reads it.
 */
export const manualFiles =
  (dashboardFolder: string): FastifyPluginAsync =>
  async (server) => {
    let listed: Promise<ReadonlyMap<string, StaticFile>> | undefined
    const list = () =>
      listFiles(join(dashboardFolder, MANUAL_FOLDER)).catch(() => new Map<string, StaticFile>())

    server.route({
      method: ['GET', 'HEAD'],
      url: `${ROOT}/*`,
      config: PUBLIC,
      handler: async (request, reply) => {
        const path = pathOf(request.url)
        const [, named] = AS_A_FILE.exec(path) ?? []
        if (named !== undefined) return reply.redirect(pageOf(named), 308)
        return answer(path.slice(ROOT.length), request, reply)
      },
    })
    server.route({
      method: ['GET', 'HEAD'],
      url: ROOT,
      config: PUBLIC,
      handler: async (request, reply) => answer('', request, reply),
    })

    async function answer(path: string, request: FastifyRequest, reply: FastifyReply) {
      listed ??= list()
      const files = await listed
      const name = path.replace(/\/$/, '') || '/index'
      const file = files.get(name) ?? files.get(`${name}.html`)
      if (file) return sendFile(file, path, request, reply)
      const missing = files.get('/not-found.html')
      if (!missing) throw new CodedError('ROUTE_NOT_FOUND')
      // Not by its path: what is missing now may be there with the next version.
      return sendFile(missing, '', request, reply.code(404))
    }
  }

const pageOf = (named: string): string =>
  named.toLowerCase() === 'readme' ? ROOT : `${ROOT}/${named.toLowerCase()}`
