import { AddonException, CreateAddonException } from '@vastrox/shared/addon.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { OpenAddons } from '#core/addons/addon-parts.ts'
import { AddonParams } from '#http/routes/addon-routes.ts'

const ExceptionParams = AddonParams.extend({ id: z.string().regex(/^[a-z0-9]{8,40}$/) })

/** Ways in from outside. */
export const addonAccessRoutes =
  (open: OpenAddons): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/addons/:addon/exceptions',
      {
        config: { access: { permission: 'addon.read', scope: 'team' } },
        schema: {
          summary: 'Addresses outside that may connect to an add-on for a time',
          params: AddonParams,
          response: { 200: pageOf(AddonException) },
        },
      },
      async ({ actor, params }) => ({
        items: (await open()).exceptions.list(actor, params.addon),
        nextCursor: null,
      }),
    )

    server.post(
      '/addons/:addon/exceptions',
      {
        config: { access: { permission: 'addon.expose', scope: 'team', fresh: true } },
        schema: {
          summary: 'Open an add-on to one address outside, for a time',
          params: AddonParams,
          body: CreateAddonException,
          response: { 201: AddonException },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(201)
        return (await open()).exceptions.create(actor, params.addon, body)
      },
    )

    server.delete(
      '/addons/:addon/exceptions/:id',
      {
        config: { access: { permission: 'addon.expose', scope: 'team' } },
        schema: {
          summary: 'Shut an add-on to an address outside again',
          params: ExceptionParams,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        await (await open()).exceptions.remove(actor, params.addon, params.id)
        reply.code(204)
        return null
      },
    )
  }
