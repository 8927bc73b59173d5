import { PageQuery } from '@vastrox/shared/page.ts'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { pageBy } from '#http/page-by.ts'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A list that its service gives whole: it is cut into pages here. */
    isWholeList?: boolean
  }
}

/** Of a list that is in memory at once; whoever asks for it without a limit gets as many. */
export const MOST_ITEMS = 1_000
/** Of lines that are counted: the same, of a longer list. */
export const MOST_LINES = 10_000

const queryOf = (most: number) => ({
  cursor: PageQuery.shape.cursor,
  limit: z.coerce.number().int().min(1).max(most).default(most),
})
const OF_ITEMS = queryOf(MOST_ITEMS)
const OF_LINES = queryOf(MOST_LINES)
/** What the default asks for, where there is no query of the route's own to add to. */
const WHOLE = z.object(OF_ITEMS)
const List = z.looseObject({ items: z.array(z.unknown()), nextCursor: z.null() })

/**
 * Every list has a maximum and pages, also those that will be added: a route which answers
 * `{ items, nextCursor }` and takes neither `cursor` nor `limit` itself takes both here.
 */
export const pages = rootPlugin(async (server: FastifyInstance) => {
  server.addHook('onRoute', (route) => {
    const { schema } = route
    const reply: unknown = new Map(Object.entries(Object(schema?.response))).get('200')
    if (route.method !== 'GET' || !schema || !isPage(reply)) return
    const own = schema.querystring
    if (own === undefined) route.schema = { ...schema, querystring: WHOLE }
    else if (!(own instanceof z.ZodObject) || 'limit' in own.shape || 'cursor' in own.shape) return
    else
      route.schema = {
        ...schema,
        querystring: own.extend('after' in own.shape ? OF_LINES : OF_ITEMS),
      }
    route.config = { ...route.config, isWholeList: true }
  })

  server.addHook('preSerialization', async (request, _reply, payload: unknown) => {
    if (!request.routeOptions.config.isWholeList) return payload
    const list = List.safeParse(payload).data
    const query = PageOfWhole.safeParse(request.query).data
    return list && query ? { ...list, ...pageBy(list.items, query, keyOf) } : payload
  })
})
const PageOfWhole = z.object({ cursor: z.string().optional(), limit: z.number() })

const isPage = (schema: unknown): boolean =>
  schema instanceof z.ZodObject && 'items' in schema.shape && 'nextCursor' in schema.shape

/** What people tell its items apart by. */
function keyOf(item: unknown): string {
  const fields = new Map<string, unknown>(Object.entries(Object(item)))
  const key = ['id', 'seq', 'name', 'host', 'key', 'app']
    .map((name) => fields.get(name))
    .find((value) => typeof value === 'string' || typeof value === 'number')
  return String(key ?? '').slice(0, 150)
}
