import { z } from 'zod'
import type { GitHost, HostAccess } from '#ports/git-host.ts'
import type { HttpRequest } from '#ports/http-client.ts'
import { collectPages } from './pages.ts'

const Id = z.object({ id: z.number() })
const MAX_BRANCHES = 1_000

/** A repository as GitHub shows it, and Gitea after it. */
export const LikeRepository = z.object({
  full_name: z.string(),
  clone_url: z.string(),
  ssh_url: z.string(),
  default_branch: z.string(),
  private: z.boolean(),
})

/** One call of a host's API as `access` may make it. */
export type Call = <Reply>(
  access: HostAccess,
  method: HttpRequest['method'],
  path: string,
  reply: z.ZodType<Reply>,
  body?: unknown,
) => Promise<Reply>

/** In what the two are different. */
interface Differences {
  /** The query for pages as long as the host gives them. */
  pageQuery: string
  pageSize: number
  /** What a webhook is besides its events and its address. */
  webhook: Record<string, string>
  webhookConfig?: Record<string, string>
  maxDescription: number
}

/** The calls that Gitea and Forgejo took over from GitHub. */
export function githubLike(call: Call, different: Differences) {
  return {
    whoAmI: async (access) =>
      (await call(access, 'GET', '/user', z.object({ login: z.string() }))).login,

    listBranches: (access, repository) =>
      collectPages(
        different.pageSize,
        (page) =>
          call(
            access,
            'GET',
            `/repos/${pathOf(repository)}/branches?${different.pageQuery}&page=${page}`,
            z.array(z.object({ name: z.string() })),
          ),
        (branches) => branches.map(({ name }) => name),
        (names) => names.length >= MAX_BRANCHES,
      ),

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
            ...different.webhook,
            active: true,
            events: ['push', 'delete'],
            config: { url, secret, content_type: 'json', ...different.webhookConfig },
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
        description: description.slice(0, different.maxDescription),
        target_url: url,
        context,
      })
    },
  } satisfies Partial<GitHost>
}

/** Those of a list whose name has the words in it. */
export const matching = (found: readonly z.infer<typeof LikeRepository>[], search: string) =>
  found
    .filter(({ full_name }) => full_name.toLowerCase().includes(search.toLowerCase()))
    .map((one) => ({
      name: one.full_name,
      httpsUrl: one.clone_url,
      sshUrl: one.ssh_url,
      defaultBranch: one.default_branch,
      isPrivate: one.private,
    }))

/** Each part for itself: what a repository is called never leads to another path. */
export const pathOf = (repository: string): string =>
  repository.split('/').map(encodeURIComponent).join('/')
