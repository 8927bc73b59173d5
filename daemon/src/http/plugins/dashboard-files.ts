import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import { routeMatcher } from '@vastrox/shared/page-route.ts'
import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { pathOf } from '#http/plugins/errors.ts'
import { listFiles, sendFile, type StaticFile } from '#http/static-files.ts'

const PUBLIC = { access: { permission: 'public', scope: 'platform' } } as const
/** Beside the dashboard, and listed when somebody reads it (manual-files.ts). */
export const MANUAL_FOLDER = 'docs'
/** For each route of the dashboard a page that names what it loads, as the build wrote them. */
const PAGES_FOLDER = 'pages'
const PagesTable = z.record(z.string(), z.string())
/** The API and git answer for themselves. */
const NOT_THE_DASHBOARD = /^\/(api|git)(\/|$)/

/**
 * The built dashboard. Its files are listed once at the start. Every other path is a page of the
 * dashboard: it gets what the build wrote for its route, or index.html.
 */
export const dashboardFiles =
  (folder: string): FastifyPluginAsync =>
  async (server) => {
    const files = await listFiles(folder, [MANUAL_FOLDER, PAGES_FOLDER])
    const index = files.get('/index.html')
    const pageOf = await pagesIn(join(folder, PAGES_FOLDER))

    server.route({
      method: ['GET', 'HEAD'],
      url: '/*',
      config: PUBLIC,
      handler: async (request, reply) => {
        const path = pathOf(request.url)
        const file = files.get(path) ?? (isPage(path) ? (pageOf(path) ?? index) : undefined)
        if (!file) throw new CodedError('ROUTE_NOT_FOUND')
        return sendFile(file, path, request, reply)
      },
    })
  }

const isPage = (path: string): boolean => !NOT_THE_DASHBOARD.test(path) && extname(path) === ''

/** The page of a path's route; a build without such pages has index.html for all. */
async function pagesIn(folder: string): Promise<(path: string) => StaticFile | undefined> {
  const list = join(folder, 'table.json')
  if (!existsSync(list)) return () => undefined
  const table = PagesTable.parse(JSON.parse(await readFile(list, 'utf8')))
  const files = await listFiles(folder)
  const routeOf = routeMatcher(Object.keys(table))
  return (path) => {
    const route = routeOf(path)
    return route === undefined ? undefined : files.get(`/${table[route]}`)
  }
}
