import { randomBytes, timingSafeEqual } from 'node:crypto'
import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { type ConnectedExternal, ConnectExternal } from '@vastrox/shared/external-source.ts'
import {
  type AddedGitAccount,
  type AddGitAccount,
  type ConnectRepository,
  type GitAccount,
  type HostRepository,
  RepositoryName,
} from '@vastrox/shared/git-account.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { GitHost, GitHostSignIn, HostAccess, KnownHost } from '#ports/git-host.ts'
import type { NewId } from '#ports/ids.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { Transact } from '#store/database.ts'
import type { ExternalSourceStore } from '#store/external-source-store.ts'
import type { GitAccountRecord, GitAccountStore } from '#store/git-account-store.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { ExternalLook } from './external-look.ts'
import { webhookContext } from './external-record.ts'
import type { ExternalService } from './external-service.ts'
import type { AccountAccess } from './git-account-access.ts'

interface Deps {
  finder: AppFinder
  accounts: GitAccountStore
  access: AccountAccess
  hosts: Record<KnownHost, GitHost>
  signIn: GitHostSignIn
  external: Pick<ExternalService, 'connect'>
  look: Pick<ExternalLook, 'look'>
  sources: ExternalSourceStore
  secretBox: SecretBox
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  transact: Transact
  dashboardUrl: () => string
}

const MAX_ACCOUNTS = 50
const STATE_BYTES = 32
const STATE_FOR_MS = 60 * 60_000

