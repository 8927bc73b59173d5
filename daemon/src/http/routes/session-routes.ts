import { CodedError } from '@vastrox/shared/errors.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { Me, Session, SetPassword, SignIn, SignInByLink } from '@vastrox/shared/user.ts'
import {
  AskForPasskey,
  PasskeyRequest,
  SecondStep,
  SignInByPasskey,
  SignInOffers,
} from '@vastrox/shared/sign-in.ts'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { AccessService } from '#core/access/access-service.ts'
import { clientOf } from '#http/client-of.ts'

const NOBODY = { permission: 'public', scope: 'platform' } as const
const SIGNED_IN = { permission: 'signed-in', scope: 'team', setUp: true } as const
const NOTHING = z.undefined().describe('Nothing; the cookies are in the headers.')

/** The dashboard's way in and out. Programs use tokens instead: these routes deal in cookies. */
export const sessionRoutes =
  (access: AccessService): FastifyPluginAsyncZod =>
  async (server) => {
    const { sessions, signIn } = access

    /** What the browser had until now: nobody could end it once its cookies are replaced. */
    function endSessionBefore({ refreshToken }: FastifyRequest): void {
      if (refreshToken !== undefined) sessions.end(refreshToken)
    }

    server.get(
      '/me',
      {
        config: { access: SIGNED_IN },
        schema: { summary: 'Who you are and what you may do', response: { 200: Me } },
      },
      async (request) => access.me(request.actor),
    )

    server.post(
      '/sign-in',
      {
        config: { access: NOBODY, limit: 'sign-in' },
        schema: {
          summary: 'Sign in by password; SECOND_STEP_NEEDED where that is not all',
          body: SignIn,
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        const { name, password } = request.body
        const started = await signIn.byPassword(name, password, clientOf(request))
        endSessionBefore(request)
        reply.startSession(started).code(204)
      },
    )

    server.post(
      '/sign-in/link',
      {
        config: { access: NOBODY, limit: 'sign-in' },
        schema: {
          summary: 'Sign in by a one-time link',
          body: SignInByLink,
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        const started = signIn.byLink(request.body.token, clientOf(request))
        endSessionBefore(request)
        reply.startSession(started).code(204)
      },
    )

    server.get(
      '/sign-in/offers',
      {
        config: { access: NOBODY },
        schema: {
          summary: 'What one may sign in with besides a password',
          response: { 200: SignInOffers },
        },
      },
      async () => ({
        passkeys: access.passkeys.isAvailable(),
        providers: access.providers.offered(),
      }),
    )

    server.post(
      '/sign-in/passkey-request',
      {
        config: { access: NOBODY, limit: 'sign-in' },
        schema: {
          summary: 'What to ask passkeys, for a sign-in or its second step',
          body: AskForPasskey,
          response: { 200: PasskeyRequest },
        },
      },
      async ({ body }) => signIn.askForPasskey(body.ticket),
    )

    server.post(
      '/sign-in/passkey',
      {
        config: { access: NOBODY, limit: 'sign-in' },
        schema: {
          summary: 'Sign in by a passkey',
          body: SignInByPasskey,
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        const started = await signIn.byPasskey(request.body.answer, clientOf(request))
        endSessionBefore(request)
        reply.startSession(started).code(204)
      },
    )

    server.post(
      '/sign-in/second-step',
      {
        config: { access: NOBODY, limit: 'sign-in' },
        schema: {
          summary: 'Go on signing in, by a second factor',
          body: SecondStep,
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        const started = await signIn.bySecondStep(request.body, clientOf(request))
        endSessionBefore(request)
        reply.startSession(started).code(204)
      },
    )

    server.post(
      '/sign-out',
      {
        config: { access: NOBODY },
        schema: { summary: 'Sign out of this browser', response: { 204: NOTHING } },
      },
      async (request, reply) => {
        endSessionBefore(request)
        reply.endSession().code(204)
      },
    )

    server.post(
      '/session/refresh',
      {
        config: { access: NOBODY },
        schema: { summary: 'Get the next access cookie', response: { 204: NOTHING } },
      },
      async (request, reply) => {
        try {
          reply.startSession(sessions.refresh(request.refreshToken ?? '', clientOf(request)))
        } catch (error) {
          reply.endSession()
          throw error
        }
        reply.code(204)
      },
    )

    server.get(
      '/sessions',
      {
        config: { access: SIGNED_IN },
        schema: { summary: 'Where you are signed in', response: { 200: pageOf(Session) } },
      },
      async ({ actor, sessionId }) => ({
        items: sessions.list(actor, sessionId),
        nextCursor: null,
      }),
    )

    server.delete(
      '/sessions/:id',
      {
        config: { access: SIGNED_IN },
        schema: {
          summary: 'Sign out somewhere else',
          params: z.object({ id: z.string().max(100) }),
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        sessions.revoke(request.actor, request.params.id)
        reply.code(204)
      },
    )

    server.put(
      '/password',
      {
        config: { access: SIGNED_IN, limit: 'sign-in' },
        schema: {
          summary: 'Set your password; every other session of yours ends',
          body: SetPassword,
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        const { actor, sessionId, body } = request
        if (sessionId === null)
          throw new CodedError('PERMISSION_DENIED', {
            reason: 'A password is set in the dashboard, not with a token.',
          })
        reply
          .startSession(await signIn.setPassword(actor, sessionId, body, clientOf(request)))
          .code(204)
      },
    )
  }
