import { pageOf } from '@vastrox/shared/page.ts'
import { AddSshKey, SshAccess, SshKey } from '@vastrox/shared/ssh-key.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { SshKeyService } from '#core/access/ssh-key-service.ts'

const SIGNED_IN = { permission: 'signed-in', scope: 'team' } as const
/** One's own, and those of the team for whoever looks after its users: the service sees to it. */
const MANAGE = { permission: 'key.manage', scope: 'team' } as const
const MANAGE_FRESH = { ...MANAGE, fresh: true } as const

export const sshKeyRoutes =
  (keys: SshKeyService, describe: () => SshAccess): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/ssh',
      {
        config: { access: SIGNED_IN },
        schema: {
          summary: 'Where the SSH server is, and the fingerprints it has',
          response: { 200: SshAccess },
        },
      },
      async () => describe(),
    )

    server.get(
      '/ssh-keys',
      {
        config: { access: MANAGE },
        schema: { summary: 'SSH keys that may sign in', response: { 200: pageOf(SshKey) } },
      },
      async ({ actor }) => ({ items: keys.list(actor), nextCursor: null }),
    )

    server.post(
      '/ssh-keys',
      {
        config: { access: MANAGE_FRESH },
        schema: {
          summary: 'Add an SSH key of your own',
          body: AddSshKey,
          response: { 201: SshKey },
        },
      },
      async (request, reply) => {
        reply.code(201)
        return keys.add(request.actor, request.body)
      },
    )

    server.delete(
      '/ssh-keys/:id',
      {
        config: { access: MANAGE },
        schema: {
          summary: 'Remove an SSH key; whoever is connected with it is out',
          params: z.object({ id: z.string().max(100) }),
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        keys.remove(request.actor, request.params.id)
        reply.code(204)
      },
    )
  }
