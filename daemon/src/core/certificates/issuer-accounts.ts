import type {
  AuthorityAccount,
  CertificateAuthority,
  CertificateTools,
  ExternalBinding,
  OpenAuthority,
} from '#ports/certificate-authority.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { IssuerRecord, IssuerStore } from '#store/issuer-store.ts'

interface Deps {
  issuers: IssuerStore
  openAuthority: OpenAuthority
  tools: Pick<CertificateTools, 'newKey'>
  secretBox: SecretBox
}

export const bindingContext = (id: string): string => `issuers|${id}|binding_sealed`
const accountContext = (id: string): string => `issuers|${id}|account_key_sealed`

/** Our account at each CA: one for the installation, made when it is first needed. */
export function createIssuerAccounts({ issuers, openAuthority, tools, secretBox }: Deps) {
  const open = new Map<string, Promise<CertificateAuthority>>()
  const registering = new Map<string, Promise<AuthorityAccount>>()

  function authorityOf({ directoryUrl, caPem }: IssuerRecord): Promise<CertificateAuthority> {
    const place = `${directoryUrl} ${caPem ?? ''}`
    const opening = open.get(place) ?? openAuthority({ directoryUrl, caPem: caPem ?? undefined })
    open.set(place, opening)
    opening.catch(() => open.delete(place))
    return opening
  }

  /** The key is stored before the CA sees it, so that a second try finds the same account. */
  async function keyOf(issuer: IssuerRecord): Promise<string> {
    if (issuer.accountKeySealed)
      return secretBox.open(issuer.accountKeySealed, accountContext(issuer.id))
    const keyPem = await tools.newKey()
    change(issuer.id, { accountKeySealed: secretBox.seal(keyPem, accountContext(issuer.id)) })
    return keyPem
  }

  async function register(issuer: IssuerRecord, signal: AbortSignal): Promise<AuthorityAccount> {
    const keyPem = await keyOf(issuer)
    if (issuer.accountUrl !== null) return { keyPem, url: issuer.accountUrl }
    const authority = await authorityOf(issuer)
    const wish = { email: issuer.email ?? undefined, binding: bindingOf(issuer) }
    const url = await authority.register(keyPem, wish, signal)
    change(issuer.id, { accountUrl: url })
    return { keyPem, url }
  }

  function bindingOf({
    id,
    bindingKeyId,
    bindingSealed,
  }: IssuerRecord): ExternalBinding | undefined {
    if (bindingKeyId === null || bindingSealed === null) return undefined
    return { keyId: bindingKeyId, hmacKey: secretBox.open(bindingSealed, bindingContext(id)) }
  }

  function change(id: string, changes: Partial<IssuerRecord>): void {
    const issuer = issuers.findForPlatform(id)
    if (issuer) issuers.saveForPlatform({ ...issuer, ...changes })
  }

  return {
    authorityOf,

    /** Registers where that has not been done; once, however many ask. */
    accountOf(issuerId: string, signal: AbortSignal): Promise<AuthorityAccount> {
      const issuer = issuers.findForPlatform(issuerId)
      if (!issuer) return Promise.reject(new Error(`there is no issuer ${issuerId} any more`))
      const running =
        registering.get(issuerId) ??
        register(issuer, signal).finally(() => registering.delete(issuerId))
      registering.set(issuerId, running)
      return running
    },

    /** The CA does not know the account: the next order begins with a new one. */
    forgetAccount: (issuerId: string): void =>
      change(issuerId, { accountUrl: null, accountKeySealed: null }),

    /** Leaves the CA alone until then. */
    rest: (issuerId: string, until: Date): void =>
      change(issuerId, { restUntil: until.toISOString() }),
  }
}
export type IssuerAccounts = ReturnType<typeof createIssuerAccounts>
