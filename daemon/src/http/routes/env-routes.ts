import {
  ChangeEnv,
  EnvChange,
  EnvChanged,
  EnvDifference,
  EnvImported,
  EnvVariable,
  ImportEnv,
} from '@vastrox/shared/env.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { EnvService } from '#core/env/env-service.ts'
import { itemsWithout } from '#http/editable.ts'
import type { IfMatch } from '#http/plugins/etag.ts'
import { AppParams, nameIn } from '#http/routes/app-routes.ts'

/** 1 MB of values can grow sixfold when JSON escapes every character. */
export const BODY_LIMIT_BYTES = 8 * 2 ** 20
const NumberParams = AppParams.extend({ number: z.coerce.number().int().positive() })
const EnvParams = AppParams.extend({ key: z.string().max(200) })

export const envRoutes =
  (env: EnvService): FastifyPluginAsyncZod =>
  async (server) => {
    // Values are never in it: when each was changed stands for them.
    const editable = itemsWithout('value')
    const ifMatch: IfMatch = {
      of: ({ params }) => `env ${nameIn(params)}`,
      current: ({ actor, params }) => ({
        items: env.list(actor, nameIn(params), { reveal: false }),
      }),
      editable,
    }

    server.get(
      '/apps/:name/env',
      {
        config: { access: { permission: 'env.read', scope: 'app' }, editable },
        schema: {
          summary: 'The names of an app’s env variables, those of its groups too; values are null',
          params: AppParams,
          response: { 200: pageOf(EnvVariable) },
        },
      },
      async (request) => ({
        items: env.list(request.actor, request.params.name, { reveal: false }),
        nextCursor: null,
      }),
    )

    server.patch(
      '/apps/:name/env',
      {
        config: { access: { permission: 'env.change', scope: 'app' }, ifMatch },
        bodyLimit: BODY_LIMIT_BYTES,
        schema: {
          summary: 'Set and unset env variables, and deploy once with all of them',
          params: AppParams,
          body: ChangeEnv,
          response: { 200: EnvChanged },
        },
      },
      async (request) => ({
        deployment: env.change(request.actor, request.params.name, request.body.set),
      }),
    )

    server.post(
      '/apps/:name/env/import',
      {
        config: { access: { permission: 'env.change', scope: 'app' }, ifMatch },
        bodyLimit: BODY_LIMIT_BYTES,
        schema: {
          summary: 'Set the env variables that the text of a .env file holds',
          params: AppParams,
          body: ImportEnv,
          response: { 200: EnvImported },
        },
      },
      async (request) => env.importText(request.actor, request.params.name, request.body.text),
    )

    server.get(
      '/apps/:name/env/:key',
      {
        config: { access: { permission: 'env.reveal', scope: 'app', fresh: true } },
        schema: {
          summary: 'Reveal the value of an env variable; leaves an audit event',
          params: EnvParams,
          response: { 200: EnvVariable },
        },
      },
      async (request) => env.reveal(request.actor, request.params.name, request.params.key),
    )

    server.get(
      '/apps/:name/env-changes',
      {
        config: { access: { permission: 'env.read', scope: 'app' } },
        schema: {
          summary: 'Who changed which env variables of an app when, newest first',
          params: AppParams,
          response: { 200: pageOf(EnvChange) },
        },
      },
      async ({ actor, params }) => ({
        items: env.listChanges(actor, params.name),
        nextCursor: null,
      }),
    )

    server.post(
      '/apps/:name/env-changes/:number/restore',
      {
        config: { access: { permission: 'env.change', scope: 'app' } },
        schema: {
          summary: 'Bring back an app’s env variables as a change left them, and deploy',
          params: NumberParams,
          response: { 200: EnvChanged },
        },
      },
      async ({ actor, params }) => ({
        deployment: env.restore(actor, params.name, params.number),
      }),
    )

    server.get(
      '/apps/:name/releases/:number/env-difference',
      {
        config: { access: { permission: 'env.read', scope: 'app' } },
        schema: {
          summary: 'Which variables a release’s env has added, removed or changed; never values',
          params: NumberParams,
          querystring: z.object({ with: z.coerce.number().int().positive().optional() }),
          response: { 200: EnvDifference },
        },
      },
      async ({ actor, params, query }) =>
        env.difference(actor, params.name, params.number, query.with),
    )
  }
