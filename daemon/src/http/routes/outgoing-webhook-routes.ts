import {
  AddOutgoingWebhook,
  ChangeOutgoingWebhook,
  CreatedOutgoingWebhook,
  OutgoingDelivery,
  OutgoingDeliveryDetails,
  OutgoingWebhook,
} from '@vastrox/shared/outgoing-webhook.ts'
import { PageQuery, pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { OutgoingWebhookService } from '#core/outgoing-webhooks/outgoing-webhook-service.ts'

const access = { permission: 'webhook.manage', scope: 'team' } as const
const PATH = '/outgoing-webhooks'
const Params = z.object({ id: z.string().max(60) })
const DeliveryParams = Params.extend({ delivery: z.string().max(60) })

/** Addresses elsewhere that are told of events, and what was delivered to them. */
export const outgoingWebhookRoutes =
  (webhooks: OutgoingWebhookService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      PATH,
      {
        config: { access },
        schema: {
          summary: 'Addresses that are told of events; at most 50',
          response: { 200: pageOf(OutgoingWebhook) },
        },
      },
      async ({ actor }) => ({ items: webhooks.list(actor), nextCursor: null }),
    )

    server.post(
      PATH,
      {
        config: { access },
        schema: {
          summary: 'Tell an address of events; the secret they are signed with is shown this once',
          body: AddOutgoingWebhook,
          response: { 201: CreatedOutgoingWebhook },
        },
      },
      async ({ actor, body }, reply) => {
        const created = await webhooks.add(actor, body)
        reply.code(201)
        return created
      },
    )

    server.patch(
      `${PATH}/:id`,
      {
        config: { access },
        schema: {
          summary: 'Change an outgoing webhook, or switch it off or on',
          params: Params,
          body: ChangeOutgoingWebhook,
          response: { 200: OutgoingWebhook },
        },
      },
      async ({ actor, params, body }) => webhooks.change(actor, params.id, body),
    )

    server.delete(
      `${PATH}/:id`,
      {
        config: { access },
        schema: {
          summary: 'Tell an address nothing more',
          params: Params,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        webhooks.remove(actor, params.id)
        reply.code(204)
        return null
      },
    )

    server.post(
      `${PATH}/:id/secret`,
      {
        config: { access: { ...access, fresh: true } },
        schema: {
          summary: 'Make another secret, shown this once; the one before signs as well for a day',
          params: Params,
          response: { 200: CreatedOutgoingWebhook },
        },
      },
      async ({ actor, params }) => webhooks.renewSecret(actor, params.id),
    )

    server.post(
      `${PATH}/:id/test`,
      {
        config: { access },
        schema: {
          summary: 'Send a test, once',
          params: Params,
          response: { 202: OutgoingDelivery },
        },
      },
      async ({ actor, params }, reply) => {
        reply.code(202)
        return webhooks.test(actor, params.id)
      },
    )

    server.get(
      `${PATH}/:id/deliveries`,
      {
        config: { access },
        schema: {
          summary: 'What was sent and what the other side said, newest first; the last 500',
          params: Params,
          querystring: PageQuery,
          response: { 200: pageOf(OutgoingDelivery) },
        },
      },
      async ({ actor, params, query }) => webhooks.listDeliveries(actor, params.id, query),
    )

    server.get(
      `${PATH}/:id/deliveries/:delivery`,
      {
        config: { access },
        schema: {
          summary: 'A delivery with its body and every try',
          params: DeliveryParams,
          response: { 200: OutgoingDeliveryDetails },
        },
      },
      async ({ actor, params }) => webhooks.getDelivery(actor, params.id, params.delivery),
    )

    server.post(
      `${PATH}/:id/deliveries/:delivery/redeliver`,
      {
        config: { access },
        schema: {
          summary: 'Send the same event once more, under the same id',
          params: DeliveryParams,
          response: { 202: OutgoingDelivery },
        },
      },
      async ({ actor, params }, reply) => {
        reply.code(202)
        return webhooks.redeliver(actor, params.id, params.delivery)
      },
    )
  }
