import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createOpenAuthority } from '#adapters/acme/open-authority.ts'
import { createNewId } from '#adapters/system/ids.ts'
import { type Fault, startFaultProxy } from '#test/acme/fault-proxy.ts'
import { createPebbleRig, untilValid } from '#test/acme/pebble-rig.ts'
import { startPebble } from '#test/acme/pebble.ts'
import { createAlertsOver } from '#test/alert-harness.ts'
import { owner } from '#test/fakes/actors.ts'
import { createFakeClock } from '#test/fakes/clock.ts'
import { until } from '#test/proxy/rig.ts'

const PATIENCE_MS = 30_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** A CA that hangs is given up sooner here than the twenty seconds that one has otherwise. */
const CALL_MS = 1_000

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const ending of endings.splice(0).toReversed()) await ending()
})

/** A real CA behind a proxy that makes trouble, with a daemon's certificates before it. */
async function setUp() {
  const rig = await createPebbleRig()
  endings.push(() => rig.end())
  const proxy = await startFaultProxy(rig.pebble)
  endings.push(() => proxy.stop())
  const certificates = rig.start({
    acmeDirectory: proxy.directoryUrl,
    acmeCaFile: proxy.caFile,
    openAuthority: createOpenAuthority({
      userAgent: 'test',
      now: () => new Date(),
      callMs: CALL_MS,
    }),
  })
  endings.push(() => certificates.end())
  const state = (host: string) => certificates.service.stateOf(host)
  return {
    ...rig,
    ...certificates,
    proxy,
    state,
    /** What was to be waited for is over. */
    letTimePass(): void {
      certificates.db.exec(
        `UPDATE certificate_orders SET next_attempt_at = '2020'; UPDATE issuers SET rest_until = NULL`,
      )
    },
    /** Another CA, asked after the first. */
    async addSecond(): Promise<void> {
      const second = await startPebble({ httpPort: rig.rig.port, tlsPort: rig.rig.httpsPort })
      endings.push(() => second.stop())
      await certificates.issuerService.add(owner({ teamId: 'team-1' }), {
        name: 'second',
        directoryUrl: second.directoryUrl,
        caPem: second.caPem,
      })
    },
  }
}

const onNewOrder =
  (fault: Fault) =>
  (line: string): Fault | undefined =>
    line.includes('order') ? fault : undefined

describe('Pebble behind a proxy that makes trouble', () => {
  it('R4 asks nothing before the end of Retry-After, and loses nothing by it', async () => {
    const rig = await setUp()
    rig.proxy.faults.of = onNewOrder({
      status: 429,
      type: 'rateLimited',
      detail: 'too many orders',
      headers: { 'retry-after': '7200' },
    })
    const begun = Date.now()
    rig.service.want(['limited.example.com'])
    await until(() => rig.state('limited.example.com').state === 'failing', PATIENCE_MS)

    const { problem, nextAttemptAt } = rig.state('limited.example.com')
    expect(problem).toMatchObject({ type: 'rateLimited', detail: 'too many orders' })
    expect(Date.parse(nextAttemptAt ?? '')).toBeGreaterThanOrEqual(begun + 2 * HOUR_MS)
    const asked = rig.proxy.calls.length
    rig.service.tryNow('limited.example.com')
    rig.service.renewNow('limited.example.com')
    await sleep(500)
    expect(rig.proxy.calls).toHaveLength(asked)

    rig.proxy.faults.of = () => undefined
    rig.letTimePass()
    rig.service.tryNow('limited.example.com')
    await untilValid(rig, ['limited.example.com'], PATIENCE_MS)
    expect(
      rig.kept.history(owner({ teamId: 'team-1' }), 'limited.example.com').map(({ kind }) => kind),
    ).toEqual(['issued', 'ordered', 'refused', 'wanted'])
  })

  it('R7 leaves alone a CA that is out of order, and asks the second one at once', async () => {
    const rig = await setUp()
    await rig.addSecond()
    rig.proxy.faults.of = (line) =>
      line.startsWith('POST') ? { status: 503, headers: { 'retry-after': '3600' } } : undefined

    rig.service.want(['away.example.com'])
    await untilValid(rig, ['away.example.com'], PATIENCE_MS)
    expect(rig.state('away.example.com').certificate?.issuer).toContain('127.0.0.1')
    const { issuers } = rig.issuerService.list(owner({ teamId: 'team-1' }))
    const rest = issuers.find(({ name }) => name === 'configured')?.restUntil ?? ''
    expect(Date.parse(rest)).toBeGreaterThan(Date.now() + HOUR_MS - 60_000)

    // The next host does not even ask it.
    const asked = rig.proxy.calls.length
    rig.service.want(['later.example.com'])
    await untilValid(rig, ['later.example.com'], PATIENCE_MS)
    expect(rig.proxy.calls).toHaveLength(asked)
  })

  it.each(['hang', 'reset'] as const)(
    'R7 gives up a CA where calls %s, in its time, and goes to the second',
    async (fault) => {
      const rig = await setUp()
      await rig.addSecond()
      rig.proxy.faults.of = () => fault

      rig.service.want(['silent.example.com'])
      await untilValid(rig, ['silent.example.com'], PATIENCE_MS)
      expect((await rig.shown('silent.example.com'))?.subjectAltName).toBe('DNS:silent.example.com')
    },
  )

  it('R1 goes on with the order that was under way when the CA fell over in its middle', async () => {
    const rig = await setUp()
    let isDown = false
    rig.proxy.faults.of = (line) => {
      if (line.includes('finalize')) isDown = true
      return isDown ? { status: 503 } : undefined
    }
    rig.service.want(['middle.example.com'])
    await until(() => rig.state('middle.example.com').state === 'failing', PATIENCE_MS)

    rig.proxy.faults.of = () => undefined
    rig.letTimePass()
    rig.service.tryNow('middle.example.com')
    await untilValid(rig, ['middle.example.com'], PATIENCE_MS)

    const spent = rig.db.prepare("SELECT count(*) FROM certificate_spending WHERE kind = 'order'")
    expect(spent.pluck().get()).toBe(1)
  })
})

