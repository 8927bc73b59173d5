import { z } from 'zod'
import type { GitHost, HostAccess } from '#ports/git-host.ts'
import type { HttpClient, HttpRequest } from '#ports/http-client.ts'
import { callApi } from './host-api.ts'

export const githubApi = (baseUrl: string): string =>
  new URL(baseUrl).host === 'github.com' ? 'https://api.github.com' : `${baseUrl}/api/v3`

export const GITHUB_HEADERS = {
  accept: 'application/vnd.github+json',
  'x-github-api-version': '2022-11-28',
}

const Id = z.object({ id: z.number() })
const Repository = z.object({
  full_name: z.string(),
  clone_url: z.string(),
  ssh_url: z.string(),
  default_branch: z.string(),
  private: z.boolean(),
})
const isInstallation = (token: string): boolean => token.startsWith('ghs_')

/** GitHub and GitHub Enterprise. */
export function createGithub(http: HttpClient): GitHost {
  const call = <Reply>(
    { baseUrl, token }: HostAccess,
    method: HttpRequest['method'],
    path: string,
    reply: z.ZodType<Reply>,
    body?: unknown,
  ): Promise<Reply> =>
    callApi(http, {
      method,
      url: `${githubApi(baseUrl)}${path}`,
      headers: { ...GITHUB_HEADERS, authorization: `Bearer ${token}` },
      reply,
      body,
    })

  return {
    whoAmI: async (access) =>
      (await call(access, 'GET', '/user', z.object({ login: z.string() }))).login,

    async listRepositories(access, search) {
      const found = isInstallation(access.token)
        ? (
            await call(
              access,
              'GET',
              '/installation/repositories?per_page=100',
              z.object({ repositories: z.array(Repository) }),
            )
          ).repositories
        : await call(access, 'GET', '/user/repos?per_page=100&sort=pushed', z.array(Repository))
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
          `/repos/${pathOf(repository)}/branches?per_page=100`,
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
            name: 'web',
            active: true,
            events: ['push', 'delete'],
            config: { url, secret, content_type: 'json', insecure_ssl: '0' },
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
        description: description.slice(0, 140),
        target_url: url,
        context,
      })
    },

    async postDeployment(access, repository, status, known) {
      const path = `/repos/${pathOf(repository)}/deployments`
      const id =
        known ??
        String(
          (
            await call(access, 'POST', path, Id, {
              ref: status.sha,
              environment: status.environment,
              description: status.description.slice(0, 140),
              auto_merge: false,
              required_contexts: [],
            })
          ).id,
        )
      await call(access, 'POST', `${path}/${encodeURIComponent(id)}/statuses`, z.unknown(), {
        state: status.state === 'pending' ? 'in_progress' : status.state,
        log_url: status.url,
        environment_url: status.environmentUrl,
        description: status.description.slice(0, 140),
      })
      return id
    },
  }
}

/** Each part for itself: what a repository is called never leads to another path. */
export const pathOf = (repository: string): string =>
  repository.split('/').map(encodeURIComponent).join('/')
