import { z } from 'zod'
import type { GitHost } from '#ports/git-host.ts'
import type { HttpClient } from '#ports/http-client.ts'
import { type Call, githubLike, LikeRepository, matching } from './github-like.ts'
import { callApi } from './host-api.ts'
import { collectPages, enoughFor } from './pages.ts'

/** The most that Gitea gives at once, unless somebody has told it otherwise. */
const PAGE = 50

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
      pageQuery: `limit=${PAGE}`,
      pageSize: PAGE,
      webhook: { type: 'gitea' },
      maxDescription: 255,
    }),

    listRepositories: (access, search) =>
      collectPages(
        PAGE,
        (page) =>
          call(access, 'GET', `/user/repos?limit=${PAGE}&page=${page}`, z.array(LikeRepository)),
        (found) => matching(found, search),
        enoughFor(search),
      ),

    // It knows statuses of commits only.
    postDeployment: async () => null,
  }
}
