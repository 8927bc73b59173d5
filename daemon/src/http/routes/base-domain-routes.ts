import {
  BaseDomain,
  BaseDomainCheck,
  CheckBaseDomain,
  MoveBaseDomain,
} from '@vastrox/shared/base-domain.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { LoadBaseDomain } from '#core/base-domain/load-base-domain.ts'

export const baseDomainRoutes =
  (load: LoadBaseDomain): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/base-domain',
      {
        config: { access: { permission: 'node.read', scope: 'platform' } },
        schema: {
          summary: 'The domain of dashboard, API, Git and apps, and those from before',
          response: { 200: BaseDomain },
        },
      },
      async ({ actor }) => (await load()).get(actor),
    )

    server.post(
      '/base-domain/check',
      {
        config: { access: { permission: 'node.read', scope: 'platform' } },
        schema: {
          summary: 'Look whether a name leads here, and say what a move to it means',
          body: CheckBaseDomain,
          response: { 200: BaseDomainCheck },
        },
      },
      async ({ actor, body }) => (await load()).check(actor, body.name),
    )

    server.put(
      '/base-domain',
      {
        config: { access: { permission: 'node.change', scope: 'platform', fresh: true } },
        schema: {
          summary: 'Move dashboard, API, Git, apps and certificates to another domain',
          body: MoveBaseDomain,
          response: { 200: BaseDomain },
        },
      },
      async ({ actor, body }) => (await load()).move(actor, body),
    )

    server.post(
      '/base-domain/undo',
      {
        config: { access: { permission: 'node.change', scope: 'platform', fresh: true } },
        schema: {
          summary: 'Take the last move back, within 30 days',
          response: { 200: BaseDomain },
        },
      },
      async ({ actor }) => (await load()).undo(actor),
    )
  }
