import type { FirewallWish } from '@vastrox/shared/firewall.ts'

/** A change that somebody wants, with what it is called. */
export interface Proposal {
  title: string
  wish: FirewallWish
}
export type Propose = (proposal: Proposal) => void
