import {
  AddedPasskey,
  NewPasskey,
  PasskeyCreation,
  PasskeyName,
  PasskeyRequest,
} from '@vastrox/shared/sign-in.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { AccessService } from '#core/access/access-service.ts'
import { browserOf } from '#http/browser-of.ts'

const OWN = { permission: 'signed-in', scope: 'team', setUp: true } as const
const OWN_FRESH = { ...OWN, fresh: true } as const
const NOTHING = z.undefined()
const Id = z.object({ id: z.string().max(100) })

/** Passkeys of one's own. How one signs in with them is among the sessions. */
export const passkeyRoutes =
  ({ passkeys, factors }: AccessService): FastifyPluginAsyncZod =>
  async (server) => {
    server.post(
      '/sign-in-ways/passkey-request',
      {
        config: { access: OWN },
        schema: {
          summary: 'What to ask your passkeys, for a proof of who you are',
          response: { 200: PasskeyRequest },
        },
      },
      async (request) => {
        browserOf(request)
        return passkeys.request('passkey-proof', request.actor.id)
      },
    )

    server.post(
      '/sign-in-ways/passkey-creation',
      {
        config: { access: OWN_FRESH },
        schema: { summary: 'What to make a passkey with', response: { 200: PasskeyCreation } },
      },
      async (request) => {
        browserOf(request)
        return passkeys.creation(request.actor)
      },
    )

    server.post(
      '/sign-in-ways/passkeys',
      {
        config: { access: OWN_FRESH },
        schema: {
          summary: 'Add a passkey; gives recovery codes with the first second factor',
          body: NewPasskey,
          response: { 201: AddedPasskey },
        },
      },
      async (request, reply) => {
        const passkey = await passkeys.add(request.actor, browserOf(request), request.body)
        reply.code(201)
        return { passkey, codes: factors.recoveryCodesFor(request.actor.id) }
      },
    )

    server.patch(
      '/sign-in-ways/passkeys/:id',
      {
        config: { access: OWN },
        schema: {
          summary: 'Give a passkey another name',
          params: Id,
          body: z.object({ name: PasskeyName }),
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        browserOf(request)
        passkeys.rename(request.actor, request.params.id, request.body.name)
        reply.code(204)
      },
    )

    server.delete(
      '/sign-in-ways/passkeys/:id',
      {
        config: { access: OWN_FRESH },
        schema: { summary: 'Remove a passkey', params: Id, response: { 204: NOTHING } },
      },
      async (request, reply) => {
        passkeys.remove(request.actor, browserOf(request), request.params.id)
        factors.tidyRecoveryCodes(request.actor.id)
        reply.code(204)
      },
    )
  }
