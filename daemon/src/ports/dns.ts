/** An answer of the DNS. `none`: the name is there, but has nothing of that kind. */
export type DnsAnswer<Value> =
  | { kind: 'found'; values: readonly Value[] }
  | { kind: 'none' }
  | { kind: 'no-such-name' }
  /** SERVFAIL: the name servers do not answer, or DNSSEC does not fit. */
  | { kind: 'failed' }
  | { kind: 'refused' }
  | { kind: 'timeout' }

export interface AddressRecord {
  address: string
  ttlSeconds: number
}

/** As RFC 8659 has it: `issue "letsencrypt.org; validationmethods=http-01"`. */
export interface CaaRecord {
  critical: boolean
  tag: string
  value: string
}

/** Questions to one set of servers. Nothing rejects: a failure is an answer, and an abort a time-out. */
export interface DnsView {
  v4(host: string, signal: AbortSignal): Promise<DnsAnswer<AddressRecord>>
  v6(host: string, signal: AbortSignal): Promise<DnsAnswer<AddressRecord>>
  cname(host: string, signal: AbortSignal): Promise<DnsAnswer<string>>
  caa(host: string, signal: AbortSignal): Promise<DnsAnswer<CaaRecord>>
  /** Whole texts: their parts are put together. */
  txt(host: string, signal: AbortSignal): Promise<DnsAnswer<string>>
}

export interface Dns {
  /** What everybody's resolvers say, caches included. */
  resolvers: DnsView
  /**
   * The zone's own name servers, which say what the provider has now; undefined where none of them
   * can be found or may be asked (rule C11).
   */
  zoneServers(
    host: string,
    signal: AbortSignal,
  ): Promise<{ zone: string; names: readonly string[]; view: DnsView } | undefined>
}
