import { extname } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyPluginAsync } from 'fastify'
import { pathOf } from '#http/plugins/errors.ts'
import { listFiles, sendFile } from '#http/static-files.ts'

const PUBLIC = { access: { permission: 'public', scope: 'platform' } } as const
/** Beside the dashboard, and listed when somebody reads it (manual-files.ts). */
export const MANUAL_FOLDER = 'docs'
/** The API and git answer for themselves. */
const NOT_THE_DASHBOARD = /^\/(api|git)(\/|$)/

/**
 * The built dashboard. Its files are listed once at the start. Every other path is a page of the dashboard: it gets index.html.
 */
export const dashboardFiles =
  (folder: string): FastifyPluginAsync =>
  async (server) => {
    const files = await listFiles(folder, [MANUAL_FOLDER])
    const index = files.get('/index.html')

    server.route({
      method: ['GET', 'HEAD'],
      url: '/*',
      config: PUBLIC,
      handler: async (request, reply) => {
        const path = pathOf(request.url)
        const file = files.get(path) ?? (isPage(path) ? index : undefined)
        if (!file) throw new CodedError('ROUTE_NOT_FOUND')
        return sendFile(file, path, request, reply)
      },
    })
  }

const isPage = (path: string): boolean => !NOT_THE_DASHBOARD.test(path) && extname(path) === ''
