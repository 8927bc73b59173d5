import {
  AddDnsProvider,
  AddIssuer,
  type Certificate,
  type CertificateEvent,
  type CertificateState,
  ChangeIssuer,
  type DnsProviderInfo,
  type Issuer,
  UploadCertificate,
} from '@vastrox/shared/certificate.ts'
import type { ErrorCode } from '@vastrox/shared/errors.ts'

interface Asked {
  params: string[]
  body: unknown
}
type Handlers = Record<string, (asked: Asked) => unknown>

const DAY_MS = 86_400_000
const after = (ms: number): string => new Date(Date.now() + ms).toISOString()
const page = (items: readonly unknown[]) => ({ items, nextCursor: null })

const stateOf = (host: string, changes: Partial<CertificateState> = {}): CertificateState => ({
  host,
  state: 'valid',
  certificate: {
    id: `c-${host}`,
    source: 'issued',
    issuer: 'Let’s Encrypt',
    notAfter: after(61 * DAY_MS),
    isTrusted: true,
    renewAt: after(31 * DAY_MS),
  },
  reason: null,
  problem: null,
  nextAttemptAt: null,
  ...changes,
})

let states: CertificateState[] = [
  ...Array.from({ length: 8 }, (_, at) => stateOf(`app-${at + 1}.example.com`)),
  stateOf('*.example.org', {
    state: 'waiting',
    certificate: null,
    reason: {
      code: 'CERTIFICATE_NO_DNS_PROVIDER',
      message:
        'A wildcard is proven by a DNS record, and nobody is set up to make one in its zone.',
      hint: 'Set up who looks after the zone.',
    },
    nextAttemptAt: after(3_600_000),
  }),
  stateOf('shop.example.com', {
    state: 'failing',
    certificate: null,
    problem: {
      at: after(-600_000),
      issuer: 'Let’s Encrypt',
      type: 'unauthorized',
      detail:
        '198.51.100.9: Invalid response from http://shop.example.com/.well-known/acme-challenge/x: 404',
      subproblems: [],
      attempts: 2,
    },
    nextAttemptAt: after(500_000),
  }),
]

const HISTORY: CertificateEvent[] = [
  {
    kind: 'refused',
    issuer: 'Let’s Encrypt',
    detail: '198.51.100.9: Invalid response: 404',
    at: after(-3_000_000),
    lastAt: after(-600_000),
    times: 2,
  },
  {
    kind: 'ordered',
    issuer: 'Let’s Encrypt',
    detail: null,
    at: after(-3_010_000),
    lastAt: after(-3_010_000),
    times: 1,
  },
  {
    kind: 'waiting',
    issuer: null,
    detail: 'There is no record for shop.example.com yet.',
    at: after(-7_200_000),
    lastAt: after(-3_100_000),
    times: 12,
  },
  {
    kind: 'wanted',
    issuer: null,
    detail: null,
    at: after(-7_201_000),
    lastAt: after(-7_201_000),
    times: 1,
  },
]

const uploadedOf = (names: string[], changes: Partial<Certificate> = {}): Certificate => ({
  id: `u-${names[0] ?? ''}`,
  names,
  source: 'uploaded',
  issuer: 'Acme Corp CA',
  profile: null,
  notBefore: after(-DAY_MS),
  notAfter: after(5 * DAY_MS),
  isTrusted: false,
  isServed: true,
  renewAt: null,
  explanationUrl: null,
  ...changes,
})
let certificates: Certificate[] = [uploadedOf(['intranet.example.com', 'wiki.example.com'])]

const issuerOf = (name: string, position: number, changes: Partial<Issuer> = {}): Issuer => ({
  name,
  title: name,
  directoryUrl: `https://${name}.example/directory`,
  position,
  isEnabled: true,
  stagesFor: null,
  email: null,
  hasBinding: false,
  profile: null,
  preferredChain: null,
  restUntil: null,
  ...changes,
})
let issuers: Issuer[] = [
  issuerOf('letsencrypt', 0, {
    title: 'Let’s Encrypt',
    directoryUrl: 'https://acme-v02.api.letsencrypt.org/directory',
    email: 'ann@example.com',
  }),
  issuerOf('letsencrypt-staging', 0, {
    title: 'Let’s Encrypt (staging)',
    stagesFor: 'letsencrypt',
  }),
  issuerOf('our-ca', 1, {
    title: 'ca.example.com',
    hasBinding: true,
    restUntil: after(1_800_000),
  }),
]
const KNOWN = [
  {
    name: 'zerossl',
    title: 'ZeroSSL',
    directoryUrl: 'https://acme.zerossl.com/v2/DV90',
    needsBinding: true,
    bindingHint: 'Under Developer, EAB Credentials: it gives a key id and an HMAC key.',
  },
]

