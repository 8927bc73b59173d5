import type { HostKind } from '@vastrox/shared/external-source.ts'

export type KnownHost = Exclude<HostKind, 'generic'>

/** A host and how it lets us in. */
export interface HostAccess {
  /** `https://github.com`, `https://gitlab.example.com`. */
  baseUrl: string
  token: string
}

export interface HostRepository {
  /** `owner/name`. */
  name: string
  httpsUrl: string
  sshUrl: string
  defaultBranch: string
  isPrivate: boolean
}

export interface CommitStatus {
  sha: string
  ref: string
  state: 'pending' | 'success' | 'failure' | 'error'
  description: string
  /** Of the deployment in the dashboard. */
  url: string
  /** What it is called among others: `vastrox/blog`. */
  context: string
  environment: string
  /** Where the app is reached. */
  environmentUrl: string
}

/**
 * The API of one kind of Git host. Rejects with GIT_HOST_REFUSED where the token may not, and with
 * what the guarded client throws.
 */
export interface GitHost {
  /** Whom the token belongs to. */
  whoAmI(access: HostAccess): Promise<string>
  /** At most 100 that the token may change, those used last first. */
  listRepositories(access: HostAccess, search: string): Promise<HostRepository[]>
  /** At most 100. */
  listBranches(access: HostAccess, repository: string): Promise<string[]>
  /** Gives the host's id of it, as for the webhook. */
  addDeployKey(
    access: HostAccess,
    repository: string,
    key: { title: string; publicKey: string },
  ): Promise<string>
  removeDeployKey(access: HostAccess, repository: string, id: string): Promise<void>
  addWebhook(
    access: HostAccess,
    repository: string,
    hook: { url: string; secret: string },
  ): Promise<string>
  removeWebhook(access: HostAccess, repository: string, id: string): Promise<void>
  postStatus(access: HostAccess, repository: string, status: CommitStatus): Promise<void>
  /** Tells of a deployment too, where the host knows such a thing; gives its id of it, taken again. */
  postDeployment(
    access: HostAccess,
    repository: string,
    status: CommitStatus,
    known: string | null,
  ): Promise<string | null>
}

export interface OAuthApp {
  baseUrl: string
  clientId: string
  clientSecret: string
  redirectUrl: string
}

export interface OAuthGrant {
  token: string
  refreshToken: string | null
  /** Seconds; null where it does not end. */
  expiresIn: number | null
}

/** What a person agrees to in their browser. */
export interface GitHostSignIn {
  authorizeUrl(kind: 'gitlab' | 'gitea', app: OAuthApp, state: string): string
  exchange(kind: 'gitlab' | 'gitea', app: OAuthApp, code: string): Promise<OAuthGrant>
  refresh(kind: 'gitlab' | 'gitea', app: OAuthApp, refreshToken: string): Promise<OAuthGrant>
  /** The GitHub App that a manifest has made. */
  convertManifest(
    baseUrl: string,
    code: string,
  ): Promise<{ id: string; slug: string; privateKey: string; pageUrl: string }>
  /** A token of the app where it is installed, for an hour; undefined where it is nowhere. */
  installationToken(
    baseUrl: string,
    app: { id: string; privateKey: string },
    repository: string | null,
  ): Promise<string | undefined>
}
