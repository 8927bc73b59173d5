import { Deployment } from '@vastrox/shared/deployment.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { PageQuery, pageOf } from '@vastrox/shared/page.ts'
import {
  ChangedProcess,
  ChangeProcess,
  Crash,
  CrashDetails,
  Process,
  Scale,
} from '@vastrox/shared/process.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import type { ProcessSettings } from '#core/processes/process-settings.ts'
import type { ProcessService } from '#core/processes/process-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'

/** Any text: what is no process's name is not found. */
const ProcessParams = AppParams.extend({ process: z.string().max(100) })

export const processRoutes =
  (
    processes: ProcessService,
    settings: ProcessSettings,
    deployments: DeploymentService,
  ): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/processes',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'The processes of an app, with their instances',
          params: AppParams,
          response: { 200: pageOf(Process) },
        },
      },
      async ({ actor, params }) => ({
        items: await processes.list(actor, params.name),
        nextCursor: null,
      }),
    )

    server.patch(
      '/apps/:name/processes',
      {
        config: { access: { permission: 'app.change', scope: 'app' } },
        schema: {
          summary: 'Change how many instances processes have',
          params: AppParams,
          body: Scale,
          response: { 202: Deployment },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(202)
        return deployments.scale(actor, params.name, body)
      },
    )

    server.get(
      '/apps/:name/crashes',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'How instances of an app ended by themselves, newest first',
          params: AppParams,
          querystring: PageQuery,
          response: { 200: pageOf(Crash) },
        },
      },
      async ({ actor, params, query: { cursor, limit } }) => {
        const before = cursor === undefined ? undefined : Number(cursor)
        if (before !== undefined && !Number.isSafeInteger(before))
          throw new CodedError('REQUEST_INVALID', { reason: 'That cursor is not one of ours.' })
        const items = processes.listCrashes(actor, params.name, { limit: limit + 1, before })
        const shown = items.slice(0, limit)
        const last = items.length > limit ? shown.at(-1) : undefined
        return { items: shown, nextCursor: last ? String(last.number) : null }
      },
    )

    server.get(
      '/apps/:name/crashes/:number',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'A crash with all that is known of it: its black box',
          params: AppParams.extend({ number: z.coerce.number().int().positive() }),
          response: { 200: CrashDetails },
        },
      },
      async ({ actor, params }) => processes.getCrash(actor, params.name, params.number),
    )

    server.patch(
      '/apps/:name/processes/:process',
      {
        config: { access: { permission: 'app.change', scope: 'app' } },
        schema: {
          summary: 'Change the limits and the scale of a process',
          description:
            'Limits are in force with the next deployment or restart; `restart` asks for one.',
          params: ProcessParams,
          body: ChangeProcess,
          response: { 200: ChangedProcess },
        },
      },
      async ({ actor, params, body }) => settings.change(actor, params.name, params.process, body),
    )
  }
