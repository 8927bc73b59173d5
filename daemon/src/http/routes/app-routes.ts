import {
  App,
  ChangeAppSettings,
  ChangedApp,
  DestroyApp,
  DestroyedApp,
} from '@vastrox/shared/app.ts'
import { PageQuery, pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { AppService } from '#core/apps/app-service.ts'
import { fields } from '#http/editable.ts'
import type { StarterService } from '#core/sources/starter-service.ts'

/** Any text: what is no app's name is not found. */
export const AppParams = z.object({ name: z.string().max(100) })
/** The name in the path. */
export const nameIn = (params: unknown): string => AppParams.parse(params).name
/** The service says what is wrong with a name, so it is given every text. */
const NewApp = z.object({ name: z.string().max(100), starter: z.string().max(60).optional() })

const editable = fields('settings')

export const appRoutes =
  (apps: AppService, starters: Pick<StarterService, 'create'>): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps',
      {
        config: { access: { permission: 'app.read', scope: 'team', filtered: true } },
        schema: { summary: 'All apps', querystring: PageQuery, response: { 200: pageOf(App) } },
      },
      async (request) => apps.listPage(request.actor, request.query),
    )

    server.post(
      '/apps',
      {
        config: { access: { permission: 'app.create', scope: 'team' } },
        schema: {
          summary: 'Create an app, from a starter where one is named',
          body: NewApp,
          response: { 201: App },
        },
      },
      async (request, reply) => {
        const { starter, ...wish } = request.body
        const { name } =
          starter === undefined
            ? apps.create(request.actor, wish)
            : await starters.create(request.actor, wish, starter)
        reply.code(201)
        return apps.get(request.actor, name)
      },
    )

    server.get(
      '/apps/:name',
      {
        config: { access: { permission: 'app.read', scope: 'app' }, editable },
        schema: { summary: 'An app', params: AppParams, response: { 200: App } },
      },
      async (request) => apps.get(request.actor, request.params.name),
    )

    server.patch(
      '/apps/:name',
      {
        config: {
          access: { permission: 'app.change', scope: 'app' },
          ifMatch: {
            of: ({ params }) => `app ${nameIn(params)}`,
            current: ({ actor, params }) => apps.get(actor, nameIn(params)),
            editable,
          },
        },
        schema: {
          summary: 'Change the settings of an app',
          params: AppParams,
          body: ChangeAppSettings,
          response: { 200: ChangedApp },
        },
      },
      async (request) => apps.changeSettings(request.actor, request.params.name, request.body),
    )

    server.delete(
      '/apps/:name',
      {
        config: { access: { permission: 'app.destroy', scope: 'app', fresh: true } },
        schema: {
          summary: 'Destroy an app: into the trash, where it is kept',
          params: AppParams,
          body: DestroyApp,
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        await apps.destroy(request.actor, request.params.name, request.body.confirm)
        reply.code(204)
      },
    )

    server.get(
      '/destroyed-apps',
      {
        config: { access: { permission: 'app.destroy', scope: 'team', filtered: true } },
        schema: { summary: 'Apps in the trash', response: { 200: pageOf(DestroyedApp) } },
      },
      async (request) => ({ items: apps.listTrash(request.actor), nextCursor: null }),
    )

    server.post(
      '/destroyed-apps/:name/restore',
      {
        config: { access: { permission: 'app.destroy', scope: 'app' } },
        schema: {
          summary: 'Take an app out of the trash; it stays stopped',
          params: AppParams,
          response: { 200: App },
        },
      },
      async (request) => apps.restore(request.actor, request.params.name),
    )
  }
