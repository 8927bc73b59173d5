import { z } from 'zod'
import type { GitHost } from '#ports/git-host.ts'
import type { HttpClient } from '#ports/http-client.ts'
import { type Call, githubLike, LikeRepository, matching, pathOf } from './github-like.ts'
import { callApi } from './host-api.ts'
import { collectPages, enoughFor } from './pages.ts'

export const githubApi = (baseUrl: string): string =>
  new URL(baseUrl).host === 'github.com' ? 'https://api.github.com' : `${baseUrl}/api/v3`

export const GITHUB_HEADERS = {
  accept: 'application/vnd.github+json',
  'x-github-api-version': '2022-11-28',
}

const Id = z.object({ id: z.number() })
const PAGE = 100
const isInstallation = (token: string): boolean => token.startsWith('ghs_')

/** GitHub and GitHub Enterprise. */
export function createGithub(http: HttpClient): GitHost {
  const call: Call = ({ baseUrl, token }, method, path, reply, body) =>
    callApi(http, {
      method,
      url: `${githubApi(baseUrl)}${path}`,
      headers: { ...GITHUB_HEADERS, authorization: `Bearer ${token}` },
      reply,
      body,
    })

  return {
    ...githubLike(call, {
      pageQuery: 'per_page=100',
      pageSize: PAGE,
      webhook: { name: 'web' },
      webhookConfig: { insecure_ssl: '0' },
      maxDescription: 140,
    }),

    listRepositories: (access, search) =>
      collectPages(
        PAGE,
        async (page) =>
          isInstallation(access.token)
            ? (
                await call(
                  access,
                  'GET',
                  `/installation/repositories?per_page=${PAGE}&page=${page}`,
                  z.object({ repositories: z.array(LikeRepository) }),
                )
              ).repositories
            : call(
                access,
                'GET',
                `/user/repos?per_page=${PAGE}&page=${page}&sort=pushed`,
                z.array(LikeRepository),
              ),
        (found) => matching(found, search),
        enoughFor(search),
      ),

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