/** The alert of that name, by its cause: the real CA refuses, since it finds something else at the challenge. */
describe('certificate-failed', () => {
  const HOST = 'refused.example.com'

  async function refusedHost() {
    const rig = await createPebbleRig()
    endings.push(() => rig.end())
    const proofs = { areShown: false }
    let over: ReturnType<typeof createAlertsOver> | undefined
    const certificates = rig.start({
      publish: (what) =>
        rig.rig.publish(
          [],
          proofs.areShown ? what : { ...what, challenges: [], alpnChallenges: [] },
        ),
      noteNews: (news) => over?.alerts.hear.ofCertificate(news),
      told: () => over?.alerts.hear,
    })
    endings.push(() => certificates.end())
    const problems: string[] = []
    const clock = createFakeClock()
    const newId = createNewId(() => clock.now().getTime())
    const actor = owner({ teamId: 'team-1' })
    over = createAlertsOver({ ...certificates, clock, newId, actor, problems })
    endings.push(over.stopAlerts)
    return { ...certificates, ...over, clock, problems, proofs }
  }

  it('is told within the minute, once however often it is tried, and is over with the certificate', async () => {
    const { service, db, clock, toldOf, notified, problems, proofs } = await refusedHost()
    const isFailing = (): boolean => service.stateOf(HOST).state === 'failing'
    service.want([HOST])
    await until(isFailing, PATIENCE_MS)
    await clock.pass(MINUTE_MS)
    expect(toldOf('certificate-failed')).toEqual(['alert'])
    expect(notified[0]?.title).toBe(`No certificate for ${HOST}`)

    const attempts = db.prepare<[], number>('SELECT attempts FROM certificate_orders').pluck()
    const before = attempts.get() ?? 0
    db.exec("UPDATE certificate_orders SET next_attempt_at = '2020'")
    service.tryNow(HOST)
    await until(() => (attempts.get() ?? 0) > before && isFailing(), PATIENCE_MS)
    await clock.pass(MINUTE_MS)
    expect(toldOf('certificate-failed')).toEqual(['alert'])

    proofs.areShown = true
    db.exec("UPDATE certificate_orders SET next_attempt_at = '2020'")
    service.tryNow(HOST)
    await until(() => service.stateOf(HOST).state === 'valid', PATIENCE_MS)
    await clock.pass(3 * MINUTE_MS)
    expect(toldOf('certificate-failed')).toEqual(['alert', 'resolved'])
    expect(problems).toEqual([])
  })
})
