import { pageOf } from '@vastrox/shared/page.ts'
import {
  AcceptInvitation,
  CreateTeam,
  InvitationToken,
  RenameTeam,
  ShownInvitation,
  SwitchTeam,
  Team,
} from '@vastrox/shared/team.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { AccessService } from '#core/access/access-service.ts'
import { addressOf } from '#http/address-of.ts'

const SIGNED_IN = { access: { permission: 'signed-in', scope: 'team' } } as const
const OWN = { access: { permission: 'team.manage', scope: 'team' } } as const
/** Whoever holds the link: what is in it is the proof. */
const BY_LINK = { access: { permission: 'public', scope: 'platform' }, limit: 'sign-in' } as const
const OfTeam = z.object({ team: z.string().max(100) })
const NOTHING = z.undefined()

/** The teams that one is in, and how one comes into another. */
export const teamRoutes =
  ({ teams, invitations, sessions }: AccessService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/teams',
      {
        config: SIGNED_IN,
        schema: { summary: 'The teams that you are in', response: { 200: pageOf(Team) } },
      },
      async ({ actor }) => ({ items: teams.list(actor), nextCursor: null }),
    )

    server.post(
      '/teams',
      {
        config: { access: { permission: 'team.create', scope: 'platform' } },
        schema: {
          summary: 'Create a team; you are its owner',
          body: CreateTeam,
          response: { 201: Team },
        },
      },
      async (request, reply) => {
        reply.code(201)
        return teams.create(request.actor, request.body.name)
      },
    )

    server.patch(
      '/teams/:team',
      {
        config: OWN,
        schema: {
          summary: 'Rename the team that you work in',
          params: OfTeam,
          body: RenameTeam,
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        teams.rename(request.actor, request.params.team, request.body.name)
        reply.code(204)
      },
    )

    server.delete(
      '/teams/:team',
      {
        config: { access: { ...OWN.access, fresh: true } },
        schema: {
          summary: 'Remove the team that you work in, once it is empty',
          params: OfTeam,
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        teams.remove(request.actor, request.params.team)
        reply.code(204)
      },
    )

    server.post(
      '/session/team',
      {
        config: SIGNED_IN,
        schema: {
          summary: 'Work in another of your teams, in this browser',
          body: SwitchTeam,
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        teams.switchTo(request.actor, request.sessionId, request.body.team)
        reply.code(204)
      },
    )

    server.post(
      '/invitations/look',
      {
        config: BY_LINK,
        schema: {
          summary: 'What an invitation is to',
          body: InvitationToken,
          response: { 200: ShownInvitation },
        },
      },
      async ({ body }) => invitations.look(body.token),
    )

    server.post(
      '/invitations/accept',
      {
        config: BY_LINK,
        schema: {
          summary: 'Accept an invitation as somebody new: a name and a password',
          body: AcceptInvitation,
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        const client = {
          address: addressOf(request),
          userAgent: request.headers['user-agent'] ?? '',
        }
        const started = await invitations.accept(request.body, client)
        if (request.refreshToken !== undefined) sessions.end(request.refreshToken)
        reply.startSession(started).code(204)
      },
    )

    server.post(
      '/invitations/join',
      {
        config: SIGNED_IN,
        schema: {
          summary: 'Accept an invitation as who you are, and work in that team',
          body: InvitationToken,
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        const { teamId } = invitations.joinAs(request.actor, request.body.token)
        teams.switchTo(request.actor, request.sessionId, teamId)
        reply.code(204)
      },
    )
  }
