import { posix } from 'node:path'
import { Readable } from 'node:stream'
import { Deployment } from '@vastrox/shared/deployment.ts'
import { MAX_UPLOAD_BYTES } from '@vastrox/shared/upload.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type ArchiveService, MAX_ARCHIVE_BYTES } from '#core/sources/archive-service.ts'
import type { UploadFiles } from '#core/sources/upload-files.ts'
import { etagOfWhole, type IfMatch, isStillMeant } from '#http/plugins/etag.ts'
import { AppParams } from '#http/routes/app-routes.ts'
import { FileQuery } from '#http/routes/upload-routes.ts'

interface Services {
  files: UploadFiles
  archives: ArchiveService
}

const TakenArchive = z.object({
  format: z.enum(['tar', 'tar.gz', 'tar.zst', 'zip']),
  entries: z.int(),
  sizeBytes: z.int(),
  /** The one directory that everything was in, which was left away. */
  strippedDirectory: z.string().nullable(),
  /** null where it was not to be published. */
  deployment: Deployment.nullable(),
})
const Publishing = z.object({ publish: z.enum(['true', 'false']).default('true') })
const READ = { access: { permission: 'app.read', scope: 'app' } } as const
const DEPLOY = { access: { permission: 'app.deploy', scope: 'app' } } as const

/** Files and archives, whose bodies are streams of any type and nearly any length. */
export const uploadStreamRoutes =
  ({ files, archives }: Services): FastifyPluginAsyncZod =>
  async (server) => {
    server.removeAllContentTypeParsers()
    server.addContentTypeParser('*', (_request, payload, done) => done(null, payload))

    server.put(
      '/apps/:name/sources/archive',
      {
        config: DEPLOY,
        bodyLimit: MAX_ARCHIVE_BYTES + 1,
        schema: {
          summary: 'Deploy a zip, tar, tar.gz or tar.zst; with publish=false only put it in place',
          params: AppParams,
          querystring: Publishing,
          response: { 202: TakenArchive },
        },
      },
      async (request, reply) => {
        const { actor, params, query, body } = request
        const signal = goneSignal(reply)
        const taken = await archives.take(actor, params.name, streamOf(body), {
          publish: query.publish === 'true',
          signal,
          mayStill: () => request.mayStill(),
        })
        reply.code(202)
        return taken
      },
    )

    server.get(
      '/apps/:name/sources/files/content',
      {
        config: READ,
        schema: {
          summary: 'Download a file; up to 1 MB it comes with an ETag, for a change that is safe',
          params: AppParams,
          querystring: FileQuery,
        },
      },
      async ({ actor, params, query }, reply) => {
        const read = await files.read(actor, params.name, query.path)
        const { name, sizeBytes, digest, content } = read
        if (digest !== null) reply.header('etag', etagOfWhole(digest))
        // Never shown in the dashboard's own origin: what an app's files hold is not ours.
        reply.headers({
          'content-type': 'application/octet-stream',
          'content-length': sizeBytes,
          'content-disposition': `attachment; filename*=UTF-8''${encodeName(name)}`,
        })
        return reply.send(Readable.from(content))
      },
    )

    const ifMatch: IfMatch = {
      of: (request) => {
        const { params, query } = named(request)
        return `file ${params.name} ${posix.normalize(`/${query.path}`)}`
      },
      current: (request) => {
        const { params, query } = named(request)
        return files.digest(request.actor, params.name, query.path)
      },
      editable: (digest) => digest,
    }

    server.put(
      '/apps/:name/sources/files/content',
      {
        config: { ...DEPLOY, ifMatch },
        bodyLimit: MAX_UPLOAD_BYTES,
        schema: {
          summary:
            'Upload a file; with If-None-Match: * only a new one. the reply carries its ETag',
          params: AppParams,
          querystring: FileQuery,
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        const { actor, params, query, body } = request
        const { 'if-match': edited, 'if-none-match': none } = request.headers
        const digest = await files.write(actor, params.name, query.path, streamOf(body), {
          mayStill: () => request.mayStill(),
          isNew: none === '*',
          ...(edited === undefined
            ? {}
            : { mayReplace: (digest: string | null) => isStillMeant(edited, digest) }),
        })
        reply.code(204).header('etag', etagOfWhole(digest))
      },
    )
  }

const Named = z.object({ params: AppParams, query: FileQuery })
const named = ({ params, query }: FastifyRequest) => Named.parse({ params, query })

/** A request without a body is an empty file. */
const streamOf = (body: unknown): Readable => (body instanceof Readable ? body : Readable.from([]))

const encodeName = (name: string): string =>
  encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16)}`,
  )

function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.on('close', () => {
    if (!raw.writableFinished) gone.abort()
  })
  return gone.signal
}
