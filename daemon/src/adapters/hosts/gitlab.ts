import { z } from 'zod'
import type { CommitStatus, GitHost, HostAccess } from '#ports/git-host.ts'
import type { HttpClient, HttpRequest } from '#ports/http-client.ts'
import { callApi } from './host-api.ts'
import { collectPages, enoughFor } from './pages.ts'

const Id = z.object({ id: z.number() })
const PAGE = 100
const MAX_BRANCHES = 1_000
const includes = (name: string, search: string): boolean =>
  name.toLowerCase().includes(search.toLowerCase())
const Project = z.object({
  path_with_namespace: z.string(),
  http_url_to_repo: z.string(),
  ssh_url_to_repo: z.string(),
  default_branch: z.string().nullish(),
  visibility: z.string().nullish(),
})

const STATES: Record<CommitStatus['state'], string> = {
  pending: 'running',
  success: 'success',
  failure: 'failed',
  error: 'canceled',
}

/** GitLab, wherever it runs. */
export function createGitlab(http: HttpClient): GitHost {
  const call = <Reply>(
    { baseUrl, token }: HostAccess,
    method: HttpRequest['method'],
    path: string,
    reply: z.ZodType<Reply>,
    body?: unknown,
  ): Promise<Reply> =>
    callApi(http, {
      method,
      url: `${baseUrl}/api/v4${path}`,
      headers: { authorization: `Bearer ${token}` },
      reply,
      body,
    })
  const project = (repository: string): string => `/projects/${encodeURIComponent(repository)}`

  return {
    whoAmI: async (access) =>
      (await call(access, 'GET', '/user', z.object({ username: z.string() }))).username,

    listRepositories(access, search) {
      const query = new URLSearchParams({
        membership: 'true',
        min_access_level: '40',
        order_by: 'last_activity_at',
        per_page: String(PAGE),
        simple: 'true',
        // It searches a word; what stands before a slash is compared here.
        ...(search === ''
          ? {}
          : { search: search.split('/').at(-1) ?? '', search_namespaces: 'true' }),
      })
      return collectPages(
        PAGE,
        (page) => call(access, 'GET', `/projects?${query}&page=${page}`, z.array(Project)),
        (found) =>
          found
            .filter((one) => includes(one.path_with_namespace, search))
            .map((one) => ({
              name: one.path_with_namespace,
              httpsUrl: one.http_url_to_repo,
              sshUrl: one.ssh_url_to_repo,
              defaultBranch: one.default_branch ?? 'main',
              isPrivate: one.visibility !== 'public',
            })),
        enoughFor(search),
      )
    },

    listBranches: (access, repository) =>
      collectPages(
        PAGE,
        (page) =>
          call(
            access,
            'GET',
            `${project(repository)}/repository/branches?per_page=${PAGE}&page=${page}`,
            z.array(z.object({ name: z.string() })),
          ),
        (branches) => branches.map(({ name }) => name),
        (names) => names.length >= MAX_BRANCHES,
      ),

    addDeployKey: async (access, repository, { title, publicKey }) =>
      String(
        (
          await call(access, 'POST', `${project(repository)}/deploy_keys`, Id, {
            title,
            key: publicKey,
            can_push: false,
          })
        ).id,
      ),
    async removeDeployKey(access, repository, id) {
      await call(
        access,
        'DELETE',
        `${project(repository)}/deploy_keys/${encodeURIComponent(id)}`,
        z.unknown(),
      )
    },

    addWebhook: async (access, repository, { url, secret }) =>
      String(
        (
          await call(access, 'POST', `${project(repository)}/hooks`, Id, {
            url,
            token: secret,
            push_events: true,
            tag_push_events: true,
            enable_ssl_verification: true,
          })
        ).id,
      ),
    async removeWebhook(access, repository, id) {
      await call(
        access,
        'DELETE',
        `${project(repository)}/hooks/${encodeURIComponent(id)}`,
        z.unknown(),
      )
    },

    async postStatus(access, repository, { sha, ref, state, description, url, context }) {
      await call(access, 'POST', `${project(repository)}/statuses/${sha}`, z.unknown(), {
        state: STATES[state],
        ref,
        name: context,
        target_url: url,
        description: description.slice(0, 255),
      })
    },

    async postDeployment(access, repository, status, known) {
      const state = STATES[status.state]
      if (known !== null) {
        await call(
          access,
          'PUT',
          `${project(repository)}/deployments/${encodeURIComponent(known)}`,
          z.unknown(),
          {
            status: state,
          },
        )
        return known
      }
      const { id } = await call(access, 'POST', `${project(repository)}/deployments`, Id, {
        environment: status.environment,
        sha: status.sha,
        ref: status.ref,
        tag: false,
        status: state,
      })
      return String(id)
    },
  }
}
