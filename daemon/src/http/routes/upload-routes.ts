import { Deployment } from '@vastrox/shared/deployment.ts'
import {
  ChangeUploads,
  Publish,
  TreeDifference,
  UploadedFiles,
  UploadPassword,
  Uploads,
} from '@vastrox/shared/upload.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { PublishUploads } from '#core/sources/publish-uploads.ts'
import type { UploadFiles } from '#core/sources/upload-files.ts'
import type { UploadSettings } from '#core/sources/upload-settings.ts'
import { AppParams } from '#http/routes/app-routes.ts'

interface Services {
  publishing: PublishUploads
  files: UploadFiles
  settings: UploadSettings
}

const MAX_PATH = 4_095
const FilePath = z.object({ path: z.string().min(1).max(MAX_PATH) })
/** None at all is refused by the service, which looks at who asks first. */
export const FileQuery = z.object({ path: z.string().max(MAX_PATH).default('') })
const Folder = z.object({ path: z.string().max(MAX_PATH).default('/') })
const Rename = z.object({
  from: z.string().min(1).max(MAX_PATH),
  to: z.string().min(1).max(MAX_PATH),
})
const READ = { access: { permission: 'app.read', scope: 'app' } } as const
const DEPLOY = { access: { permission: 'app.deploy', scope: 'app' } } as const
const CHANGE = { access: { permission: 'app.change', scope: 'app' } } as const
const CHANGE_FRESH = { access: { ...CHANGE.access, fresh: true } } as const
const NOTHING = { 204: z.undefined() }

/** What has been uploaded to an app: how it may be, what is different, and what becomes of it. */
export const uploadRoutes =
  ({ publishing, files, settings }: Services): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/sources/uploads',
      {
        config: READ,
        schema: {
          summary: 'How an app takes uploads, and what of them waits',
          params: AppParams,
          response: { 200: Uploads },
        },
      },
      async ({ actor, params }) => settings.get(actor, params.name),
    )

    server.patch(
      '/apps/:name/sources/uploads',
      {
        config: CHANGE,
        schema: {
          summary: 'Change how an app takes uploads',
          params: AppParams,
          body: ChangeUploads,
          response: { 200: Uploads },
        },
      },
      async ({ actor, params, body }) => settings.change(actor, params.name, body),
    )

    server.post(
      '/apps/:name/sources/uploads/password',
      {
        config: CHANGE_FRESH,
        schema: {
          summary: 'Make the upload password of an app anew; it is shown this once',
          params: AppParams,
          response: { 201: UploadPassword },
        },
      },
      async ({ actor, params }, reply) => {
        reply.code(201)
        return settings.createPassword(actor, params.name)
      },
    )

    server.delete(
      '/apps/:name/sources/uploads/password',
      {
        config: CHANGE,
        schema: {
          summary: 'Remove the upload password of an app',
          params: AppParams,
          response: NOTHING,
        },
      },
      async ({ actor, params }, reply) => {
        await settings.removePassword(actor, params.name)
        reply.code(204)
      },
    )

    server.get(
      '/apps/:name/sources/difference',
      {
        config: READ,
        schema: {
          summary: 'What the uploaded files differ in from the live release',
          params: AppParams,
          response: { 200: TreeDifference },
        },
      },
      async ({ actor, params }) => publishing.difference(actor, params.name),
    )

    server.post(
      '/apps/:name/sources/publish',
      {
        config: DEPLOY,
        schema: {
          summary: 'Make a release of the uploaded files and deploy it',
          params: AppParams,
          body: Publish.nullish(),
          response: { 202: Deployment },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(202)
        return publishing.publish(actor, params.name, { incomplete: body?.incomplete ?? false })
      },
    )

    server.post(
      '/apps/:name/sources/discard',
      {
        config: DEPLOY,
        schema: {
          summary: 'Put the files back to those of the live release',
          params: AppParams,
          response: NOTHING,
        },
      },
      async ({ actor, params }, reply) => {
        await publishing.discard(actor, params.name)
        reply.code(204)
      },
    )

    server.get(
      '/apps/:name/sources/files',
      {
        config: READ,
        schema: {
          summary: 'The files of one directory: those of the live release with what was uploaded',
          params: AppParams,
          querystring: Folder,
          response: { 200: UploadedFiles },
        },
      },
      async ({ actor, params, query }) => files.list(actor, params.name, query.path),
    )

    server.delete(
      '/apps/:name/sources/files',
      {
        config: DEPLOY,
        schema: {
          summary: 'Remove a file, or a directory with all that is in it',
          params: AppParams,
          querystring: FileQuery,
          response: NOTHING,
        },
      },
      async ({ actor, params, query }, reply) => {
        await files.remove(actor, params.name, query.path)
        reply.code(204)
      },
    )

    server.post(
      '/apps/:name/sources/files/directories',
      {
        config: DEPLOY,
        schema: {
          summary: 'Make a directory',
          params: AppParams,
          body: FilePath,
          response: { 201: FilePath },
        },
      },
      async ({ actor, params, body }, reply) => {
        await files.makeDirectory(actor, params.name, body.path)
        reply.code(201)
        return body
      },
    )

    server.post(
      '/apps/:name/sources/files/rename',
      {
        config: DEPLOY,
        schema: {
          summary: 'Give a file or directory another name',
          params: AppParams,
          body: Rename,
          response: { 200: FilePath },
        },
      },
      async ({ actor, params, body }) => {
        await files.rename(actor, params.name, body.from, body.to)
        return { path: body.to }
      },
    )
  }
