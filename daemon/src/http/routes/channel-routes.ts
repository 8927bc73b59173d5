import {
  AddChannel,
  ChangeChannel,
  Channel,
  ChannelAnswer,
  ChannelDelivery,
  ChannelKindInfo,
} from '@vastrox/shared/channel.ts'
import { PageQuery, pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { LoadChannels } from '#core/channels/channel-parts.ts'

const access = { permission: 'channel.manage', scope: 'team' } as const
const PATH = '/channels'
const Params = z.object({ id: z.string().max(60) })
const MOST_TEST_MS = 60_000

/** Where notifications are sent, and what was delivered. */
export const channelRoutes =
  (load: LoadChannels): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/catalog/channels',
      {
        config: { access },
        schema: {
          summary: 'What kinds of channels there are, with the JSON Schema of their settings',
          response: { 200: pageOf(ChannelKindInfo) },
        },
      },
      async ({ actor }) => ({ items: (await load()).kinds(actor), nextCursor: null }),
    )

    server.get(
      PATH,
      {
        config: { access },
        schema: {
          summary: 'Where notifications are sent; at most 30',
          response: { 200: pageOf(Channel) },
        },
      },
      async ({ actor }) => ({ items: (await load()).list(actor), nextCursor: null }),
    )

    server.post(
      PATH,
      {
        config: { access },
        schema: {
          summary: 'Send notifications somewhere; its secrets are sealed and never shown again',
          body: AddChannel,
          response: { 201: Channel },
        },
      },
      async ({ actor, body }, reply) => {
        const added = (await load()).add(actor, body)
        reply.code(201)
        return added
      },
    )

    server.get(
      `${PATH}/:id`,
      {
        config: { access },
        schema: { summary: 'A channel', params: Params, response: { 200: Channel } },
      },
      async ({ actor, params }) => (await load()).get(actor, params.id),
    )

    server.patch(
      `${PATH}/:id`,
      {
        config: { access },
        schema: {
          summary:
            'Change a channel; settings that are left out stay, secrets too unless another address is to be told them',
          params: Params,
          body: ChangeChannel,
          response: { 200: Channel },
        },
      },
      async ({ actor, params, body }) => (await load()).change(actor, params.id, body),
    )

    server.delete(
      `${PATH}/:id`,
      {
        config: { access },
        schema: {
          summary: 'Remove a channel, with what waits for it',
          params: Params,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        const channels = await load()
        channels.remove(actor, params.id)
        reply.code(204)
        return null
      },
    )

    server.post(
      `${PATH}/:id/test`,
      {
        config: { access },
        schema: {
          summary: 'Send a test, and wait for what the other side says to it',
          params: Params,
          response: { 200: ChannelAnswer },
        },
      },
      async ({ actor, params }) =>
        (await load()).test(actor, params.id, AbortSignal.timeout(MOST_TEST_MS)),
    )

    server.get(
      `${PATH}/:id/deliveries`,
      {
        config: { access },
        schema: {
          summary: 'What was sent to a channel and what waits, newest first',
          params: Params,
          querystring: PageQuery,
          response: { 200: pageOf(ChannelDelivery) },
        },
      },
      async ({ actor, params, query }) => (await load()).listDeliveries(actor, params.id, query),
    )
  }
