import { ChannelAnswer } from '@vastrox/shared/channel.ts'
import { AddLogDrain, ChangeLogDrain, LogDrain } from '@vastrox/shared/log-drain.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { LoadDrains } from '#core/drains/drain-parts.ts'

const access = { permission: 'channel.manage', scope: 'team' } as const
/** All that apps say leaves the server by it. */
const fresh = { ...access, fresh: true } as const
const PATH = '/log-drains'
const Params = z.object({ id: z.string().max(60) })
const MOST_TEST_MS = 60_000

/** Where logs are sent on to. */
export const logDrainRoutes =
  (load: LoadDrains): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      PATH,
      {
        config: { access },
        schema: {
          summary: 'Where logs are sent on to, with what was sent and dropped; at most 10',
          response: { 200: pageOf(LogDrain) },
        },
      },
      async ({ actor }) => ({ items: (await load()).list(actor), nextCursor: null }),
    )

    server.post(
      PATH,
      {
        config: { access: fresh },
        schema: {
          summary: 'Send the logs of an app, or of all apps of the team, on to somewhere else',
          body: AddLogDrain,
          response: { 201: LogDrain },
        },
      },
      async ({ actor, body }, reply) => {
        const added = await (await load()).add(actor, body)
        reply.code(201)
        return added
      },
    )

    server.get(
      `${PATH}/:id`,
      {
        config: { access },
        schema: { summary: 'A log drain', params: Params, response: { 200: LogDrain } },
      },
      async ({ actor, params }) => (await load()).get(actor, params.id),
    )

    server.patch(
      `${PATH}/:id`,
      {
        config: { access: fresh },
        schema: {
          summary: 'Switch a log drain on or off, or give it another secret or certificate',
          params: Params,
          body: ChangeLogDrain,
          response: { 200: LogDrain },
        },
      },
      async ({ actor, params, body }) => (await load()).change(actor, params.id, body),
    )

    server.delete(
      `${PATH}/:id`,
      {
        config: { access },
        schema: {
          summary: 'Remove a log drain; what waits for it is not sent any more',
          params: Params,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        await (await load()).remove(actor, params.id)
        reply.code(204)
        return null
      },
    )

    server.post(
      `${PATH}/:id/test`,
      {
        config: { access },
        schema: {
          summary: 'Send one line, and wait for what becomes of it',
          params: Params,
          response: { 200: ChannelAnswer },
        },
      },
      async ({ actor, params }) =>
        (await load()).test(actor, params.id, AbortSignal.timeout(MOST_TEST_MS)),
    )
  }
