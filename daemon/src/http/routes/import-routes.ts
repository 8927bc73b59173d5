import { Readable } from 'node:stream'
import { AddonName } from '@vastrox/shared/addon.ts'
import { Restore } from '@vastrox/shared/backup.ts'
import { VolumeName } from '@vastrox/shared/volume.ts'
import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type LoadWayBack, MAX_IMPORT_BYTES } from '#core/restores/way-back-services.ts'
import { AppParams } from '#http/routes/app-routes.ts'

const Query = z.object({
  /** As the file is called: its ending helps to tell what it is. */
  name: z.string().max(255).default('dump.sql'),
  how: z.enum(['new', 'switch']).default('switch'),
  /** Of the new one. */
  as: z.string().max(40).optional(),
  /** For `switch`: the name of what is replaced, once more. */
  confirm: z.string().max(100).optional(),
})

/** People's own dumps and tars, whose bodies are streams of any type and nearly any length. */
export const importRoutes =
  (load: LoadWayBack): FastifyPluginAsyncZod =>
  async (server) => {
    server.removeAllContentTypeParsers()
    server.addContentTypeParser('*', (_request, payload, done) => done(null, payload))

    server.put(
      '/addons/:addon/import',
      {
        config: { access: { permission: 'backup.restore', scope: 'team', fresh: true } },
        bodyLimit: MAX_IMPORT_BYTES,
        schema: {
          summary:
            'Import a dump (.sql, .sql.gz, custom format, RDB): read and looked at beside, then put in place',
          params: z.object({ addon: AddonName }),
          querystring: Query,
          response: { 200: Restore },
        },
      },
      async (request, reply) => {
        const { actor, params, body } = request
        const wish = wishOf(request.query, goneSignal(reply), () => request.mayStill())
        const { imports } = await load()
        return imports.ofAddon(actor, params.addon, streamOf(body), wish)
      },
    )

    server.put(
      '/apps/:name/volumes/:volume/import',
      {
        config: { access: { permission: 'backup.restore', scope: 'app', fresh: true } },
        bodyLimit: MAX_IMPORT_BYTES,
        schema: {
          summary: 'Import a tar or tar.gz into a volume of its own, which then takes the place',
          params: AppParams.extend({ volume: VolumeName }),
          querystring: Query,
          response: { 200: Restore },
        },
      },
      async (request, reply) => {
        const { actor, params, body } = request
        const wish = wishOf(request.query, goneSignal(reply), () => request.mayStill())
        const { imports } = await load()
        return imports.ofVolume(actor, [params.name, params.volume], streamOf(body), wish)
      },
    )
  }

const wishOf = (query: z.infer<typeof Query>, signal: AbortSignal, mayStill: () => boolean) => ({
  fileName: query.name,
  how: query.how,
  ...(query.as === undefined ? {} : { name: query.as }),
  ...(query.confirm === undefined ? {} : { confirm: query.confirm }),
  signal,
  mayStill,
})

const streamOf = (body: unknown): Readable => (body instanceof Readable ? body : Readable.from([]))

function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.on('close', () => {
    if (!raw.writableFinished) gone.abort()
  })
  return gone.signal
}
