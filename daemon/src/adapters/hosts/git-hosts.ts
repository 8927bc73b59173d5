import type { GitHost, KnownHost } from '#ports/git-host.ts'
import type { HttpClient } from '#ports/http-client.ts'
import { createGitea } from './gitea.ts'
import { createGithub } from './github.ts'
import { createGitlab } from './gitlab.ts'

/** To add a kind of Git host: write its file beside this one, then name it here. */
export const createGitHosts = (http: HttpClient): Record<KnownHost, GitHost> => ({
  github: createGithub(http),
  gitlab: createGitlab(http),
  gitea: createGitea(http),
})
