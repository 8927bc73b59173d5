import { PassThrough, pipeline } from 'node:stream'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyInstance } from 'fastify'
import { rootPlugin } from '#http/plugins/root-plugin.ts'
import { excessOf } from '#lib/json-excess.ts'

const JSON_TYPE = /^application\/json\b/i
/** 2 MB over a line of half a megabit. */
const WITHIN_MS = 30_000

/**
 * Bodies that are held in memory and read as a whole: JSON of a sensible shape, all of it within half
 * a minute. Bodies that are streams have limits of their own.
 */
export const jsonBodies = (withinMs = WITHIN_MS) =>
  rootPlugin(async (server: FastifyInstance) => {
    const parse = server.getDefaultJsonParser('error', 'error')

    server.removeContentTypeParser(['application/json', 'text/plain'])
    server.addContentTypeParser<string>(
      'application/json',
      { parseAs: 'string' },
      (request, body, done) => {
        const excess = excessOf(body)
        if (excess !== undefined) done(new CodedError('REQUEST_INVALID', { reason: excess }))
        else void parse(request, body, done)
      },
    )

    server.addHook('preParsing', async (request, reply, payload) => {
      if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) return payload
      const timed = new PassThrough()
      const late = setTimeout(() => {
        // What still comes of it would be taken for the next request.
        void reply.header('connection', 'close')
        timed.destroy(new CodedError('REQUEST_TIMEOUT'))
      }, withinMs)
      pipeline(payload, timed, () => clearTimeout(late))
      return timed
    })
  })
