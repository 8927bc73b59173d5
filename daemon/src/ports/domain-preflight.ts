/** How a CA asks for the proof that a name is ours. */
export type ChallengeType = 'http-01' | 'tls-alpn-01' | 'dns-01'

export interface PreflightWish {
  challenge: ChallengeType
  /** What the issuer calls itself in CAA records; empty where it does not say. */
  caaDomains: readonly string[]
}

export type PreflightAnswer =
  | { ok: true }
  /** In words for people, as they are shown: what is wrong, and what to do about it. */
  | { ok: false; code: string; message: string; hint: string }

/**
 * Whether an attempt to prove the name has a chance (rule R5): the name leads here, its CAA records
 * allow the issuer, and port 80 (or 443) reaches us. Asked before every order, so that a domain whose
 * DNS is not there yet costs no call to a CA. Never rejects for what it finds; only when aborted.
 */
export type DomainPreflight = (
  host: string,
  wish: PreflightWish,
  signal: AbortSignal,
) => Promise<PreflightAnswer>
