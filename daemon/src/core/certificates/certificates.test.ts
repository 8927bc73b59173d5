import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { certificateTools } from '#adapters/acme/certificate-tools.ts'
import { AuthorityError } from '#ports/certificate-authority.ts'
import type { DomainPreflight } from '#ports/domain-preflight.ts'
import type { RoutingSnapshot } from '#ports/routing-snapshot.ts'
import { type CertificateRig, createCertificateRig } from '#test/acme/certificate-rig.ts'
import { createFakeAuthority, type FakeAuthority, problem } from '#test/acme/fake-authority.ts'
import { createFakeClock } from '#test/fakes/clock.ts'

const HOST = 'blog.acme-corp.com'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const FIRST = 'https://acme-v02.api.letsencrypt.org/directory'
const STAGE = 'https://acme-staging-v02.api.letsencrypt.org/directory'
const SECOND = 'https://second.acme-corp.com/dir'

/** At once: no time passes in a test while a thread makes one. */
const newKey = (): string =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey

type Shown = Pick<RoutingSnapshot, 'certificates' | 'challenges' | 'alpnChallenges'>

/** A daemon's certificates over CAs in memory; what it tells the proxy is what the CAs see. */
function createWorld() {
  const clock = createFakeClock()
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-world-'))
  const authorities = new Map<string, FakeAuthority>()
  let isNew = true
  let shown: Shown = { certificates: [], challenges: [] }
  let preflight: DomainPreflight = async () => ({ ok: true })
  let served = true
  const rigs: CertificateRig[] = []

  function authorityAt(url: string): FakeAuthority {
    const known = authorities.get(url)
    if (known) return known
    const fake = createFakeAuthority(clock)
    fake.seen = (type, name, token) =>
      type === 'http-01'
        ? shown.challenges.find((each) => each.token === token)?.keyAuthorization
        : shown.alpnChallenges?.find((each) => each.name === name)?.keyAuthorization
    authorities.set(url, fake)
    return fake
  }

  return {
    clock,
    first: authorityAt(FIRST),
    stage: authorityAt(STAGE),
    second: authorityAt(SECOND),
    shown: () => shown,
    show({ source, challenges }: CertificateRig['service']): void {
      shown = { certificates: source(), challenges: challenges() }
    },
    set preflight(answer: DomainPreflight) {
      preflight = answer
    },
    set isServed(value: boolean) {
      served = value
    },
    /** Every call to any CA. */
    calls: (): number =>
      [...authorities.values()].reduce((sum, { calls }) => sum + calls.length, 0),

    /** The daemon starts; dies at the named point where one is given. */
    start(crashAt?: string) {
      let isDead = false
      const dieWhenDead = (): void => {
        if (isDead) throw new Error('the daemon was killed')
      }
      const rig = createCertificateRig({
        clock,
        databasePath: join(folder, 'control.db'),
        isNew,
        preflight: (...asked) => preflight(...asked),
        publish: async (what) => {
          dieWhenDead()
          shown = what
        },
        served: { isServed: async () => served },
        tools: { ...certificateTools, newKey: async () => newKey() },
        openAuthority: async ({ directoryUrl }) => {
          const { authority } = authorityAt(directoryUrl)
          return new Proxy(authority, {
            get(target, name, receiver): unknown {
              dieWhenDead()
              return Reflect.get(target, name, receiver)
            },
          })
        },
        crashPoint(name) {
          if (name !== crashAt) return
          isDead = true
          rig.db.close()
          void rig.service.stop()
          throw new Error('the daemon was killed')
        },
      })
      isNew = false
      rigs.push(rig)
      return rig
    },
    async end(): Promise<void> {
      for (const rig of rigs) await rig.end().catch(() => undefined)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

let world: ReturnType<typeof createWorld>
beforeEach(() => {
  world = createWorld()
})
afterEach(() => world.end())

const unreachable = (): never => {
  throw new AuthorityError('ca cannot be reached: no answer within 20 s')
}

describe('a host that is to have a certificate', () => {
  it('gets one of the first CA, is proven by what the proxy shows, and is served with it', async () => {
    const { service, db } = world.start()
    service.start()

    service.want([HOST])
    await world.clock.pass(5_000)

    expect(service.stateOf(HOST)).toMatchObject({
      state: 'valid',
      certificate: { source: 'issued', issuer: "Let's Encrypt" },
      problem: null,
    })
    expect(world.shown().certificates).toMatchObject([{ hosts: [HOST] }])
    expect(world.shown().challenges).toEqual([])
    expect(world.first.placed()).toEqual([
      { names: [HOST], profile: undefined, replacesPem: undefined },
    ])
    expect(db.prepare('SELECT served_at FROM certificates').pluck().get()).not.toBeNull()
    service.want([HOST])
    await world.clock.pass(HOUR_MS)
    expect(world.first.orders.size).toBe(1)
  })

  it('R5 makes no call to a CA while its DNS is wrong, and says so in the words of the preflight', async () => {
    world.preflight = async () => ({
      ok: false,
      code: 'elsewhere',
      message: 'blog.acme-corp.com leads to 198.51.100.7.',
      hint: 'Set its A record.',
    })
    const { service } = world.start()
    service.start()

    service.want([HOST])
    await world.clock.pass(2 * HOUR_MS)

    expect(world.calls()).toBe(0)
    expect(service.stateOf(HOST)).toMatchObject({
      state: 'waiting',
      reason: { message: 'blog.acme-corp.com leads to 198.51.100.7.', hint: 'Set its A record.' },
    })
    world.preflight = async () => ({ ok: true })
    service.want([HOST])
    await world.clock.pass(5_000)
    expect(service.stateOf(HOST).state).toBe('valid')
  })

  it('R8 nobody who only names a host in a handshake causes an order', async () => {
    const { service } = world.start()
    service.start()
    for (let at = 0; at < 1_000; at += 1) service.stateOf(`junk-${at}.acme-corp.com`)
    for (let at = 0; at < 1_000; at += 1) service.pairFor(`junk-${at}.acme-corp.com`)

    await world.clock.pass(DAY_MS)

    expect(world.calls()).toBe(0)
  })

  it('is left alone where no public CA may sign its name', async () => {
    const { service } = world.start()
    service.start()
    service.want(['app.localhost', 'nas.internal', '10.0.0.7', 'intranet'])

    await world.clock.pass(DAY_MS)

    expect(world.calls()).toBe(0)
    expect(service.stateOf('app.localhost').state).toBe('none')
    expect(service.stateOf('nas.internal').reason?.code).toBe('CERTIFICATE_NO_ISSUER')
  })

  it('R12 an address asks for the short profile where the CA has one', async () => {
    world.first.profiles = ['classic', 'shortlived']
    const { service } = world.start()
    service.start()

    service.want(['8.8.4.4'])
    await world.clock.pass(5_000)

    expect(world.first.placed()).toMatchObject([{ names: ['8.8.4.4'], profile: 'shortlived' }])
    expect(service.pairFor('8.8.4.4')?.cert).toContain('BEGIN CERTIFICATE')
  })
})

const POINTS = [
  'certificate.afterKey',
  'certificate.afterOrder',
  'certificate.afterOrderStored',
  'certificate.afterChallenge',
  'certificate.afterAnswer',
  'certificate.afterProof',
  'certificate.afterFinalize',
  'certificate.afterDownload',
  'certificate.afterStored',
]

describe('a daemon that is killed in the middle of an order', () => {
  it.each(POINTS)('R1 at %s makes at most one order more', async (point) => {
    const killed = world.start(point)
    killed.service.start()
    killed.service.want([HOST])
    await world.clock.pass(5_000)

    const { service } = world.start()
    // As at every start of a daemon.
    world.show(service)
    service.start()
    await world.clock.pass(10_000)

    expect(service.stateOf(HOST)).toMatchObject({ state: 'valid' })
    expect(world.first.orders.size).toBe(point === 'certificate.afterOrder' ? 2 : 1)
    expect(world.first.accounts.size).toBe(1)
    expect(world.shown().certificates.map(({ hosts }) => hosts)).toEqual([[HOST]])
    expect(world.shown().challenges).toEqual([])
  })

  it('R9 goes on showing the proof from the first snapshot on', async () => {
    const killed = world.start('certificate.afterAnswer')
    killed.service.start()
    killed.service.want([HOST])
    await world.clock.pass(5_000)

    expect(world.start().service.challenges()).toHaveLength(1)
  })

  it('begins with a new account where the CA has forgotten the old one', async () => {
    const killed = world.start('certificate.afterOrderStored')
    killed.service.start()
    killed.service.want([HOST])
    await world.clock.pass(5_000)
    world.first.forget()

    const { service } = world.start()
    service.start()
    await world.clock.pass(10_000)

    expect(service.stateOf(HOST).state).toBe('valid')
  })
})

describe('a CA in trouble', () => {
  function withSecond() {
    const rig = world.start()
    const [first] = rig.issuers.listForPlatform()
    if (!first) throw new Error('there is no issuer')
    rig.issuers.saveForPlatform({
      ...first,
      id: 'second',
      title: 'Second CA',
      directoryUrl: SECOND,
      stagesFor: null,
      position: 5,
    })
    rig.service.start()
    return rig
  }

  it.each([
    ['does not answer', unreachable],
    [
      'answers 503',
      () => {
        throw new AuthorityError('busy', {
          problem: problem('serverInternal', 503),
          retryAfterMs: 7_200_000,
        })
      },
    ],
    [
      'answers 429',
      () => {
        throw new AuthorityError('too many', {
          problem: problem('rateLimited', 429, 'too many certificates'),
          retryAfterMs: 7_200_000,
        })
      },
    ],
  ])('R7 that %s is left alone, and the second one is asked', async (_what, fail) => {
    world.first.before = fail
    const { service } = withSecond()

    service.want([HOST])
    await world.clock.pass(30_000)

    expect(service.stateOf(HOST)).toMatchObject({
      state: 'valid',
      certificate: { issuer: 'Second CA' },
    })
  })

  it('R4 is asked again when Retry-After is over, to the second, and not before', async () => {
    const { service } = world.start()
    service.start()
    world.first.before = (call) => {
      if (call !== 'newOrder') return
      throw new AuthorityError('too many certificates already issued', {
        problem: problem('rateLimited', 429, 'too many certificates already issued'),
        retryAfterMs: 5_000_000,
      })
    }
    service.want([HOST])
    await world.clock.pass(10_000)
    const asked = (): number => world.first.calls.filter((call) => call === 'newOrder').length

    expect(asked()).toBe(1)
    expect(service.stateOf(HOST)).toMatchObject({
      state: 'failing',
      problem: { type: 'rateLimited', detail: 'too many certificates already issued' },
    })
    await world.clock.pass(4_980_000)
    expect(asked()).toBe(1)
    world.first.before = undefined
    await world.clock.pass(20_000)
    expect(asked()).toBe(2)
    expect(service.stateOf(HOST).state).toBe('valid')
  })

  it('R11 is asked again when the clock was a year ahead, and is right once more', async () => {
    const { service } = world.start()
    service.start()
    world.clock.jump(365 * DAY_MS)
    world.first.before = () => unreachable()
    service.want([HOST])
    await world.clock.pass(30_000)
    expect(service.stateOf(HOST).state).toBe('failing')

    world.clock.jump(-365 * DAY_MS)
    world.first.before = undefined
    await world.clock.pass(HOUR_MS / 2)

    expect(service.stateOf(HOST).state).toBe('valid')
  })

  it('R4 is asked again within days where it wants to be left alone for years', async () => {
    const { service } = world.start()
    service.start()
    world.first.before = (call) => {
      if (call !== 'newOrder') return
      throw new AuthorityError('down for maintenance', {
        problem: problem('about:blank', 503, 'down for maintenance'),
        retryAfterMs: 40 * 365 * DAY_MS,
      })
    }
    service.want([HOST])
    await world.clock.pass(DAY_MS)
    const asked = world.first.calls.filter((call) => call === 'newOrder').length
    expect(asked).toBe(1)

    world.first.before = undefined
    await world.clock.pass(7 * DAY_MS)

    expect(service.stateOf(HOST).state).toBe('valid')
  })

  it('keeps what was under way when it comes back', async () => {
    const { service } = world.start()
    service.start()
    world.first.before = (call) => {
      if (call === 'finalize') unreachable()
    }
    service.want([HOST])
    await world.clock.pass(30_000)
    expect(service.stateOf(HOST).problem?.detail).toContain('cannot be reached')

    world.first.before = undefined
    await world.clock.pass(2 * HOUR_MS)

    expect(service.stateOf(HOST).state).toBe('valid')
    expect(world.first.orders.size).toBe(1)
  })

  it('R7 after a proof that failed it is rehearsed at the stage, and R4 not too often', async () => {
    const { service } = world.start()
    service.start()
    world.first.seen = () => 'nonsense'
    world.stage.seen = () => 'nonsense'
    service.want([HOST])
    await world.clock.pass(DAY_MS)

    expect(world.first.orders.size).toBe(1)
    expect(world.stage.orders.size).toBeGreaterThan(0)
    expect(world.stage.orders.size).toBeLessThanOrEqual(4)
    expect(service.stateOf(HOST)).toMatchObject({
      state: 'failing',
      problem: { type: 'unauthorized', detail: 'the answer is wrong' },
    })
  })
})

describe('names under a suffix that everybody shares', () => {
  it('are tried once a day at one CA, all together, and are not waited for', async () => {
    const { service } = world.start()
    service.start()
    world.first.before = (call) => {
      if (call === 'newOrder')
        throw new AuthorityError('too many certificates for sslip.io', {
          problem: problem('rateLimited', 429),
          retryAfterMs: HOUR_MS,
        })
    }
    service.want(['a.203-0-113-7.sslip.io', 'b.203-0-113-7.sslip.io', 'c.203-0-113-7.sslip.io'])
    await world.clock.pass(23 * HOUR_MS)
    const asked = (): number => world.first.calls.filter((call) => call === 'newOrder').length

    expect(asked()).toBe(1)
    await world.clock.pass(3 * DAY_MS)
    expect(asked()).toBeLessThanOrEqual(4)
  })
})

describe('a certificate that grows old', () => {
  const issued = (): number => world.first.orders.size

  it('R6 is renewed in the last third of its life, naming what it replaces', async () => {
    const { service, certificates } = world.start()
    service.start()
    service.want([HOST])
    await world.clock.pass(5_000)
    const [before] = certificates.listForPlatform()

    await world.clock.pass(59 * DAY_MS)
    expect(issued()).toBe(1)
    await world.clock.pass(2 * DAY_MS)

    expect(issued()).toBe(2)
    expect(world.first.placed()[1]?.replacesPem).toBe(before?.certificatePem)
    expect(certificates.listForPlatform()).toHaveLength(1)
    expect(certificates.listForPlatform()[0]?.id).not.toBe(before?.id)
  })

  it('R6 is renewed at once when the CA says so, and not by a window that makes no sense', async () => {
    const { service } = world.start()
    service.start()
    const at = (ms: number): Date => new Date(world.clock.now().getTime() + ms)
    const window = { explanationUrl: 'https://ca/why', retryAfterMs: undefined }
    world.first.renewal = { start: at(50 * DAY_MS), end: at(51 * DAY_MS), ...window }
    service.want([HOST])
    await world.clock.pass(5_000)
    world.first.renewal = { start: at(3 * DAY_MS), end: at(2 * DAY_MS), ...window }
    await world.clock.pass(4 * DAY_MS)
    expect(issued()).toBe(1)

    world.first.renewal = { start: at(-2 * DAY_MS), end: at(-DAY_MS), ...window }
    await world.clock.pass(12 * HOUR_MS)
    expect(issued()).toBeGreaterThanOrEqual(2)
    // It says so of every new one: that is no reason for ever more orders.
    await world.clock.pass(2 * DAY_MS)

    expect(issued()).toBeLessThanOrEqual(5)
  })

  it('R2 stays until its successor has been shown in a handshake', async () => {
    const { service, certificates } = world.start()
    service.start()
    service.want([HOST])
    await world.clock.pass(5_000)
    world.isServed = false

    await world.clock.pass(61 * DAY_MS)
    expect(certificates.listForPlatform()).toHaveLength(2)

    world.isServed = true
    await service.housekeep()
    expect(certificates.listForPlatform()).toHaveLength(1)
  })

  it('R3 is served on while its renewal fails, and R10 alarms are raised, each once', async () => {
    const { service, audit, certificates } = world.start()
    service.start()
    service.want([HOST])
    await world.clock.pass(5_000)
    world.first.before = unreachable

    for (let day = 0; day < 89; day += 1) {
      await world.clock.pass(DAY_MS)
      await service.housekeep()
    }

    expect(certificates.listForPlatform()).toHaveLength(1)
    expect(service.stateOf(HOST)).toMatchObject({
      state: 'failing',
      certificate: { issuer: "Let's Encrypt" },
      problem: { detail: expect.stringContaining('cannot be reached') },
    })
    const actor = { ...(await import('#test/fakes/actors.ts')).owner(), teamId: 'team-1' }
    const alarms = audit
      .list(actor, { limit: 50 })
      .items.filter(({ action }) => action === 'certificate.expiring')
    // 25, 15 and 10 per cent, 7, 3 and 1 days.
    expect(alarms).toHaveLength(6)
  })

  it('R3 that has expired is tried again and again, not too often, with an alarm (R10)', async () => {
    const { service, audit } = world.start()
    service.start()
    world.first.lifeMs = 2 * DAY_MS
    service.want([HOST])
    await world.clock.pass(5_000)
    const refused = problem('unauthorized', 403, 'not today')
    world.first.before = (call) => {
      if (call === 'newOrder') throw new AuthorityError('not today', { problem: refused })
    }
    await world.clock.pass(2 * DAY_MS)
    const asked = (): number => world.first.calls.filter((call) => call === 'newOrder').length
    const before = asked()

    await world.clock.pass(DAY_MS)
    await service.housekeep()
    await service.housekeep()

    expect(asked() - before).toBeGreaterThan(80)
    expect(asked() - before).toBeLessThanOrEqual(4 * 24)
    const actor = { ...(await import('#test/fakes/actors.ts')).owner(), teamId: 'team-1' }
    const alarms = audit
      .list(actor, { limit: 50 })
      .items.filter(({ action }) => action === 'certificate.expiring')
    expect(alarms).toHaveLength(1)
    world.first.before = undefined
    await world.clock.pass(HOUR_MS / 3)
    expect(service.stateOf(HOST)).toMatchObject({ state: 'valid', problem: null })
  })

  it('R10 raises no alarm of one that has given way to a better one', async () => {
    const { service, audit, certificates } = world.start()
    service.start()
    world.first.lifeMs = 2 * DAY_MS
    service.want([HOST])
    await world.clock.pass(5_000)
    const [issuedOne] = certificates.listForPlatform().filter(({ issuer }) => issuer !== 'local')
    if (!issuedOne) throw new Error('nothing was issued')
    const notAfter = new Date(world.clock.now().getTime() + 90 * DAY_MS).toISOString()
    certificates.insertForPlatform({ ...issuedOne, id: 'own', issuer: 'uploaded', notAfter })
    world.first.before = unreachable

    await world.clock.pass(3 * DAY_MS)
    await service.housekeep()

    const actor = { ...(await import('#test/fakes/actors.ts')).owner(), teamId: 'team-1' }
    const actions = audit.list(actor, { limit: 50 }).items.map(({ action }) => action)
    expect(actions).not.toContain('certificate.expiring')
  })

  it('R3 is renewed as often as its life asks for, also by a CA that counts its renewals (R4)', async () => {
    const { service } = world.start()
    service.start()
    world.first.lifeMs = 40_000
    service.want([HOST])

    for (let minute = 0; minute < 10; minute += 1) {
      await world.clock.pass(60_000)
      expect(Date.parse(service.stateOf(HOST).certificate?.notAfter ?? '')).toBeGreaterThan(
        world.clock.now().getTime(),
      )
    }

    expect(issued()).toBeGreaterThan(20)
  })

  it('R4 its renewals by a CA that counts none of them leave the limits as they were', async () => {
    const { service, db } = world.start()
    service.start()
    world.first.lifeMs = 40_000
    const inHalf = (): void => {
      const start = new Date(world.clock.now().getTime() + 20_000)
      const end = new Date(start.getTime() + 1_000)
      world.first.renewal = { start, end, explanationUrl: undefined, retryAfterMs: undefined }
    }
    inHalf()
    service.want([HOST])
    for (let at = 0; at < 8; at += 1) {
      await world.clock.pass(20_000)
      inHalf()
    }

    expect(issued()).toBeGreaterThan(6)
    const spent = db.prepare('SELECT count(*) FROM certificate_spending WHERE kind = ?').pluck()
    expect([spent.get('duplicate'), spent.get('order')]).toEqual([1, 1])
  })

  it('R3 that lives for seconds is not given up for an hour because some proofs failed', async () => {
    const { service } = world.start()
    service.start()
    world.first.lifeMs = 40_000
    service.want([HOST])
    await world.clock.pass(5_000)
    const seen = world.first.seen
    world.first.seen = () => 'nonsense'
    world.stage.seen = () => 'nonsense'
    await world.clock.pass(60_000)
    expect(service.stateOf(HOST).problem?.type).toBe('unauthorized')

    world.first.seen = seen
    world.stage.seen = seen
    await world.clock.pass(20_000)

    expect(service.stateOf(HOST)).toMatchObject({ state: 'valid', problem: null })
  })

  it('R3 outlives its route by 30 days, and is not renewed meanwhile', async () => {
    const { service, certificates } = world.start()
    service.start()
    service.want([HOST])
    await world.clock.pass(5_000)
    service.wantOnly([])

    await world.clock.pass(29 * DAY_MS)
    await service.housekeep()
    expect(certificates.listForPlatform()).toHaveLength(1)
    service.want([HOST])
    await world.clock.pass(5_000)
    expect(issued()).toBe(1)

    service.wantOnly([])
    await world.clock.pass(31 * DAY_MS)
    await service.housekeep()
    expect(certificates.listForPlatform()).toEqual([])
    expect(service.stateOf(HOST).state).toBe('none')
  })
})
