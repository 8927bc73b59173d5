import { z } from 'zod'
import { readHostName } from './host-name.ts'

/** A host name that an app is to have: what people paste is read (host-name.ts) and stored as A-labels. */
export const HostName = z
  .string()
  .max(500)
  .transform((typed, context) => {
    const { host, problem } = readHostName(typed)
    if (host !== undefined) return host
    context.addIssue({ code: 'custom', message: problem })
    return z.NEVER
  })

/** One thing that is right, worth knowing or wrong about a domain, and what to do. */
export const DomainFinding = z.object({
  code: z.string(),
  level: z.enum(['ok', 'info', 'warn', 'bad']),
  message: z.string(),
  hint: z.string().nullable(),
})
export type DomainFinding = z.infer<typeof DomainFinding>

/** A record to be made where the domain is looked after. */
export const DnsRecord = z.object({
  type: z.enum(['A', 'AAAA', 'CNAME', 'TXT']),
  /** In full: `www.example.com`. */
  name: z.string(),
  /** As DNS providers ask for it: `www`, or `@` for the domain itself. */
  label: z.string(),
  value: z.string(),
  /** What it is for, where it is not to lead visitors here. */
  purpose: z.string().nullable(),
  state: z.enum(['right', 'missing', 'wrong', 'unknown']),
  /** What is there in its place. */
  found: z.array(z.string()),
})
export type DnsRecord = z.infer<typeof DnsRecord>

export const DomainState = z.enum([
  /** It was not looked at yet. */
  'unchecked',
  /** Its owner has to prove that it is theirs. */
  'unproven',
  /** No record leads here yet: it is looked at again by itself. */
  'waiting',
  /** Something is wrong that waiting does not mend. */
  'wrong',
  /** It leads here. */
  'ready',
  /** A name of a private network: nothing can be looked up about it. */
  'private',
])
export type DomainState = z.infer<typeof DomainState>

/** What a look at the DNS, and at the way from the name to us, has found. */
export const DomainCheck = z.object({
  at: z.iso.datetime(),
  state: DomainState,
  /** In one sentence. */
  summary: z.string(),
  findings: z.array(DomainFinding),
  records: z.array(DnsRecord),
  /** Who looks after the zone: it says where the records are to be set. */
  nameServers: z.array(z.string()).default([]),
})
export type DomainCheck = z.infer<typeof DomainCheck>

/** How HTTPS stands for a domain. */
export const DomainCertificate = z.object({
  state: z.enum(['none', 'waiting-for-dns', 'ordering', 'valid', 'expiring', 'expired', 'failed']),
  /** As people know it: "Let’s Encrypt", "uploaded", "local". */
  issuer: z.string().nullable(),
  isPublic: z.boolean(),
  notAfter: z.iso.datetime().nullable(),
  daysLeft: z.int().nullable(),
  /** The last words of the CA, as it said them. */
  problem: z.string().nullable(),
  nextAttemptAt: z.iso.datetime().nullable(),
})
export type DomainCertificate = z.infer<typeof DomainCertificate>

/** A host name that an app has claimed. */
export const Domain = z.object({
  /** A-labels: `xn--bcher-kva.example`; `*.example.com` covers one label. */
  host: z.string(),
  /** The same for people: `bücher.example`. */
  unicode: z.string(),
  app: z.string(),
  /** Visitors are sent on to this domain of the same app. */
  redirectTo: z.string().nullable(),
  /** Shown as the app’s address. */
  isPrimary: z.boolean(),
  /** Served: an unproven one is not. */
  isServed: z.boolean(),
  /** The TXT record that proves it, until it is proven; null where none is asked for. */
  proof: z.object({ name: z.string(), value: z.string() }).nullable(),
  check: DomainCheck.nullable(),
  /** It is looked at again by itself then. */
  nextCheckAt: z.iso.datetime().nullable(),
  certificate: DomainCertificate.nullable(),
  createdAt: z.iso.datetime(),
})
export type Domain = z.infer<typeof Domain>

export const AddDomain = z.object({
  host: HostName,
  /** Of the same app; visitors are sent on to it. */
  redirectTo: HostName.nullable().default(null),
  /** Adds www.example.com too (or example.com), as a redirect to this one. */
  withCounterpart: z.boolean().default(false),
  /** Of a name that somebody else here has: it changes hands once a TXT record proves it. */
  prove: z.boolean().default(false),
})
export type AddDomain = z.infer<typeof AddDomain>

export const ChangeDomain = z
  .object({
    redirectTo: HostName.nullable(),
    isPrimary: z.literal(true),
  })
  .partial()
export type ChangeDomain = z.infer<typeof ChangeDomain>

export const MoveDomain = z.object({ to: z.string().max(40) })

export const AddedDomain = z.object({
  domain: Domain,
  /** The counterpart that was added with it. */
  also: Domain.nullable(),
  /** www.example.com for example.com, where nobody has it yet. */
  offer: z.string().nullable(),
})
export type AddedDomain = z.infer<typeof AddedDomain>
