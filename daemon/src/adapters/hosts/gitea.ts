import { z } from 'zod'
import type { GitHost } from '#ports/git-host.ts'
import type { HttpClient } from '#ports/http-client.ts'
import { type Call, githubLike, LikeRepository, matching } from './github-like.ts'
import { callApi } from './host-api.ts'

/** Gitea and Forgejo: one API. */
export function createGitea(http: HttpClient): GitHost {
  const call: Call = ({ baseUrl, token }, method, path, reply, body) =>
    callApi(http, {
      method,
      url: `${baseUrl}/api/v1${path}`,
      // What a person made is a `token`; a Bearer is taken for both.
      headers: { authorization: `Bearer ${token}` },
      reply,
      body,
    })

  return {
    ...githubLike(call, {
      branchesQuery: 'limit=50',
      webhook: { type: 'gitea' },
      maxDescription: 255,
    }),

    listRepositories: async (access, search) =>
      matching(await call(access, 'GET', '/user/repos?limit=50', z.array(LikeRepository)), search),

    // It knows statuses of commits only.
    postDeployment: async () => null,
  }
}
