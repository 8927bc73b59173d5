import {
  BackupRoot,
  ChangeDestination,
  ConfirmName,
  CreatedDestination,
  CreateDestination,
  Destination,
  DestinationKey,
  DestinationKindInfo,
  DestinationName,
} from '@vastrox/shared/backup.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { LoadBackups } from '#core/backups/backup-services.ts'

const READ = { access: { permission: 'backup.read', scope: 'team' } } as const
const MANAGE = { access: { permission: 'backup.manage', scope: 'team' } } as const
const MANAGE_FRESH = { access: { ...MANAGE.access, fresh: true } } as const
const PATH = '/destinations'
const Params = z.object({ destination: DestinationName })

/** Where backups are kept. */
export const destinationRoutes =
  (load: LoadBackups): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      PATH,
      {
        config: READ,
        schema: {
          summary: 'Where backups are kept; at most 50',
          response: { 200: pageOf(Destination) },
        },
      },
      async ({ actor }) => ({
        items: (await load()).destinations.list(actor),
        nextCursor: null,
      }),
    )

    server.get(
      '/destination-kinds',
      {
        config: READ,
        schema: {
          summary: 'What kinds of destinations there are, with the JSON Schema of their settings',
          response: { 200: pageOf(DestinationKindInfo) },
        },
      },
      async ({ actor }) => ({
        items: (await load()).destinations.kinds(actor),
        nextCursor: null,
      }),
    )

    server.get(
      '/backup-roots',
      {
        config: READ,
        schema: {
          summary: "Places on this server's own disks that your team may choose",
          response: { 200: pageOf(BackupRoot) },
        },
      },
      async ({ actor }) => ({
        items: await (await load()).destinations.roots(actor),
        nextCursor: null,
      }),
    )

    server.post(
      PATH,
      {
        config: MANAGE_FRESH,
        schema: {
          summary: 'Add a destination; the key of its repository is shown this once',
          body: CreateDestination,
          response: { 201: CreatedDestination },
        },
      },
      async ({ actor, body }, reply) => {
        const created = await (await load()).destinations.create(actor, body)
        reply.code(201)
        return created
      },
    )

    server.get(
      `${PATH}/:destination`,
      {
        config: READ,
        schema: { summary: 'A destination', params: Params, response: { 200: Destination } },
      },
      async ({ actor, params }) => (await load()).destinations.get(actor, params.destination),
    )

    server.patch(
      `${PATH}/:destination`,
      {
        config: MANAGE_FRESH,
        schema: {
          summary: 'Change a destination; settings that are left out stay as they are',
          params: Params,
          body: ChangeDestination,
          response: { 200: Destination },
        },
      },
      async ({ actor, params, body }) =>
        (await load()).destinations.change(actor, params.destination, body),
    )

    server.delete(
      `${PATH}/:destination`,
      {
        config: MANAGE_FRESH,
        schema: {
          summary: 'Forget a destination; what is there stays there, and is opened by its key',
          params: Params,
          body: ConfirmName,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params, body }, reply) => {
        const { destinations } = await load()
        destinations.remove(actor, params.destination, body.confirm)
        reply.code(204)
        return null
      },
    )

    server.post(
      `${PATH}/:destination/test`,
      {
        config: MANAGE,
        schema: {
          summary: 'Open a destination as a backup would, and measure it',
          params: Params,
          response: { 200: Destination },
        },
      },
      async ({ actor, params }) => (await load()).destinations.test(actor, params.destination),
    )

    server.post(
      `${PATH}/:destination/check`,
      {
        config: MANAGE,
        schema: {
          summary: 'Read everything at a destination again, in the background',
          params: Params,
          response: { 202: Destination },
        },
      },
      async ({ actor, params }, reply) => {
        const { checks } = await load()
        reply.code(202)
        return checks.check(actor, params.destination)
      },
    )

    server.post(
      `${PATH}/:destination/key`,
      {
        config: MANAGE_FRESH,
        schema: {
          summary: 'The key of a repository, once more; the act is written down',
          params: Params,
          response: { 200: DestinationKey },
        },
      },
      async ({ actor, params }) => (await load()).destinations.revealKey(actor, params.destination),
    )
  }
