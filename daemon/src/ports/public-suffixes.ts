export interface SuffixReading {
  /** `co.uk` of `www.example.co.uk`. */
  suffix: string
  /** The part that can be bought; null where the name itself is a suffix. */
  registrable: string | null
}

/** Under which names people can register their own: the Public Suffix List. */
export interface PublicSuffixes {
  read(host: string): Promise<SuffixReading>
}
