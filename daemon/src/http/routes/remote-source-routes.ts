import {
  ConnectRemote,
  PullOutcome,
  PullRemote,
  RemoteSource,
} from '@vastrox/shared/remote-source.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { RemoteService } from '#core/sources/remote-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'

const PATH = '/apps/:name/sources/sftp'
const CHANGE = { permission: 'app.change', scope: 'app' } as const

/** The folder on another server that an app is made of. */
export const remoteSourceRoutes =
  (remote: RemoteService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      PATH,
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'The folder on another server that the app is made of',
          params: AppParams,
          response: { 200: z.object({ source: RemoteSource.nullable() }) },
        },
      },
      async ({ actor, params }) => ({ source: remote.get(actor, params.name) }),
    )

    server.put(
      PATH,
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Make the app of a folder on another server, read by SFTP',
          params: AppParams,
          body: ConnectRemote,
          response: { 200: RemoteSource },
        },
      },
      async ({ actor, params, body }) => remote.connect(actor, params.name, body),
    )

    server.delete(
      PATH,
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Pull nothing more; what runs goes on running',
          params: AppParams,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        await remote.disconnect(actor, params.name)
        reply.code(204)
        return null
      },
    )

    server.post(
      `${PATH}/pull`,
      {
        config: { access: { permission: 'app.deploy', scope: 'app' } },
        schema: {
          summary: 'Pull the folder now, and deploy what has changed',
          params: AppParams,
          body: PullRemote,
          response: { 200: PullOutcome },
        },
      },
      async ({ actor, params, body }) => remote.pull(actor, params.name, body),
    )

    server.delete(
      `${PATH}/host-key`,
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Forget the key that the server showed the first time',
          params: AppParams,
          response: { 200: RemoteSource },
        },
      },
      async ({ actor, params }) => remote.forgetHostKey(actor, params.name),
    )
  }
