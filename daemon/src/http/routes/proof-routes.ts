import {
  CodeSetUp,
  ConfirmCode,
  Proof,
  RecoveryCodes,
  SignInRules,
  SignInWays,
} from '@vastrox/shared/sign-in.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { AccessService } from '#core/access/access-service.ts'
import { browserOf } from '#http/browser-of.ts'
import { clientOf } from '#http/client-of.ts'

const OWN = { permission: 'signed-in', scope: 'team', setUp: true } as const
const OWN_FRESH = { ...OWN, fresh: true } as const
const NOTHING = z.undefined()

/** What somebody proves who they are with, and proves it again by. All of it is a browser's. */
export const proofRoutes =
  ({ proofs, factors }: AccessService): FastifyPluginAsyncZod =>
  async (server) => {
    server.post(
      '/session/proof',
      {
        config: { access: OWN, limit: 'sign-in' },
        schema: {
          summary: 'Show once more that it is you; counts for ten minutes',
          body: Proof,
          response: { 204: NOTHING },
        },
      },
      async (request, reply) => {
        const { actor, body } = request
        await proofs.prove(actor, browserOf(request), body, clientOf(request))
        reply.code(204)
      },
    )

    server.get(
      '/sign-in-ways',
      {
        config: { access: OWN },
        schema: { summary: 'How you prove who you are', response: { 200: SignInWays } },
      },
      async (request) => {
        browserOf(request)
        return proofs.waysFor(request.actor)
      },
    )

    server.post(
      '/sign-in-ways/app',
      {
        config: { access: OWN_FRESH },
        schema: {
          summary: 'Begin to set up an authenticator app; PUT a code of it to finish',
          response: { 200: CodeSetUp },
        },
      },
      async (request) => {
        browserOf(request)
        return factors.beginApp(request.actor)
      },
    )

    server.put(
      '/sign-in-ways/app',
      {
        config: { access: OWN_FRESH },
        schema: {
          summary: 'Ask for a code of the app from now on; gives recovery codes the first time',
          body: ConfirmCode,
          response: { 200: RecoveryCodes },
        },
      },
      async (request) => ({
        codes: factors.confirmApp(request.actor, browserOf(request), request.body),
      }),
    )

    server.delete(
      '/sign-in-ways/app',
      {
        config: { access: OWN_FRESH },
        schema: { summary: 'Ask for no codes any more', response: { 204: NOTHING } },
      },
      async (request, reply) => {
        factors.removeApp(request.actor, browserOf(request))
        reply.code(204)
      },
    )

    server.post(
      '/sign-in-ways/recovery-codes',
      {
        config: { access: OWN_FRESH },
        schema: {
          summary: 'Ten new recovery codes; those before are good for nothing more',
          response: { 200: RecoveryCodes },
        },
      },
      async (request) => ({
        codes: factors.renewRecoveryCodes(request.actor, browserOf(request)),
      }),
    )

    server.put(
      '/sign-in-rules',
      {
        config: { access: { permission: 'user.manage', scope: 'team', fresh: true } },
        schema: {
          summary: 'Whether everybody of the team needs a second factor',
          body: SignInRules,
          response: { 200: SignInRules },
        },
      },
      async ({ actor, body }) => {
        factors.require(actor, body.secondFactorRequired)
        return body
      },
    )
  }
