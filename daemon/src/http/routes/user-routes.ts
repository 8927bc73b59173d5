import { pageOf } from '@vastrox/shared/page.ts'
import {
  ChangeUser,
  CreatedInvitation,
  CreateInvitation,
  Invitation,
} from '@vastrox/shared/team.ts'
import { Session, User } from '@vastrox/shared/user.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { AccessService } from '#core/access/access-service.ts'

const MANAGE = { access: { permission: 'user.manage', scope: 'team' } } as const
const MANAGE_FRESH = { access: { ...MANAGE.access, fresh: true } } as const
const OfUser = z.object({ user: z.string().max(100) })
const NOTHING = z.undefined()

/** The people of a team, what they may do, and whom it invites. */
export const userRoutes =
  ({ people, invitations }: AccessService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/users',
      {
        config: MANAGE,
        schema: { summary: 'Users of the team', response: { 200: pageOf(User) } },
      },
      async ({ actor }) => ({ items: people.list(actor), nextCursor: null }),
    )

    server.patch(
      '/users/:user',
      {
        config: MANAGE_FRESH,
        schema: {
          summary: 'Change a role, grants on apps, and whether somebody may sign in',
          params: OfUser,
          body: ChangeUser,
          response: { 200: User },
        },
      },
      async ({ actor, params, body }) => people.change(actor, params.user, body),
    )

    server.delete(
      '/users/:user',
      {
        config: MANAGE_FRESH,
        schema: {
          summary: 'Take somebody out of the team; what they made stays',
          params: OfUser,
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        people.remove(request.actor, request.params.user)
        reply.code(204)
      },
    )

    server.get(
      '/users/:user/sessions',
      {
        config: MANAGE,
        schema: {
          summary: 'Where somebody of the team is signed in',
          params: OfUser,
          response: { 200: pageOf(Session) },
        },
      },
      async ({ actor, params }) => ({
        items: people.listSessions(actor, params.user),
        nextCursor: null,
      }),
    )

    server.delete(
      '/users/:user/sessions',
      {
        config: MANAGE,
        schema: {
          summary: 'Sign somebody of the team out everywhere',
          params: OfUser,
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        people.endSessions(request.actor, request.params.user)
        reply.code(204)
      },
    )

    server.delete(
      '/users/:user/sessions/:id',
      {
        config: MANAGE,
        schema: {
          summary: 'End one sign-in of somebody of the team',
          params: OfUser.extend({ id: z.string().max(100) }),
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        people.endSessions(request.actor, request.params.user, request.params.id)
        reply.code(204)
      },
    )

    server.get(
      '/invitations',
      {
        config: MANAGE,
        schema: {
          summary: 'Invitations that nobody has accepted yet',
          response: { 200: pageOf(Invitation) },
        },
      },
      async ({ actor }) => ({ items: invitations.list(actor), nextCursor: null }),
    )

    server.post(
      '/invitations',
      {
        config: MANAGE_FRESH,
        schema: {
          summary: 'Invite somebody by a one-time link; it is shown this once',
          body: CreateInvitation,
          response: { 201: CreatedInvitation },
        },
      },
      async (request, reply) => {
        reply.code(201)
        return invitations.create(request.actor, request.body)
      },
    )

    server.delete(
      '/invitations/:id',
      {
        config: MANAGE,
        schema: {
          summary: 'Revoke an invitation',
          params: z.object({ id: z.string().max(100) }),
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        invitations.revoke(request.actor, request.params.id)
        reply.code(204)
      },
    )
  }
