import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import type { Clock } from '#ports/clock.ts'
import type { GitHostSignIn, HostAccess, OAuthApp } from '#ports/git-host.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { GitAccountRecord, GitAccountStore } from '#store/git-account-store.ts'

interface Deps {
  accounts: Pick<GitAccountStore, 'findForPlatform' | 'saveForPlatform'>
  signIn: GitHostSignIn
  secretBox: SecretBox
  clock: Clock
  dashboardUrl: () => string
}

export const AccountSecret = z.object({
  token: z.string().optional(),
  refreshToken: z.string().optional(),
  clientSecret: z.string().optional(),
  privateKey: z.string().optional(),
})
export type AccountSecret = z.infer<typeof AccountSecret>

/** Renewed this long before it ends. */
const EARLY_MS = 60_000

export const accountContext = (id: string): string => `git_accounts|${id}|sealed_secret`

/** How an account lets us in right now: its token, a renewed one, or one of its App's. */
export function createAccountAccess({ accounts, signIn, secretBox, clock, dashboardUrl }: Deps) {
  const seal = (id: string, secret: AccountSecret): Buffer =>
    secretBox.seal(JSON.stringify(secret), accountContext(id))
  const open = ({ id, sealedSecret }: GitAccountRecord): AccountSecret =>
    sealedSecret === null
      ? {}
      : AccountSecret.parse(JSON.parse(secretBox.open(sealedSecret, accountContext(id))))
  const redirectUrl = (): string => `${dashboardUrl()}/api/v1/git-accounts/callback`

  function oauthAppOf(account: GitAccountRecord, secret: AccountSecret): OAuthApp {
    return {
      baseUrl: account.baseUrl,
      clientId: account.settings.clientId ?? '',
      clientSecret: secret.clientSecret ?? '',
      redirectUrl: redirectUrl(),
    }
  }

  async function renewed(account: GitAccountRecord, secret: AccountSecret): Promise<string> {
    const { expiresAt } = account.settings
    const isFresh =
      expiresAt === undefined || new Date(expiresAt).getTime() - EARLY_MS > clock.now().getTime()
    if (secret.token !== undefined && (isFresh || secret.refreshToken === undefined))
      return secret.token
    if (account.hostKind === 'github' || secret.refreshToken === undefined)
      throw new CodedError('GIT_ACCOUNT_NOT_CONNECTED', { account: account.name })
    const grant = await signIn.refresh(
      account.hostKind,
      oauthAppOf(account, secret),
      secret.refreshToken,
    )
    keepGrant(account, secret, grant)
    return grant.token
  }

  function keepGrant(
    account: GitAccountRecord,
    secret: AccountSecret,
    grant: { token: string; refreshToken: string | null; expiresIn: number | null },
  ): GitAccountRecord {
    const { expiresAt: _old, ...settings } = account.settings
    const saved: GitAccountRecord = {
      ...account,
      problem: null,
      connectedAt: account.connectedAt ?? clock.now().toISOString(),
      settings: {
        ...settings,
        ...(grant.expiresIn === null
          ? {}
          : { expiresAt: new Date(clock.now().getTime() + grant.expiresIn * 1_000).toISOString() }),
      },
      sealedSecret: seal(account.id, {
        ...secret,
        token: grant.token,
        ...(grant.refreshToken === null ? {} : { refreshToken: grant.refreshToken }),
      }),
    }
    accounts.saveForPlatform(saved)
    return saved
  }

  return {
    seal,
    open,
    oauthAppOf,
    keepGrant,

    /** Throws GIT_ACCOUNT_NOT_CONNECTED where nobody has agreed to it yet. */
    async of(account: GitAccountRecord, repository: string | null): Promise<HostAccess> {
      const { baseUrl, settings } = account
      const secret = open(account)
      if (account.kind !== 'github-app') return { baseUrl, token: await renewed(account, secret) }
      const { appId } = settings
      const token =
        appId === undefined || secret.privateKey === undefined
          ? undefined
          : await signIn.installationToken(
              baseUrl,
              { id: appId, privateKey: secret.privateKey },
              repository,
            )
      if (token === undefined)
        throw new CodedError('GIT_ACCOUNT_NOT_CONNECTED', { account: account.name })
      return { baseUrl, token }
    },

    ofId: (id: string): GitAccountRecord | undefined => accounts.findForPlatform(id),
  }
}
export type AccountAccess = ReturnType<typeof createAccountAccess>
