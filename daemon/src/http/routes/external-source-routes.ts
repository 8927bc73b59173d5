import {
  ChangeExternal,
  ConnectedExternal,
  ConnectExternal,
  ExternalSource,
  LookOutcome,
  SetSourceAuthorities,
  SourceAuthorities,
  SourceNetworks,
  WebhookDelivery,
} from '@vastrox/shared/external-source.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ExternalService } from '#core/sources/external-service.ts'
import type { SourceNetworkService } from '#core/sources/source-networks.ts'
import type { WebhookService } from '#core/sources/webhook-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'

const Found = z.object({ source: ExternalSource.nullable() })
const READ = { permission: 'app.read', scope: 'app' } as const
const CHANGE = { permission: 'app.change', scope: 'app' } as const
const DEPLOY = { permission: 'app.deploy', scope: 'app' } as const
const PATH = '/apps/:name/sources/git'

/** The repository elsewhere that an app is made of. */
export const externalSourceRoutes =
  (external: ExternalService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      PATH,
      {
        config: { access: READ },
        schema: {
          summary: 'The repository elsewhere that the app is made of',
          params: AppParams,
          response: { 200: Found },
        },
      },
      async ({ actor, params }) => ({ source: external.get(actor, params.name) }),
    )

    server.put(
      PATH,
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Make the app of a repository elsewhere',
          params: AppParams,
          body: ConnectExternal,
          response: { 200: ConnectedExternal },
        },
      },
      async ({ actor, params, body }) => external.connect(actor, params.name, body),
    )

    server.patch(
      PATH,
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Change what of the repository is deployed, and when',
          params: AppParams,
          body: ChangeExternal,
          response: { 200: ExternalSource },
        },
      },
      async ({ actor, params, body }) => external.change(actor, params.name, body),
    )

    server.delete(
      PATH,
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Fetch nothing more; what runs goes on running',
          params: AppParams,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        await external.disconnect(actor, params.name)
        reply.code(204)
        return null
      },
    )

    server.post(
      `${PATH}/fetch`,
      {
        config: { access: DEPLOY },
        schema: {
          summary: 'Look at the repository now, and deploy what is new',
          params: AppParams,
          response: { 200: LookOutcome },
        },
      },
      async ({ actor, params }) => external.fetch(actor, params.name),
    )

    server.post(
      `${PATH}/deploy-key`,
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Make another deploy key',
          params: AppParams,
          response: { 200: ExternalSource },
        },
      },
      async ({ actor, params }) => external.renewDeployKey(actor, params.name),
    )

    server.delete(
      `${PATH}/host-key`,
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Forget the key that the SSH host showed the first time',
          params: AppParams,
          response: { 200: ExternalSource },
        },
      },
      async ({ actor, params }) => external.forgetHostKey(actor, params.name),
    )

    server.post(
      `${PATH}/webhook-secret`,
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Make another secret for the webhook, shown this once',
          params: AppParams,
          response: { 200: ConnectedExternal },
        },
      },
      async ({ actor, params }) => external.renewWebhookSecret(actor, params.name),
    )
  }

/** What webhooks brought, for the people of the app. */
export const deliveryRoutes =
  (webhooks: WebhookService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      `${PATH}/deliveries`,
      {
        config: { access: READ },
        schema: {
          summary: 'The last 100 webhooks, and what came of each',
          params: AppParams,
          response: { 200: pageOf(WebhookDelivery) },
        },
      },
      async ({ actor, params }) => ({
        items: webhooks.list(actor, params.name),
        nextCursor: null,
      }),
    )

    server.post(
      `${PATH}/deliveries/:delivery/redeliver`,
      {
        config: { access: DEPLOY },
        schema: {
          summary: 'Do again what a webhook asked for',
          params: AppParams.extend({ delivery: z.string().max(60) }),
          response: { 200: WebhookDelivery },
        },
      },
      async ({ actor, params }) => webhooks.redeliver(actor, params.name, params.delivery),
    )
  }

/** Private networks that sources may lie in, and authorities that hosts there prove themselves by. */
export const sourceNetworkRoutes =
  (networks: SourceNetworkService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/source-networks',
      {
        config: { access: { permission: 'node.read', scope: 'platform' } },
        schema: {
          summary: 'Private networks that sources may lie in',
          response: { 200: SourceNetworks },
        },
      },
      async ({ actor }) => networks.get(actor),
    )

    server.put(
      '/source-networks',
      {
        config: { access: { permission: 'node.change', scope: 'platform', fresh: true } },
        schema: {
          summary: 'Say which private networks sources may lie in',
          body: SourceNetworks,
          response: { 200: SourceNetworks },
        },
      },
      async ({ actor, body }) => networks.set(actor, body),
    )

    server.get(
      '/source-authorities',
      {
        config: { access: { permission: 'node.read', scope: 'platform' } },
        schema: {
          summary: "Authorities that Git hosts prove themselves by besides the system's",
          response: { 200: SourceAuthorities },
        },
      },
      async ({ actor }) => networks.authorities(actor),
    )

    server.put(
      '/source-authorities',
      {
        config: { access: { permission: 'node.change', scope: 'platform', fresh: true } },
        schema: {
          summary: 'Say which authorities Git hosts may prove themselves by, in PEM',
          body: SetSourceAuthorities,
          response: { 200: SourceAuthorities },
        },
      },
      async ({ actor, body }) => networks.setAuthorities(actor, body.certificates),
    )
  }
