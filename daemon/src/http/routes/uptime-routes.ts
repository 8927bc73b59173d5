import { pageOf } from '@vastrox/shared/page.ts'
import {
  AddUptimeCheck,
  ChangeUptimeCheck,
  ListedUptimeCheck,
  UptimeCheck,
  UptimeCheckDetails,
  UptimeListQuery,
} from '@vastrox/shared/uptime.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppParams } from '#http/routes/app-routes.ts'
import type { LoadUptime } from '#core/uptime/uptime-services.ts'

const READ = { access: { permission: 'uptime.read', scope: 'team' } } as const
const MANAGE = { access: { permission: 'uptime.manage', scope: 'team' } } as const
const PATH = '/uptime-checks'
const Params = z.object({ id: z.string().max(64) })

/** What is looked at from this node: every app's address, and whatever a team adds. */
export const uptimeRoutes =
  (load: LoadUptime): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      PATH,
      {
        config: READ,
        schema: {
          summary: 'Uptime checks: those of apps first, then what the team has added',
          description:
            'With `incidents=true` each comes with when it was down, and a page has at most 50.',
          querystring: UptimeListQuery,
          response: { 200: pageOf(ListedUptimeCheck) },
        },
      },
      async ({ actor, query }) => (await load()).list(actor, query),
    )

    server.post(
      PATH,
      {
        config: MANAGE,
        schema: {
          summary: 'Look at an address over HTTP, TCP or TLS from now on; at most 100 of a team',
          body: AddUptimeCheck,
          response: { 201: UptimeCheck },
        },
      },
      async ({ actor, body }, reply) => {
        reply.code(201)
        return (await load()).add(actor, body)
      },
    )

    server.get(
      `${PATH}/:id`,
      {
        config: READ,
        schema: {
          summary: 'An uptime check, with when it was down',
          params: Params,
          response: { 200: UptimeCheckDetails },
        },
      },
      async ({ actor, params }) => (await load()).get(actor, params.id),
    )

    server.get(
      '/apps/:name/uptime',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'The uptime check of an app’s own address, with when it was down',
          params: AppParams,
          response: { 200: UptimeCheckDetails },
        },
      },
      async ({ actor, params }) => (await load()).ofApp(actor, params.name),
    )

    server.patch(
      `${PATH}/:id`,
      {
        config: MANAGE,
        schema: {
          summary: 'Change an uptime check, or switch it on or off',
          description:
            'Of an app’s own check the target is a path, or `default` for the app’s health path.',
          params: Params,
          body: ChangeUptimeCheck,
          response: { 200: UptimeCheck },
        },
      },
      async ({ actor, params, body }) => (await load()).change(actor, params.id, body),
    )

    server.delete(
      `${PATH}/:id`,
      {
        config: MANAGE,
        schema: {
          summary:
            'Remove an uptime check with its history; that of an app is switched off instead',
          params: Params,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        ;(await load()).remove(actor, params.id)
        return reply.code(204).send(null)
      },
    )
  }
