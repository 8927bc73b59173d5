import { z } from 'zod'
import type { GitHost, HostAccess } from '#ports/git-host.ts'
import type { HttpClient, HttpRequest } from '#ports/http-client.ts'
import { pathOf } from './github.ts'
import { callApi } from './host-api.ts'

const Id = z.object({ id: z.number() })
const Repository = z.object({
  full_name: z.string(),
  clone_url: z.string(),
  ssh_url: z.string(),
  default_branch: z.string(),
  private: z.boolean(),
})

/** Gitea and Forgejo: one API. */
export function createGitea(http: HttpClient): GitHost {
  const call = <Reply>(
    { baseUrl, token }: HostAccess,
    method: HttpRequest['method'],
    path: string,
    reply: z.ZodType<Reply>,
    body?: unknown,
  ): Promise<Reply> =>
    callApi(http, {
      method,
      url: `${baseUrl}/api/v1${path}`,
      // What a person made is a `token`; a Bearer is taken for both.
      headers: { authorization: `Bearer ${token}` },
      reply,
      body,
    })

  return {
    whoAmI: async (access) =>
      (await call(access, 'GET', '/user', z.object({ login: z.string() }))).login,

    async listRepositories(access, search) {
      const found = await call(access, 'GET', '/user/repos?limit=50', z.array(Repository))
      return found
        .filter(({ full_name }) => full_name.toLowerCase().includes(search.toLowerCase()))
        .map((one) => ({
          name: one.full_name,
          httpsUrl: one.clone_url,
          sshUrl: one.ssh_url,
          defaultBranch: one.default_branch,
          isPrivate: one.private,
        }))
    },

    listBranches: async (access, repository) =>
      (
        await call(
          access,
          'GET',
          `/repos/${pathOf(repository)}/branches?limit=50`,
          z.array(z.object({ name: z.string() })),
        )
      ).map(({ name }) => name),

    addDeployKey: async (access, repository, { title, publicKey }) =>
      String(
        (
          await call(access, 'POST', `/repos/${pathOf(repository)}/keys`, Id, {
            title,
            key: publicKey,
            read_only: true,
          })
        ).id,
      ),
    async removeDeployKey(access, repository, id) {
      await call(
        access,
        'DELETE',
        `/repos/${pathOf(repository)}/keys/${encodeURIComponent(id)}`,
        z.unknown(),
      )
    },

    addWebhook: async (access, repository, { url, secret }) =>
      String(
        (
          await call(access, 'POST', `/repos/${pathOf(repository)}/hooks`, Id, {
            type: 'gitea',
            active: true,
            events: ['push', 'delete'],
            config: { url, secret, content_type: 'json' },
          })
        ).id,
      ),
    async removeWebhook(access, repository, id) {
      await call(
        access,
        'DELETE',
        `/repos/${pathOf(repository)}/hooks/${encodeURIComponent(id)}`,
        z.unknown(),
      )
    },

    async postStatus(access, repository, { sha, state, description, url, context }) {
      await call(access, 'POST', `/repos/${pathOf(repository)}/statuses/${sha}`, z.unknown(), {
        state,
        description: description.slice(0, 255),
        target_url: url,
        context,
      })
    },

    // It knows statuses of commits only.
    postDeployment: async () => null,
  }
}
