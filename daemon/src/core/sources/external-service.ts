import { randomBytes } from 'node:crypto'
import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type {
  ChangeExternal,
  ConnectedExternal,
  ConnectExternal,
  ExternalSource,
  HostKind,
  LookOutcome,
  SourceAccess,
} from '@vastrox/shared/external-source.ts'
import { formatGitUrl, type GitUrl, hostNameOf, parseGitUrl } from '@vastrox/shared/git-url.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { ExternalGit } from '#ports/external-git.ts'
import type { NewId } from '#ports/ids.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { SshKeyMaker } from '#ports/ssh-key-maker.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { ExternalSourceRecord, ExternalSourceStore } from '#store/external-source-store.ts'
import type { ExternalLook } from './external-look.ts'
import { secretContext, showSource, webhookContext } from './external-record.ts'

interface Deps {
  finder: AppFinder
  apps: Pick<AppStore, 'saveSettings'>
  sources: ExternalSourceStore
  externalGit: Pick<ExternalGit, 'forget'>
  look: ExternalLook
  keys: SshKeyMaker
  secretBox: SecretBox
  audit: Pick<AuditLog, 'append'>
  events: EventStream
  clock: Clock
  newId: NewId
  transact: Transact
  dashboardUrl: () => string
}

/** 256 bits (rule C13). */
const SECRET_BYTES = 32
const WEBHOOK_ID_BYTES = 16

const KNOWN_HOSTS: Readonly<Record<string, HostKind>> = {
  'github.com': 'github',
  'ssh.github.com': 'github',
  'gitlab.com': 'gitlab',
  'codeberg.org': 'gitea',
  'gitea.com': 'gitea',
}