let providers: DnsProviderInfo[] = [
  {
    zone: 'example.com',
    type: 'rfc2136',
    title: 'A name server of your own (dynamic updates, RFC 2136)',
    settings: { server: 'ns1.example.com', keyName: 'vastrox', secret: '[redacted]' },
    createdAt: after(-DAY_MS),
  },
]
const KINDS = [
  {
    type: 'rfc2136',
    title: 'A name server of your own (dynamic updates, RFC 2136)',
    neverShown: ['secret'],
    settings: {
      type: 'object',
      properties: {
        server: { type: 'string', description: 'Primary name server' },
        algorithm: {
          type: 'string',
          enum: ['hmac-sha256', 'hmac-sha512'],
          default: 'hmac-sha256',
          description: 'Algorithm of the TSIG key',
        },
        secret: { type: 'string', description: 'Secret of the TSIG key' },
      },
      required: ['server'],
    },
  },
  {
    type: 'webhook',
    title: 'A program of your own, by webhook',
    neverShown: ['token'],
    settings: {
      type: 'object',
      properties: {
        url: { type: 'string', format: 'uri', description: 'Address that is called' },
        token: { type: 'string', description: 'Token that it asks for' },
      },
      required: ['url'],
    },
  },
]

/** Certificates, CAs and DNS providers that do as they are told; `fail` makes an error of a code. */
export const mockCertificates = (fail: (code: ErrorCode) => Error): Handlers => ({
  'GET /certificate-states': () => page(states),
  'GET /certificate-states/:/events': ({ params }) =>
    page(params[0] === 'shop.example.com' ? HISTORY : HISTORY.slice(-1)),
  'POST /certificate-states/:/renew': ({ params }) => {
    const state = stateOf(params[0] ?? '', { state: 'ordering', certificate: null })
    states = states.map((each) => (each.host === state.host ? state : each))
    return state
  },
  'GET /certificates': () => page(certificates),
  'POST /certificates/check': ({ body }) => {
    const { keyPem } = UploadCertificate.parse(body)
    if (keyPem.includes('d3Jvbmc')) throw fail('CERTIFICATE_KEY_WRONG')
    return {
      names: ['new.example.com', '*.new.example.com'],
      issuer: 'Acme Corp CA',
      notBefore: after(-DAY_MS),
      notAfter: after(300 * DAY_MS),
      isTrusted: false,
      hosts: ['new.example.com'],
      replaces: false,
      warnings: ['Browsers do not know the CA that its chain ends at: visitors will be warned.'],
    }
  },
  'POST /certificates': () => {
    const certificate = uploadedOf(['new.example.com', '*.new.example.com'])
    certificates = [certificate, ...certificates]
    return { certificate, warnings: [] }
  },
  'DELETE /certificates/:': ({ params }) => {
    certificates = certificates.filter(({ id }) => id !== params[0])
  },
  'GET /issuers': () => ({
    issuers: issuers.toSorted((one, other) => one.position - other.position),
    known: KNOWN,
  }),
  'POST /issuers': ({ body }) => {
    const wish = AddIssuer.parse(body)
    if (wish.bindingHmacKey === undefined) throw fail('ISSUER_BINDING_MISSING')
    const issuer = issuerOf(wish.name, issuers.length, { title: 'ZeroSSL', hasBinding: true })
    issuers = [...issuers, issuer]
    return issuer
  },
  'POST /issuers/:/test': ({ params }) => {
    if (params[0] === 'our-ca') throw fail('ISSUER_UNREACHABLE')
    return issuers.find(({ name }) => name === params[0])
  },
  'PATCH /issuers/:': ({ params, body }) => {
    const { isEnabled, position } = ChangeIssuer.parse(body)
    issuers = issuers.map((each) =>
      each.name === params[0]
        ? {
            ...each,
            isEnabled: isEnabled ?? each.isEnabled,
            position: position ?? each.position,
          }
        : each,
    )
    return issuers.find(({ name }) => name === params[0])
  },
  'DELETE /issuers/:': ({ params }) => {
    issuers = issuers.filter(({ name }) => name !== params[0])
  },
  'GET /dns-providers': () => ({ providers, kinds: KINDS }),
  'POST /dns-providers': ({ body }) => {
    const { zone, type, settings } = AddDnsProvider.parse(body)
    if (settings['server'] === 'away.example.com') throw fail('DNS_PROVIDER_FAILED')
    const title = KINDS.find((each) => each.type === type)?.title ?? type
    const added = { zone, type, title, settings, createdAt: after(0) }
    providers = [...providers, added]
    return added
  },
  'POST /dns-providers/:/test': ({ params }) => {
    const found = providers.find(({ zone }) => zone === params[0])
    if (!found) throw fail('DNS_PROVIDER_NOT_FOUND')
    return found
  },
  'DELETE /dns-providers/:': ({ params }) => {
    providers = providers.filter(({ zone }) => zone !== params[0])
  },
})
