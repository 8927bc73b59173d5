import { AddDomain, type Domain } from '@vastrox/shared/domain.ts'
import { counterpartOf } from '@vastrox/shared/host-name.ts'

const AT = '2026-11-26T11:00:00.000Z'
const SERVER = '203.0.113.7'

const domainOf = (host: string, changes: Partial<Domain> = {}): Domain => ({
  host,
  unicode: host,
  app: 'shop',
  redirectTo: null,
  isPrimary: false,
  isServed: true,
  proof: null,
  check: {
    at: AT,
    state: 'ready',
    summary: `${host} leads here.`,
    findings: [
      { code: 'reaches-us', level: 'ok', message: `${host} leads here (${SERVER}).`, hint: null },
    ],
    nameServers: ['ns1.provider.example', 'ns2.provider.example'],
    records: [
      {
        type: 'A',
        name: host,
        label: '@',
        value: SERVER,
        purpose: null,
        state: 'right',
        found: [SERVER],
      },
    ],
  },
  nextCheckAt: '2026-11-27T11:00:00.000Z',
  certificate: {
    state: 'valid',
    issuer: 'Let’s Encrypt',
    isPublic: true,
    notAfter: '2027-01-26T11:00:00.000Z',
    daysLeft: 61,
    problem: null,
    nextAttemptAt: null,
  },
  createdAt: AT,
  ...changes,
})

const waiting = (host: string): Domain =>
  domainOf(host, {
    check: {
      at: AT,
      state: 'waiting',
      nameServers: ['ns1.provider.example', 'ns2.provider.example'],
      summary: `There is no record for ${host} yet.`,
      findings: [
        {
          code: 'no-record',
          level: 'bad',
          message: `There is no record for ${host} yet.`,
          hint: 'Make the record that is listed here at your DNS provider. It is noticed by itself, mostly within a minute.',
        },
      ],
      records: [
        {
          type: 'A',
          name: host,
          label: host.split('.')[0] ?? '@',
          value: SERVER,
          purpose: null,
          state: 'missing',
          found: [],
        },
      ],
    },
    certificate: null,
  })

let domains: Domain[] = [
  domainOf('example.com', { isPrimary: true }),
  domainOf('www.example.com', { redirectTo: 'example.com' }),
  domainOf('xn--bcher-kva.example.com', {
    unicode: 'bücher.example.com',
    check: {
      at: AT,
      state: 'wrong',
      nameServers: ['ns1.provider.example', 'ns2.provider.example'],
      summary: 'It leads elsewhere.',
      findings: [
        {
          code: 'elsewhere',
          level: 'bad',
          message: `xn--bcher-kva.example.com leads to 198.51.100.9, not to this server (${SERVER}).`,
          hint: 'Replace that record by the one that is listed here.',
        },
      ],
      records: [
        {
          type: 'A',
          name: 'xn--bcher-kva.example.com',
          label: 'xn--bcher-kva',
          value: SERVER,
          purpose: null,
          state: 'wrong',
          found: ['198.51.100.9'],
        },
      ],
    },
    certificate: {
      state: 'failed',
      issuer: 'Let’s Encrypt',
      isPublic: false,
      notAfter: null,
      daysLeft: null,
      problem:
        '198.51.100.9: Invalid response from http://xn--bcher-kva.example.com/.well-known/acme-challenge/x: 404',
      nextAttemptAt: AT,
    },
  }),
]

interface Context {
  params: string[]
  body: unknown
}

const find = ({ params }: Context): Domain | undefined =>
  domains.find(({ host }) => host === decodeURIComponent(params[1] ?? ''))

/** The domains of one app; what is added waits for its record until it is looked at again. */
export const mockDomains: Record<string, (context: Context) => unknown> = {
  'GET /apps/:/domains': ({ params }) => ({
    items: params[0] === 'shop' ? domains : [],
    nextCursor: null,
  }),
  'POST /apps/:/domains': ({ body }) => {
    const wish = AddDomain.parse(body)
    const domain = { ...waiting(wish.host), redirectTo: wish.redirectTo }
    const also = wish.withCounterpart
      ? { ...waiting(counterpartOf(wish.host)), redirectTo: wish.host }
      : null
    domains = [...domains, domain, ...(also ? [also] : [])]
    return { domain, also, offer: null }
  },
  'POST /apps/:/domains/:/check': (context) => {
    const found = find(context)
    const ready = domainOf(found?.host ?? '', { redirectTo: found?.redirectTo ?? null })
    domains = domains.map((each) => (each === found ? ready : each))
    return ready
  },
  'PATCH /apps/:/domains/:': (context) => {
    const found = find(context)
    const changed = { ...found, ...Object(context.body) }
    domains = domains.map((each) => (each === found ? changed : each))
    return changed
  },
  'DELETE /apps/:/domains/:': (context) => {
    const found = find(context)
    domains = domains.filter((each) => each !== found)
    return null
  },
}