/** Apps that are made of a repository elsewhere: what it is, how we are let in, what of it counts. */
export function createExternalService(deps: Deps) {
  const { finder, sources, secretBox, audit, transact } = deps

  function findToChange(actor: Actor, name: string): AppRecord {
    const app = finder.find(actor, name)
    mustBeAble(actor, 'app.change', app.id)
    return app
  }

  function findSource(actor: Actor, app: AppRecord): ExternalSourceRecord {
    const source = sources.find(actor, app.id)
    if (!source) throw new CodedError('EXTERNAL_SOURCE_NOT_FOUND', { app: app.name })
    return source
  }

  const show = (source: ExternalSourceRecord, app: AppRecord): ExternalSource =>
    showSource(source, app, {
      keys: deps.keys,
      webhookUrl: `${deps.dashboardUrl()}/api/v1/hooks/${source.webhookId}`,
    })

  function changed({ teamId, name }: AppRecord): void {
    deps.events.emit({ teamId, type: 'app.changed', app: name, subject: null })
  }

  function saveRoot(actor: Actor, app: AppRecord, root: string | null | undefined): AppRecord {
    if (root === undefined || root === app.settings.build.rootDirectory) return app
    const settings = { ...app.settings, build: { ...app.settings.build, rootDirectory: root } }
    deps.apps.saveSettings(actor, app.id, settings)
    return { ...app, settings }
  }

  function save(
    actor: Actor,
    app: AppRecord,
    source: ExternalSourceRecord,
    { action, root }: { action: string; root?: string | null | undefined },
  ): ExternalSource {
    const saved = transact(() => {
      const now = saveRoot(actor, app, root)
      sources.saveForPlatform(source)
      const { url, access, follow } = source
      audit.append({ actor, action, target: app.name, details: { url, access, follow } })
      return now
    })
    changed(app)
    return show(source, saved)
  }

  /** The secret that goes with how we are let in: what was given, what was kept, or a new key. */
  async function secretFor(
    app: AppRecord,
    url: GitUrl,
    wish: ConnectExternal,
    before: ExternalSourceRecord | undefined,
  ): Promise<Pick<ExternalSourceRecord, 'sealedSecret' | 'publicKey'>> {
    const isKept = before?.access === wish.access && isSameHost(before.url, url)
    if (wish.access === 'open') return { sealedSecret: null, publicKey: null }
    if (wish.access === 'token') {
      if (wish.token !== undefined)
        return { sealedSecret: secretBox.seal(wish.token, secretContext(app.id)), publicKey: null }
      if (isKept) return { sealedSecret: before.sealedSecret, publicKey: null }
      throw new CodedError('REQUEST_INVALID', {
        reason: 'Give the token by which the repository is read.',
      })
    }
    if (isKept && before.url === formatGitUrl(url))
      return { sealedSecret: before.sealedSecret, publicKey: before.publicKey }
    return newKey(app)
  }

  async function newKey(
    app: AppRecord,
  ): Promise<Pick<ExternalSourceRecord, 'sealedSecret' | 'publicKey'>> {
    const { publicKey, privateKey } = await deps.keys.make(`vastrox-${app.name}`)
    return { publicKey, sealedSecret: secretBox.seal(privateKey, secretContext(app.id)) }
  }

  return {
    get(actor: Actor, appName: string): ExternalSource | null {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.read', app.id)
      const source = sources.find(actor, app.id)
      return source ? show(source, app) : null
    },

    /**
     * Connects the app to a repository, or to another one. With a deploy key, that is to be added to
     * the repository next; otherwise it is looked at at once. Throws REPOSITORY_URL_INVALID.
     */
    async connect(
      actor: Actor,
      appName: string,
      wish: ConnectExternal,
    ): Promise<ConnectedExternal> {
      const app = findToChange(actor, appName)
      mustBeAble(actor, 'app.deploy', app.id)
      const url = mustParse(wish.url, wish.access)
      const before = sources.find(actor, app.id)
      const address = formatGitUrl(url)
      const isSame = before?.url === address
      const secret = await secretFor(app, url, wish, before)
      const webhookSecret = before ? null : newSecret()
      const source: ExternalSourceRecord = {
        appId: app.id,
        teamId: app.teamId,
        url: address,
        hostKind: wish.hostKind ?? KNOWN_HOSTS[hostNameOf(url)] ?? before?.hostKind ?? 'generic',
        follow: wish.follow,
        watchPaths: wish.watchPaths,
        submodules: wish.submodules,
        access: wish.access,
        username: wish.username ?? (isSame ? before.username : null),
        ...secret,
        hostKey: before && isSameHost(before.url, url) ? before.hostKey : null,
        pollEveryMs: wish.pollEveryMs,
        postStatus: wish.postStatus,
        accountId: isSame ? before.accountId : null,
        installed: isSame ? before.installed : null,
        commit: isSame ? before.commit : null,
        fetchedAt: isSame ? before.fetchedAt : null,
        nextPollAt: null,
        // Of a host: whoever connects anew is not quicker for it.
        failures: before && isSameHost(before.url, url) ? before.failures : 0,
        problem: null,
        statusProblem: null,
        webhookId: before?.webhookId ?? randomBytes(WEBHOOK_ID_BYTES).toString('hex'),
        sealedWebhookSecret:
          before?.sealedWebhookSecret ??
          secretBox.seal(webhookSecret ?? '', webhookContext(app.id)),
        webhookAt: before?.webhookAt ?? null,
      }
      source.nextPollAt = deps.look.nextPoll(source, 0)
      if (before && !isSame) await deps.externalGit.forget(app.id)
      const shown = save(actor, app, source, { action: 'source.connect', root: wish.rootDirectory })
      if (wish.access !== 'deploy-key' || isSame) void deps.look.look(app.id)
      return { source: shown, webhookSecret }
    },

    change(
      actor: Actor,
      appName: string,
      { rootDirectory, ...change }: ChangeExternal,
    ): ExternalSource {
      const app = findToChange(actor, appName)
      const before = findSource(actor, app)
      const isOther =
        change.follow !== undefined &&
        JSON.stringify(change.follow) !== JSON.stringify(before.follow)
      const source: ExternalSourceRecord = {
        ...before,
        follow: change.follow ?? before.follow,
        watchPaths: change.watchPaths ?? before.watchPaths,
        submodules: change.submodules ?? before.submodules,
        pollEveryMs: change.pollEveryMs === undefined ? before.pollEveryMs : change.pollEveryMs,
        postStatus: change.postStatus ?? before.postStatus,
        ...(isOther ? { commit: null } : {}),
      }
      source.nextPollAt = deps.look.nextPoll(source, 0)
      return save(actor, app, source, { action: 'source.change', root: rootDirectory })
    },

    /** The app keeps running what it runs; nothing more is fetched. */
    async disconnect(actor: Actor, appName: string): Promise<void> {
      const app = findToChange(actor, appName)
      const { url } = findSource(actor, app)
      transact(() => {
        sources.removeForPlatform(app.id)
        audit.append({ actor, action: 'source.disconnect', target: app.name, details: { url } })
      })
      await deps.externalGit.forget(app.id)
      changed(app)
    },

    /** Looks at the repository now, and says what came of it. */
    async fetch(actor: Actor, appName: string): Promise<LookOutcome> {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.deploy', app.id)
      findSource(actor, app)
      return deps.look.look(app.id)
    },

    /** Another deploy key: the one before is of no use from now on. */
    async renewDeployKey(actor: Actor, appName: string): Promise<ExternalSource> {
      const app = findToChange(actor, appName)
      const source = findSource(actor, app)
      if (source.access !== 'deploy-key')
        throw new CodedError('REQUEST_INVALID', {
          reason: 'The repository is not read with a deploy key.',
        })
      const key = await newKey(app)
      return save(actor, app, { ...source, ...key }, { action: 'source.renew-key' })
    },

    /** Whatever the host shows next is taken for its own. */
    forgetHostKey(actor: Actor, appName: string): ExternalSource {
      const app = findToChange(actor, appName)
      const source = { ...findSource(actor, app), hostKey: null }
      return save(actor, app, source, { action: 'source.forget-host-key' })
    },

    /** Another secret for the webhook, shown this once. */
    renewWebhookSecret(actor: Actor, appName: string): ConnectedExternal {
      const app = findToChange(actor, appName)
      const webhookSecret = newSecret()
      const sealedWebhookSecret = secretBox.seal(webhookSecret, webhookContext(app.id))
      const source = { ...findSource(actor, app), sealedWebhookSecret }
      return { source: save(actor, app, source, { action: 'webhook.renew-secret' }), webhookSecret }
    },
  }
}
export type ExternalService = ReturnType<typeof createExternalService>

const newSecret = (): string => randomBytes(SECRET_BYTES).toString('hex')

function mustParse(text: string, access: SourceAccess): GitUrl {
  const parsed = parseGitUrl(text)
  if ('reason' in parsed) throw new CodedError('REPOSITORY_URL_INVALID', { reason: parsed.reason })
  const { url } = parsed
  if (access === 'deploy-key' && url.protocol !== 'ssh')
    throw new CodedError('REPOSITORY_URL_INVALID', {
      reason: 'A deploy key is for an SSH address: git@host:owner/name.git.',
    })
  if (access !== 'deploy-key' && url.protocol === 'ssh')
    throw new CodedError('REPOSITORY_URL_INVALID', {
      reason: 'An SSH address is read with a deploy key; a token is for an https address.',
    })
  return url
}

function isSameHost(address: string, url: GitUrl): boolean {
  const parsed = parseGitUrl(address)
  return (
    'url' in parsed && hostNameOf(parsed.url) === hostNameOf(url) && parsed.url.port === url.port
  )
}
