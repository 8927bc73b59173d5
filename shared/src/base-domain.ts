import { z } from 'zod'
import { DnsRecord, DomainFinding } from './domain.ts'

/** `example.com`: apps are at <app>.example.com, dashboard, API and git at example.com itself. */
export const BaseDomainName = z
  .string()
  .trim()
  .toLowerCase()
  .max(200)
  .regex(
    /^(?:localhost|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)$/,
    'A domain has letters, digits, hyphens and dots: example.com.',
  )

/** One that the platform has or had: root may also choose a single word, such as `home`. */
export const OwnBaseDomain = z
  .string()
  .max(200)
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/)

/** For so long the names from before answer, and a move can be undone. */
export const FORMER_NAMES_DAYS = 30

/** What a look at a name has found: the name itself and the star beneath it. */
export const BaseDomainCheck = z.object({
  name: z.string(),
  /** Both lead to this server. */
  leadsHere: z.boolean(),
  /** In one sentence. */
  summary: z.string(),
  findings: z.array(DomainFinding).max(60),
  /** To be made where the domain is looked after. */
  records: z.array(DnsRecord).max(20),
  /** What changes with the move, and what people have to do then. */
  consequences: z.array(z.string()).max(20),
})
export type BaseDomainCheck = z.infer<typeof BaseDomainCheck>

/** A name from before that still answers. */
export const FormerDomain = z.object({
  name: z.string(),
  /** Where the dashboard was: the name, or an address. */
  dashboardHost: z.string(),
  until: z.iso.datetime(),
  /** Visitors of its names are sent on to the new ones. */
  sendsOn: z.boolean(),
})
export type FormerDomain = z.infer<typeof FormerDomain>

export const BaseDomain = z.object({
  name: z.string(),
  dashboardUrl: z.string(),
  /** `http://<app>.example.com` */
  appUrlPattern: z.string(),
  /** Whether browsers trust the dashboard's certificate by themselves. */
  isTrusted: z.boolean(),
  /** A move is under way: the next daemon finishes it, whatever happens to this one. */
  isMoving: z.boolean(),
  /** One certificate for all apps, by a proof by DNS; else each app has one. */
  isWildcardWanted: z.boolean(),
  former: z.array(FormerDomain).max(8),
  /** The move that can be taken back, and until when. */
  undo: z.object({ to: z.string(), until: z.iso.datetime() }).nullable(),
})
export type BaseDomain = z.infer<typeof BaseDomain>

export const MoveBaseDomain = z.object({
  name: BaseDomainName,
  /** Also where its DNS does not lead here yet; visitors are not sent on to it then. */
  anyway: z.boolean().default(false),
})
export type MoveBaseDomain = z.infer<typeof MoveBaseDomain>

export const CheckBaseDomain = z.object({ name: BaseDomainName })
