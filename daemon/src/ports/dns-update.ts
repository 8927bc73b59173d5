export type TsigAlgorithm = 'hmac-sha256' | 'hmac-sha384' | 'hmac-sha512'

export interface TsigKey {
  name: string
  algorithm: TsigAlgorithm
  /** base64 */
  secret: string
}

export interface DnsChange {
  /** `192.0.2.53`, `[2001:db8::53]:5353`, `ns1.example.com`. */
  server: string
  zone: string
  /** Undefined where the server goes by addresses. */
  key: TsigKey | undefined
  add?: { name: string; value: string; ttlSeconds: number }
  remove?: { name: string; value: string }
}

/** Changes in a zone by RFC 2136, signed by RFC 8945. */
export interface DnsUpdate {
  /** Resolves when the server has taken it, and has signed that it has; else throws DNS_PROVIDER_FAILED. */
  change(change: DnsChange, signal: AbortSignal): Promise<void>
  /** The TXT records that this server has. */
  texts(server: string, name: string, signal: AbortSignal): Promise<string[]>
}
