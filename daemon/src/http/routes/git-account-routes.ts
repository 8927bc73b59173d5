import { ConnectedExternal } from '@vastrox/shared/external-source.ts'
import {
  AddedGitAccount,
  AddGitAccount,
  ConnectRepository,
  GitAccount,
  HostRepository,
} from '@vastrox/shared/git-account.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { GitAccountService } from '#core/sources/git-account-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'

const Id = z.object({ id: z.string().max(60) })
const TEAM = { permission: 'app.change', scope: 'team' } as const
const MANAGE = { permission: 'registry.manage', scope: 'team' } as const
const pageWith = <Item>(items: Item[]) => ({ items, nextCursor: null })

/** Accounts at Git hosts, and the way back from them. */
export const gitAccountRoutes =
  (accounts: GitAccountService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/git-accounts',
      {
        config: { access: TEAM },
        schema: { summary: 'Accounts at Git hosts', response: { 200: pageOf(GitAccount) } },
      },
      async ({ actor }) => pageWith(accounts.list(actor)),
    )

    server.post(
      '/git-accounts',
      {
        config: { access: MANAGE },
        schema: {
          summary: 'Add an account at a Git host, by token, OAuth or a GitHub App',
          body: AddGitAccount,
          response: { 201: AddedGitAccount },
        },
      },
      async ({ actor, body }, reply) => {
        reply.code(201)
        return accounts.add(actor, body)
      },
    )

    server.delete(
      '/git-accounts/:id',
      {
        config: { access: MANAGE },
        schema: {
          summary: 'Forget an account at a Git host',
          params: Id,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        accounts.remove(actor, params.id)
        reply.code(204)
        return null
      },
    )

    server.get(
      '/git-accounts/:id/manifest',
      {
        config: { access: MANAGE },
        schema: {
          summary: 'A page that asks GitHub to make an App for this account',
          params: Id,
          response: { 200: z.string() },
        },
      },
      async ({ actor, params }, reply) => {
        const { action, manifest } = accounts.manifestOf(actor, params.id)
        // The one page that may send a form to another site, and nothing else.
        reply.header(
          'content-security-policy',
          `default-src 'none'; form-action ${new URL(action).origin}; frame-ancestors 'none'`,
        )
        reply.type('text/html; charset=utf-8')
        return `<!doctype html><html lang="en"><title>GitHub App</title><h1>Make a GitHub App</h1><p>GitHub asks for a name and then comes back here.</p><form method="post" action="${escaped(action)}"><input type="hidden" name="manifest" value="${escaped(manifest)}"><button>Go to GitHub</button></form></html>`
      },
    )

    server.get(
      '/git-accounts/callback',
      {
        config: { access: { permission: 'public', scope: 'platform' }, limit: 'sign-in' },
        schema: {
          summary: 'Where a Git host sends a browser back to',
          querystring: z.object({ state: z.string().max(200), code: z.string().max(2_000) }),
          response: { 302: z.null() },
        },
      },
      async ({ query }, reply) => {
        const next = await accounts.takeBack(query)
        return reply.redirect(next, 302)
      },
    )

    server.get(
      '/git-accounts/:id/repositories',
      {
        config: { access: TEAM },
        schema: {
          summary: 'Repositories that the account may change',
          params: Id,
          querystring: z.object({ search: z.string().max(200).default('') }),
          response: { 200: pageOf(HostRepository) },
        },
      },
      async ({ actor, params, query }) =>
        pageWith(await accounts.repositories(actor, params.id, query.search)),
    )

    server.get(
      '/git-accounts/:id/branches',
      {
        config: { access: TEAM },
        schema: {
          summary: 'Branches of a repository',
          params: Id,
          /** Whose it is comes first: a stranger learns nothing from what is missing. */
          querystring: z.object({ repository: z.string().max(300).default('') }),
          response: { 200: pageOf(z.string()) },
        },
      },
      async ({ actor, params, query }) =>
        pageWith(await accounts.branches(actor, params.id, query.repository)),
    )

    server.post(
      '/apps/:name/sources/git/from-account',
      {
        config: { access: { permission: 'app.change', scope: 'app' } },
        schema: {
          summary:
            'Make the app of a repository of an account; key and webhook are installed there',
          params: AppParams,
          body: ConnectRepository,
          response: { 200: ConnectedExternal },
        },
      },
      async ({ actor, params, body }) => accounts.connect(actor, params.name, body),
    )
  }

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
