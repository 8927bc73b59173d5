import {
  BeginTrip,
  EndedTrip,
  FinishTrip,
  ProviderName,
  SetSignInProvider,
  SignInProvider,
  SignInProviders,
  TripUrl,
} from '@vastrox/shared/sign-in.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { AccessService } from '#core/access/access-service.ts'
import { browserOf } from '#http/browser-of.ts'
import { clientOf } from '#http/client-of.ts'

const NOBODY = { permission: 'public', scope: 'platform' } as const
const OWN_FRESH = { permission: 'signed-in', scope: 'team', fresh: true } as const
const MANAGE = { permission: 'node.change', scope: 'platform' } as const
const MANAGE_FRESH = { ...MANAGE, fresh: true } as const
const Name = z.object({ name: ProviderName })
const NOTHING = z.undefined()

/** Signing in by OpenID Connect and the like, and how it is set up. */
export const identityRoutes =
  ({ identities, providers, sessions }: AccessService): FastifyPluginAsyncZod =>
  async (server) => {
    server.post(
      '/sign-in/provider',
      {
        config: { access: NOBODY, limit: 'sign-in' },
        schema: {
          summary: 'Begin to sign in by a provider: where to send the browser',
          body: BeginTrip,
          response: { 200: TripUrl },
        },
      },
      async ({ body }, reply) => {
        const { url, browserSecret } = await identities.begin(body.provider)
        reply.bindBrowser(browserSecret)
        return { url }
      },
    )

    server.post(
      '/sign-in/provider/finish',
      {
        config: { access: NOBODY, limit: 'sign-in' },
        schema: {
          summary: 'The browser is back from the provider',
          body: FinishTrip,
          response: { 200: EndedTrip },
        },
      },
      async (request, reply) => {
        const { browserSecret, refreshToken } = request
        reply.unbindBrowser()
        const ended = await identities.finish(request.body, browserSecret, clientOf(request))
        if ('linked' in ended) return { outcome: 'linked' as const }
        if (refreshToken !== undefined) sessions.end(refreshToken)
        reply.startSession(ended.session)
        return { outcome: 'signed-in' as const }
      },
    )

    server.post(
      '/sign-in-ways/identities',
      {
        config: { access: OWN_FRESH },
        schema: {
          summary: 'Begin to link an account at a provider: where to send the browser',
          body: BeginTrip,
          response: { 200: TripUrl },
        },
      },
      async (request, reply) => {
        const { actor, body } = request
        const { url, browserSecret } = await identities.beginLink(
          actor,
          browserOf(request),
          body.provider,
        )
        reply.bindBrowser(browserSecret)
        return { url }
      },
    )

    server.delete(
      '/sign-in-ways/identities/:id',
      {
        config: { access: OWN_FRESH },
        schema: {
          summary: 'Sign in by that account no more',
          params: z.object({ id: z.string().max(100) }),
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        browserOf(request)
        identities.unlink(request.actor, request.params.id)
        reply.code(204)
      },
    )

    server.get(
      '/sign-in-providers',
      {
        config: { access: MANAGE },
        schema: {
          summary: 'Providers that people may sign in by',
          response: { 200: SignInProviders },
        },
      },
      async ({ actor }) => providers.list(actor),
    )

    server.put(
      '/sign-in-providers/:name',
      {
        config: { access: MANAGE_FRESH },
        schema: {
          summary: 'Let people sign in by a provider; it is asked what it is first',
          params: Name,
          body: SetSignInProvider,
          response: { 200: SignInProvider },
        },
      },
      async ({ actor, params, body }) => providers.set(actor, params.name, body),
    )

    server.post(
      '/sign-in-providers/:name/test',
      {
        config: { access: MANAGE },
        schema: {
          summary: 'Ask a provider what it is',
          params: Name,
          response: { 200: SignInProvider },
        },
      },
      async ({ actor, params }) => providers.test(actor, params.name),
    )

    server.delete(
      '/sign-in-providers/:name',
      {
        config: { access: MANAGE_FRESH },
        schema: {
          summary: 'Let nobody sign in by it any more',
          params: Name,
          response: { 204: NOTHING },
        },
      },
      async ({ actor, params }, reply) => {
        providers.remove(actor, params.name)
        reply.code(204)
      },
    )
  }