/** Accounts at Git hosts: a person picks repository and branch, and key and webhook are installed for them. */
export function createGitAccountService(deps: Deps) {
  const { accounts, access, hosts, signIn, audit, clock, transact } = deps

  function find(actor: Actor, id: string): GitAccountRecord {
    const account = isLimited(actor) ? undefined : accounts.find(actor, id)
    if (!account) throw new CodedError('GIT_ACCOUNT_NOT_FOUND', { id: id.slice(0, 60) })
    return account
  }

  function newState(): { state: string; stateUntil: string } {
    const stateUntil = new Date(clock.now().getTime() + STATE_FOR_MS).toISOString()
    return { state: randomBytes(STATE_BYTES).toString('hex'), stateUntil }
  }

  async function make(actor: Actor, wish: AddGitAccount): Promise<GitAccountRecord> {
    const at = clock.now().toISOString()
    const id = deps.newId()
    const common = { id, teamId: actor.teamId, baseUrl: wish.baseUrl, createdAt: at, problem: null }
    const hostName = new URL(wish.baseUrl).host
    if (wish.kind === 'token') {
      const name = await hosts[wish.hostKind].whoAmI({ baseUrl: wish.baseUrl, token: wish.token })
      const { hostKind, kind, token } = wish
      return {
        ...common,
        hostKind,
        kind,
        name,
        settings: {},
        sealedSecret: access.seal(id, { token }),
        connectedAt: at,
      }
    }
    if (wish.kind === 'oauth') {
      const { hostKind, kind, clientId, clientSecret } = wish
      const settings = { clientId, ...newState() }
      return {
        ...common,
        hostKind,
        kind,
        name: hostName,
        settings,
        sealedSecret: access.seal(id, { clientSecret }),
        connectedAt: null,
      }
    }
    const { kind, organization } = wish
    const settings = { ...(organization === undefined ? {} : { organization }), ...newState() }
    return {
      ...common,
      hostKind: 'github',
      kind,
      name: hostName,
      settings,
      sealedSecret: null,
      connectedAt: null,
    }
  }

  function whereToGo(account: GitAccountRecord): string | null {
    const { kind, hostKind, settings, id } = account
    if (kind === 'token') return null
    if (kind === 'github-app') return `${deps.dashboardUrl()}/api/v1/git-accounts/${id}/manifest`
    if (hostKind === 'github') return null
    return signIn.authorizeUrl(
      hostKind,
      access.oauthAppOf(account, access.open(account)),
      settings.state ?? '',
    )
  }

  /** Once, by what only that browser was given. */
  function findByState(state: string): GitAccountRecord {
    const now = clock.now().toISOString()
    const found = accounts
      .listForPlatform()
      .find(
        ({ settings }) =>
          settings.state !== undefined &&
          isEqual(settings.state, state) &&
          (settings.stateUntil ?? '') > now,
      )
    if (!found) throw new CodedError('GIT_SIGN_IN_EXPIRED')
    return found
  }

  async function takeCode(account: GitAccountRecord, code: string): Promise<string> {
    const { hostKind, kind, settings } = account
    const { state: _used, stateUntil: _until, ...kept } = settings
    if (kind === 'oauth' && hostKind !== 'github') {
      const secret = access.open(account)
      const grant = await signIn.exchange(hostKind, access.oauthAppOf(account, secret), code)
      const saved = access.keepGrant({ ...account, settings: kept }, secret, grant)
      const name = await hosts[hostKind].whoAmI({ baseUrl: account.baseUrl, token: grant.token })
      accounts.saveForPlatform({ ...saved, name })
      return '/apps'
    }
    const app = await signIn.convertManifest(account.baseUrl, code)
    accounts.saveForPlatform({
      ...account,
      name: app.slug,
      settings: { ...kept, appId: app.id, pageUrl: app.pageUrl },
      sealedSecret: access.seal(account.id, { privateKey: app.privateKey }),
      connectedAt: clock.now().toISOString(),
    })
    // It reads nothing before somebody has said where it is installed.
    return `${app.pageUrl}/installations/new`
  }

  async function install(
    host: GitHost,
    hostAccess: HostAccess,
    {
      appId,
      appName,
      repository,
      publicKey,
    }: { appId: string; appName: string; repository: string; publicKey: string },
  ): Promise<void> {
    const source = deps.sources.findForPlatform(appId)
    if (!source) return
    const before = source.installed ?? { deployKey: null, webhook: null }
    const title = `Vastrox: ${appName}`
    const deployKey =
      before.deployKey ?? (await host.addDeployKey(hostAccess, repository, { title, publicKey }))
    // Row by row: what was made at the host is known here whatever comes next.
    const note = (webhook: string | null): void => {
      const now = deps.sources.findForPlatform(appId)
      if (now) deps.sources.saveForPlatform({ ...now, installed: { deployKey, webhook } })
    }
    note(before.webhook)
    if (before.webhook !== null) return
    const secret = deps.secretBox.open(source.sealedWebhookSecret, webhookContext(appId))
    const url = `${deps.dashboardUrl()}/api/v1/hooks/${source.webhookId}`
    note(await host.addWebhook(hostAccess, repository, { url, secret }))
  }

  return {
    list(actor: Actor): GitAccount[] {
      mustBeAble(actor, 'app.change')
      return isLimited(actor) ? [] : accounts.list(actor).map(show)
    },

    /** Adds an account; where `goTo` is given, somebody has to agree to it there. */
    async add(actor: Actor, wish: AddGitAccount): Promise<AddedGitAccount> {
      mustBeAble(actor, 'registry.manage')
      if (accounts.list(actor).length >= MAX_ACCOUNTS)
        throw new CodedError('REQUEST_INVALID', {
          reason: `There are ${MAX_ACCOUNTS} accounts already.`,
        })
      const account = await make(actor, wish)
      transact(() => {
        accounts.saveForPlatform(account)
        const { hostKind, baseUrl, kind } = account
        audit.append({
          actor,
          action: 'git-account.add',
          target: account.name,
          details: { hostKind, baseUrl, kind },
        })
      })
      return { account: show(account), goTo: whereToGo(account) }
    },

    remove(actor: Actor, id: string): void {
      mustBeAble(actor, 'registry.manage')
      const { name } = find(actor, id)
      transact(() => {
        for (const source of deps.sources.listOfAccountForPlatform(id))
          deps.sources.saveForPlatform({ ...source, accountId: null })
        accounts.remove(actor, id)
        audit.append({ actor, action: 'git-account.remove', target: name })
      })
    },

    /** What GitHub is asked to make, and where it is to be sent, by the browser of whoever wants it. */
    manifestOf(actor: Actor, id: string): { action: string; manifest: string } {
      mustBeAble(actor, 'registry.manage')
      const { kind, baseUrl, settings } = find(actor, id)
      if (kind !== 'github-app') throw new CodedError('GIT_ACCOUNT_NOT_FOUND')
      const owner =
        settings.organization === undefined ? '' : `/organizations/${settings.organization}`
      const url = deps.dashboardUrl()
      return {
        action: `${baseUrl}${owner}/settings/apps/new?state=${settings.state ?? ''}`,
        manifest: JSON.stringify({
          name: `vastrox-${new URL(url).hostname.slice(0, 20)}-${id.slice(-4)}`,
          url,
          redirect_url: `${url}/api/v1/git-accounts/callback`,
          public: false,
          default_permissions: {
            contents: 'read',
            metadata: 'read',
            statuses: 'write',
            deployments: 'write',
            administration: 'write',
            repository_hooks: 'write',
          },
        }),
      }
    },

    /** What a browser brings back from the host; gives where it goes next. Throws GIT_SIGN_IN_EXPIRED. */
    async takeBack({ state, code }: { state: string; code: string }): Promise<string> {
      const account = findByState(state)
      try {
        return await takeCode(account, code)
      } catch (error) {
        if (error instanceof CodedError && error.code === 'GIT_HOST_REFUSED')
          accounts.saveForPlatform({ ...account, problem: String(error.details['reason']) })
        throw error
      }
    },

    async repositories(actor: Actor, id: string, search: string): Promise<HostRepository[]> {
      mustBeAble(actor, 'app.change')
      const account = find(actor, id)
      return hosts[account.hostKind].listRepositories(await access.of(account, null), search)
    },

    async branches(actor: Actor, id: string, repository: string): Promise<string[]> {
      mustBeAble(actor, 'app.change')
      const account = find(actor, id)
      const name = RepositoryName.safeParse(repository)
      if (!name.success)
        throw new CodedError('REQUEST_INVALID', { reason: name.error.issues[0]?.message ?? '' })
      return hosts[account.hostKind].listBranches(await access.of(account, repository), repository)
    },

    /**
     * Makes the app of a repository of the account, read by SSH with a key that is installed there,
     * with a webhook. Done again, it installs what is missing.
     */
    async connect(
      actor: Actor,
      appName: string,
      wish: ConnectRepository,
    ): Promise<ConnectedExternal> {
      const app = deps.finder.find(actor, appName)
      mustBeAble(actor, 'app.change', app.id)
      const account = find(actor, wish.account)
      const host = hosts[account.hostKind]
      const hostAccess = await access.of(account, wish.repository)
      const found = (await host.listRepositories(hostAccess, wish.repository)).find(
        ({ name }) => name === wish.repository,
      )
      if (!found)
        throw new CodedError('REPOSITORY_REFUSED', {
          reason: `${account.name} has no repository ${wish.repository} that it may change.`,
        })
      const connected = await deps.external.connect(
        actor,
        appName,
        ConnectExternal.parse({
          url: found.sshUrl,
          access: 'deploy-key',
          hostKind: account.hostKind,
          follow: { kind: 'branch', name: wish.branch },
          ...(wish.rootDirectory === undefined ? {} : { rootDirectory: wish.rootDirectory }),
        }),
      )
      const source = deps.sources.findForPlatform(app.id)
      if (source) deps.sources.saveForPlatform({ ...source, accountId: account.id })
      await install(host, hostAccess, {
        appId: app.id,
        appName,
        repository: wish.repository,
        publicKey: connected.source.publicKey ?? '',
      })
      void deps.look.look(app.id)
      return connected
    },
  }
}
export type GitAccountService = ReturnType<typeof createGitAccountService>

/** What an account reaches is the whole team's: a token of some apps has only what those have. */
const isLimited = ({ appIds }: Actor): boolean => appIds !== null

const show = ({
  teamId: _team,
  settings: _settings,
  sealedSecret: _secret,
  createdAt: _at,
  ...account
}: GitAccountRecord): GitAccount => account

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
