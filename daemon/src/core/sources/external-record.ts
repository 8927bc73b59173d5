import type { ExternalSource } from '@vastrox/shared/external-source.ts'
import { hostNameOf, parseGitUrl } from '@vastrox/shared/git-url.ts'
import type { GitRemote, RemoteCredentials } from '#ports/external-git.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { SshKeyMaker } from '#ports/ssh-key-maker.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { ExternalSourceRecord } from '#store/external-source-store.ts'

export const secretContext = (appId: string): string => `external_sources|${appId}|sealed_secret`
export const webhookContext = (appId: string): string =>
  `external_sources|${appId}|sealed_webhook_secret`

/** The secret is opened for one call. */
export function remoteOf(source: ExternalSourceRecord, box: SecretBox): GitRemote {
  const { appId, url, hostKey } = source
  return { appId, url, hostKey, credentials: credentialsOf(source, box) }
}

function credentialsOf(source: ExternalSourceRecord, box: SecretBox): RemoteCredentials {
  const { access, sealedSecret, appId, username } = source
  if (access === 'open' || sealedSecret === null) return { kind: 'open' }
  const secret = box.open(sealedSecret, secretContext(appId))
  if (access === 'deploy-key') return { kind: 'key', privateKey: secret }
  return { kind: 'token', username: username ?? USERNAMES[source.hostKind], token: secret }
}

/** Whom a token is given as, where the host does not care or has a name for it. */
const USERNAMES = {
  github: 'x-access-token',
  gitlab: 'oauth2',
  gitea: 'git',
  generic: 'git',
} as const

export function showSource(
  source: ExternalSourceRecord,
  app: AppRecord,
  { keys, webhookUrl }: { keys: SshKeyMaker; webhookUrl: string },
): ExternalSource {
  const parsed = parseGitUrl(source.url)
  const host = 'url' in parsed ? hostNameOf(parsed.url) : ''
  return {
    url: source.url,
    hostKind: source.hostKind,
    access: source.access,
    username: source.username,
    publicKey: source.publicKey,
    hostKey: source.hostKey === null ? null : keys.describe(host, source.hostKey),
    rootDirectory: app.settings.build.rootDirectory,
    follow: source.follow,
    watchPaths: source.watchPaths,
    submodules: source.submodules,
    pollEveryMs: source.pollEveryMs,
    postStatus: source.postStatus,
    commit: source.commit,
    fetchedAt: source.fetchedAt,
    nextPollAt: source.nextPollAt,
    problem: source.problem,
    statusProblem: source.statusProblem,
    webhookUrl,
    webhookAt: source.webhookAt,
  }
}
