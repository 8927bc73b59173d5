import { z } from 'zod'

/** Why there is no (new) certificate, in words for people. */
export const CertificateReason = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
})
export type CertificateReason = z.infer<typeof CertificateReason>

/** What a CA said when it refused, word for word. */
export const CertificateProblem = z.object({
  at: z.iso.datetime(),
  issuer: z.string(),
  /** The type of its problem document; null where it was not the CA that refused. */
  type: z.string().nullable(),
  detail: z.string(),
  subproblems: z.array(
    z.object({ type: z.string(), detail: z.string(), name: z.string().nullable() }),
  ),
  attempts: z.int(),
})
export type CertificateProblem = z.infer<typeof CertificateProblem>

/** The certificate of a host, as it is served, and what is being done about a better one. */
export const CertificateState = z.object({
  host: z.string(),
  /**
   * `valid`: of a CA, or uploaded. `ordering`: on its way. `waiting`: something must change first,
   * see `reason`. `failing`: see `problem`; tried again at `nextAttemptAt`. `local`: only the
   * installation's own CA signs such a name. `none`: nothing is known of the host.
   */
  state: z.enum(['valid', 'ordering', 'waiting', 'failing', 'local', 'none']),
  certificate: z
    .object({
      id: z.string(),
      source: z.enum(['issued', 'uploaded', 'local']),
      /** Title of the issuer, or what the certificate's CA calls itself. */
      issuer: z.string(),
      notAfter: z.iso.datetime(),
      isTrusted: z.boolean(),
      renewAt: z.iso.datetime().nullable(),
    })
    .nullable(),
  reason: CertificateReason.nullable(),
  problem: CertificateProblem.nullable(),
  nextAttemptAt: z.iso.datetime().nullable(),
})
export type CertificateState = z.infer<typeof CertificateState>

/**
 * One step of a host's way to its certificate. `wanted`: it is to have one. `waiting`: something must
 * change first. `ordered`: a CA has taken the order. `refused`: and has said no. `issued`: it has come.
 * `dropped`: nothing leads here any more. The same step again is the same event, `times` of it.
 */
export const CertificateEvent = z.object({
  kind: z.enum(['wanted', 'waiting', 'ordered', 'refused', 'issued', 'dropped']),
  issuer: z.string().nullable(),
  /** The CA's own words, or what must change first. */
  detail: z.string().nullable(),
  at: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  times: z.int(),
})
export type CertificateEvent = z.infer<typeof CertificateEvent>

/** One certificate that is kept. */
export const Certificate = z.object({
  id: z.string(),
  names: z.array(z.string()),
  source: z.enum(['issued', 'uploaded', 'local']),
  issuer: z.string(),
  profile: z.string().nullable(),
  notBefore: z.iso.datetime().nullable(),
  notAfter: z.iso.datetime(),
  isTrusted: z.boolean(),
  isServed: z.boolean(),
  renewAt: z.iso.datetime().nullable(),
  /** Where the CA explains why it wants it renewed early. */
  explanationUrl: z.string().nullable(),
})
export type Certificate = z.infer<typeof Certificate>

const Pem = z.string().max(100_000)

export const UploadCertificate = z.object({
  /** Leaf first, then the certificates of its CAs. */
  certificatePem: Pem,
  /** Without a pass phrase. */
  keyPem: Pem,
})
export type UploadCertificate = z.infer<typeof UploadCertificate>

export const UploadedCertificate = z.object({
  certificate: Certificate,
  /** What is odd about it, though it is taken. */
  warnings: z.array(z.string()),
})
export type UploadedCertificate = z.infer<typeof UploadedCertificate>

/** What a certificate would do here, looked at before it is taken. */
export const CheckedCertificate = UploadedCertificate.pick({ warnings: true }).extend({
  names: z.array(z.string()),
  issuer: z.string(),
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime(),
  isTrusted: z.boolean(),
  /** Hosts of apps and of the dashboard that would be served with it. */
  hosts: z.array(z.string()),
  /** True where one that was uploaded for the same names makes room for it. */
  replaces: z.boolean(),
})
export type CheckedCertificate = z.infer<typeof CheckedCertificate>

const Slug = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,30}$/, 'Use 2 to 31 lower-case letters, digits or hyphens.')

/** A CA that certificates are ordered from. */
export const Issuer = z.object({
  name: z.string(),
  title: z.string(),
  directoryUrl: z.string(),
  /** They are asked in this order. */
  position: z.int(),
  isEnabled: z.boolean(),
  /** The issuer that it only tries things out for. */
  stagesFor: z.string().nullable(),
  email: z.string().nullable(),
  hasBinding: z.boolean(),
  profile: z.string().nullable(),
  preferredChain: z.string().nullable(),
  /** It is left alone until then: it said so, or does not answer. */
  restUntil: z.iso.datetime().nullable(),
})
export type Issuer = z.infer<typeof Issuer>

/** A CA that is known by name, and what it asks for. */
export const KnownIssuerInfo = z.object({
  name: z.string(),
  title: z.string(),
  directoryUrl: z.string(),
  needsBinding: z.boolean(),
  bindingHint: z.string(),
})

export const IssuerList = z.object({
  issuers: z.array(Issuer),
  known: z.array(KnownIssuerInfo),
})
export type IssuerList = z.infer<typeof IssuerList>

export const AddIssuer = z.object({
  /** One that is known, such as `zerossl`; any other name for a CA of one's own. */
  name: Slug,
  directoryUrl: z
    .url({ protocol: /^https$/ })
    .max(500)
    .optional(),
  email: z.email().optional(),
  /** What the directory's HTTPS is signed by, where it is no CA that everybody knows. */
  caPem: z.string().max(100_000).optional(),
  /** External account binding, as the CA gave it. */
  bindingKeyId: z.string().min(1).max(500).optional(),
  bindingHmacKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{10,500}=*$/, 'The HMAC key is base64url.')
    .optional(),
  profile: z.string().max(60).optional(),
  preferredChain: z.string().max(200).optional(),
})
export type AddIssuer = z.infer<typeof AddIssuer>

export const ChangeIssuer = z.object({
  isEnabled: z.boolean().optional(),
  position: z.int().min(-1_000).max(1_000).optional(),
  email: z.email().nullable().optional(),
  profile: z.string().max(60).nullable().optional(),
  preferredChain: z.string().max(200).nullable().optional(),
})
export type ChangeIssuer = z.infer<typeof ChangeIssuer>

export const DnsProviderInfo = z.object({
  zone: z.string(),
  type: z.string(),
  title: z.string(),
  /** Secrets are `[redacted]`. */
  settings: z.record(z.string(), z.string()),
  createdAt: z.iso.datetime(),
})
export type DnsProviderInfo = z.infer<typeof DnsProviderInfo>

export const DnsProviderList = z.object({
  providers: z.array(DnsProviderInfo),
  /** What can be set up; `settings` is a JSON Schema to draw a form of. */
  kinds: z.array(
    z.object({
      type: z.string(),
      title: z.string(),
      neverShown: z.array(z.string()),
      settings: z.record(z.string(), z.unknown()),
    }),
  ),
})
export type DnsProviderList = z.infer<typeof DnsProviderList>

export const AddDnsProvider = z.object({
  /** Names in it, and beneath it, are proven by records in it. */
  zone: z
    .string()
    .max(253)
    .regex(
      /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}\.?$/i,
      'Give a zone such as example.com.',
    ),
  type: z.string().max(40),
  settings: z.record(z.string().max(60), z.string().max(2_000)),
})
export type AddDnsProvider = z.infer<typeof AddDnsProvider>
