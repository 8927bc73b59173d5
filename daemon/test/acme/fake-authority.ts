import {
  type AuthorityOrder,
  AuthorityError,
  type AuthorityProblem,
  type CertificateAuthority,
  type NewOrder,
  type RenewalInfo,
} from '#ports/certificate-authority.ts'
import type { Clock } from '#ports/clock.ts'
import type { ChallengeType } from '#ports/domain-preflight.ts'
import { createTestIssuer } from './issue.ts'

interface Order {
  url: string
  wish: NewOrder
  status: AuthorityOrder['status']
  proofs: { name: string; status: 'pending' | 'valid' | 'invalid'; token: string }[]
  certificatePem: string | undefined
}

type Call = keyof CertificateAuthority

const DAY_MS = 86_400_000

export const problem = (
  type: string,
  status: number,
  detail = `no: ${type}`,
): AuthorityProblem => ({
  type,
  detail,
  status,
  subproblems: [],
})

/** A CA in memory, which looks at what is shown as proof as a real one would. */
export function createFakeAuthority(clock: Pick<Clock, 'now'>) {
  const issuer = createTestIssuer()
  const orders = new Map<string, Order>()
  const accounts = new Map<string, string>()
  const calls: Call[] = []
  let numbers = 0

  const fake = {
    orders,
    accounts,
    calls,
    lifeMs: 90 * DAY_MS,
    profiles: [] as string[],
    renewal: undefined as RenewalInfo | undefined,
    /** What is asked, before it is answered: throws what the CA says instead. */
    before: undefined as ((call: Call, order?: NewOrder) => void) | undefined,
    /** What the world sees of the proof for a name. */
    seen: (_type: ChallengeType, _name: string, _token: string): string | undefined => undefined,
    offers: ['http-01', 'tls-alpn-01', 'dns-01'] as ChallengeType[],
    placed: (): NewOrder[] => [...orders.values()].map(({ wish }) => wish),
    /** It loses what it had of us. */
    forget(): void {
      orders.clear()
      accounts.clear()
    },
  }

  function ask(call: Call, order?: NewOrder): void {
    calls.push(call)
    fake.before?.(call, order)
  }

  function known(url: string): void {
    if (![...accounts.values()].includes(url))
      throw new AuthorityError('unknown account', { problem: problem('accountDoesNotExist', 400) })
  }

  function orderOf(url: string): Order {
    const order = orders.get(url.replace(/\/(authz|chall|cert|finalize).*$/, ''))
    if (!order) throw new AuthorityError('no such order', { problem: problem('malformed', 404) })
    return order
  }

  function view(order: Order): AuthorityOrder {
    if (order.status === 'pending') {
      if (order.proofs.every(({ status }) => status === 'valid')) order.status = 'ready'
      if (order.proofs.some(({ status }) => status === 'invalid')) order.status = 'invalid'
    }
    return {
      url: order.url,
      status: order.status,
      expires: undefined,
      authorizations: order.proofs.map((_, at) => `${order.url}/authz/${at}`),
      finalizeUrl: `${order.url}/finalize`,
      certificateUrl: order.status === 'valid' ? `${order.url}/cert` : undefined,
      problem: undefined,
      retryAfterMs: undefined,
    }
  }

  const proofAt = (url: string) => {
    const order = orderOf(url)
    const proof = order.proofs[Number(/\/(?:authz|chall)\/(\d+)/.exec(url)?.[1])]
    if (!proof) throw new AuthorityError('no such proof', { problem: problem('malformed', 404) })
    return proof
  }

  const authority: CertificateAuthority = {
    async directory() {
      ask('directory')
      return {
        profiles: fake.profiles,
        hasRenewalInfo: true,
        needsBinding: false,
        caaDomains: [],
        termsOfService: undefined,
      }
    },
    async register(keyPem) {
      ask('register')
      const url = accounts.get(keyPem) ?? `https://ca/account/${(numbers += 1)}`
      accounts.set(keyPem, url)
      return url
    },
    async newOrder(account, wish) {
      ask('newOrder', wish)
      known(account.url)
      const url = `https://ca/order/${(numbers += 1)}`
      orders.set(url, {
        url,
        wish,
        status: 'pending',
        proofs: wish.names.map((name, at) => ({
          name: name.replace(/^\*\./, ''),
          status: 'pending',
          token: `token-${numbers}-${at}`,
        })),
        certificatePem: undefined,
      })
      return view(orderOf(url))
    },
    async order(account, url) {
      ask('order')
      known(account.url)
      return view(orderOf(url))
    },
    async authorization(account, url) {
      ask('authorization')
      known(account.url)
      const { name, status, token } = proofAt(url)
      return {
        url,
        name,
        isWildcard: false,
        status,
        challenges: fake.offers.map((type) => ({
          type,
          url: url.replace('/authz/', '/chall/').concat(`?${type}`),
          token,
          status,
          problem:
            status === 'invalid' ? problem('unauthorized', 403, 'the answer is wrong') : undefined,
        })),
        retryAfterMs: undefined,
      }
    },
    keyAuthorization: (account, token) => `${token}.${accountDigest(account.keyPem)}`,
    async answer(account, url) {
      ask('answer')
      const proof = proofAt(url)
      const type = fake.offers.find((each) => url.endsWith(`?${each}`)) ?? 'http-01'
      const shown = fake.seen(type, proof.name, proof.token)
      proof.status =
        shown === `${proof.token}.${accountDigest(account.keyPem)}` ? 'valid' : 'invalid'
    },
    async finalize(account, order, { keyPem, names }) {
      ask('finalize')
      known(account.url)
      const found = orderOf(order.url)
      if (view(found).status !== 'ready')
        throw new AuthorityError('not ready', { problem: problem('orderNotReady', 403) })
      const now = clock.now().getTime()
      // As Let's Encrypt does, so that clocks that are late are no matter.
      const from = new Date(now - Math.min(3_600_000, fake.lifeMs / 100))
      const to = new Date(now + fake.lifeMs)
      found.certificatePem = issuer.issue(keyPem, names, from, to)
      found.status = 'valid'
      return view(found)
    },
    async download(_account, url) {
      ask('download')
      const { certificatePem } = orderOf(url)
      if (certificatePem === undefined) throw new AuthorityError('none')
      return certificatePem
    },
    async revoke() {
      ask('revoke')
    },
    async renewalInfo() {
      ask('renewalInfo')
      return fake.renewal
    },
  }
  return Object.assign(fake, { authority })
}
export type FakeAuthority = ReturnType<typeof createFakeAuthority>

const accountDigest = (keyPem: string): string => keyPem.slice(40, 60).replaceAll(/\W/g, '')
