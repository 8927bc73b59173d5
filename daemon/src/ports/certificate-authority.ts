import type { ChallengeType } from '#ports/domain-preflight.ts'

/** Where a CA is, and whom it trusts to be there. */
export interface AuthorityEndpoint {
  directoryUrl: string
  /** Certificates that its own HTTPS is checked against, besides the usual ones. */
  caPem: string | undefined
}

/** Who we are to a CA: the key is ours, the URL is what it answered when it took the key. */
export interface AuthorityAccount {
  keyPem: string
  url: string
}

export interface ExternalBinding {
  keyId: string
  /** base64url, as the CA gave it. */
  hmacKey: string
}

export interface AuthorityDirectory {
  /** What it offers to issue, by name; empty where it knows no profiles. */
  profiles: readonly string[]
  /** RFC 9773. */
  hasRenewalInfo: boolean
  needsBinding: boolean
  /** What it calls itself in CAA records. */
  caaDomains: readonly string[]
  termsOfService: string | undefined
}

/** A problem document of RFC 7807, as the CA sent it. */
export interface AuthorityProblem {
  /** Without `urn:ietf:params:acme:error:`; the whole of it where it is another's. */
  type: string
  detail: string
  status: number
  subproblems: readonly { type: string; detail: string; name: string | undefined }[]
}

export type OrderStatus = 'pending' | 'ready' | 'processing' | 'valid' | 'invalid'

export interface AuthorityOrder {
  url: string
  status: OrderStatus
  expires: Date | undefined
  authorizations: readonly string[]
  finalizeUrl: string
  certificateUrl: string | undefined
  problem: AuthorityProblem | undefined
  /** When the CA wants to be asked again at the earliest. */
  retryAfterMs: number | undefined
}

export interface AuthorityChallenge {
  type: ChallengeType
  url: string
  token: string
  status: 'pending' | 'processing' | 'valid' | 'invalid'
  problem: AuthorityProblem | undefined
}

export interface Authorization {
  url: string
  /** The name or address; without the star of a wildcard. */
  name: string
  isWildcard: boolean
  status: 'pending' | 'valid' | 'invalid' | 'deactivated' | 'expired' | 'revoked'
  /** Of the kinds we know. */
  challenges: readonly AuthorityChallenge[]
  retryAfterMs: number | undefined
}

export interface RenewalInfo {
  start: Date
  end: Date
  explanationUrl: string | undefined
  retryAfterMs: number | undefined
}

export interface NewOrder {
  names: readonly string[]
  profile: string | undefined
  /** PEM of the certificate that this one takes the place of (RFC 9773). */
  replacesPem: string | undefined
}

/**
 * What a CA can answer, in words that decide what is done next. `unreachable` covers everything that
 * is no answer in ACME: no connection, time-out, HTML, a body that is cut off.
 */
export class AuthorityError extends Error {
  override name = 'AuthorityError'
  readonly problem: AuthorityProblem | undefined
  /** From Retry-After. */
  readonly retryAfterMs: number | undefined

  constructor(
    message: string,
    found: { problem?: AuthorityProblem; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: found.cause })
    this.problem = found.problem
    this.retryAfterMs = found.retryAfterMs
  }

  /** The CA is away or in trouble; nothing is wrong with what we asked. */
  get isOutage(): boolean {
    return this.problem === undefined || (this.problem.status >= 500 && !this.isRateLimited)
  }

  get isRateLimited(): boolean {
    return this.problem?.type === 'rateLimited' || this.problem?.status === 429
  }
}

/**
 * One CA, spoken to by ACME (RFC 8555). Every call ends by itself within its time; throws an
 * AuthorityError, and nothing else but the reason of the signal. A refused nonce is tried again
 * with the one that came with the refusal. Nothing is stored here: who calls keeps URLs and keys.
 */
export interface CertificateAuthority {
  directory(signal: AbortSignal): Promise<AuthorityDirectory>
  /** Finds the account of the key, or makes it. Gives its URL. */
  register(
    keyPem: string,
    wish: { email: string | undefined; binding: ExternalBinding | undefined },
    signal: AbortSignal,
  ): Promise<string>
  newOrder(account: AuthorityAccount, order: NewOrder, signal: AbortSignal): Promise<AuthorityOrder>
  order(account: AuthorityAccount, url: string, signal: AbortSignal): Promise<AuthorityOrder>
  authorization(account: AuthorityAccount, url: string, signal: AbortSignal): Promise<Authorization>
  /** What is shown to prove a name. */
  keyAuthorization(account: AuthorityAccount, token: string): string
  /** Tells the CA that it may look now. */
  answer(account: AuthorityAccount, challengeUrl: string, signal: AbortSignal): Promise<void>
  finalize(
    account: AuthorityAccount,
    order: AuthorityOrder,
    request: { keyPem: string; names: readonly string[] },
    signal: AbortSignal,
  ): Promise<AuthorityOrder>
  /** PEM, leaf first. The chain whose top is issued by `preferredChain`, where there is such a one. */
  download(
    account: AuthorityAccount,
    url: string,
    preferredChain: string | undefined,
    signal: AbortSignal,
  ): Promise<string>
  revoke(account: AuthorityAccount, certificatePem: string, signal: AbortSignal): Promise<void>
  /** Undefined where the CA does not offer it. */
  renewalInfo(certificatePem: string, signal: AbortSignal): Promise<RenewalInfo | undefined>
}

/** Loaded when first needed. */
export type OpenAuthority = (endpoint: AuthorityEndpoint) => Promise<CertificateAuthority>

/** Makes and reads keys and certificates: of no CA in particular. */
export interface CertificateTools {
  /** An ECDSA P-256 key, PEM (rule R12). */
  newKey(): Promise<string>
  /** Throws CERTIFICATE_UNREADABLE. */
  read(certificatePem: string): CertificateFacts
  /** Whether the key is the leaf's. */
  keyMatches(certificatePem: string, keyPem: string): boolean
  /** Why no TLS server of ours could show the pair, in OpenSSL's words; undefined where it can. */
  unusableFor(certificatePem: string, keyPem: string): string | undefined
}

export interface CertificateFacts {
  /** DNS names and addresses of the leaf. */
  names: readonly string[]
  notBefore: Date
  notAfter: Date
  /** What its issuer calls itself. */
  issuedBy: string
  fingerprint: string
  /** Each certificate is signed by the next; undefined when it is so, else a sentence. */
  chainProblem: string | undefined
  /** The chain ends at a CA that browsers know. */
  isTrusted: boolean
}
