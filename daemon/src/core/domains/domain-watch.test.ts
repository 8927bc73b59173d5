import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DomainCheck } from '@vastrox/shared/domain.ts'
import { createDomainWatch, nextCheckMs } from '#core/domains/domain-watch.ts'
import { createDomainStore, type DomainRecord } from '#store/domain-store.ts'
import { transactionOf } from '#store/database.ts'
import { createTeamStore } from '#store/team-store.ts'
import { owner } from '#test/fakes/actors.ts'
import { createHarness, type Harness } from '#test/harness.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

describe('when a domain is looked at again', () => {
  it('is soon while somebody waits for it, seldom later, and never after 30 days', () => {
    const waits = [0, 14 * MINUTE, 20 * MINUTE, 3 * 60 * MINUTE, 12 * 60 * MINUTE, 29 * DAY]

    expect(waits.map((waited) => nextCheckMs(false, waited, 0.5))).toEqual([
      10_000, 10_000, 30_000, 120_000, 600_000, 3_600_000,
    ])
    expect(nextCheckMs(false, 30 * DAY, 0.5)).toBeUndefined()
    expect(nextCheckMs(true, 0, 0.5)).toBe(DAY)
  })

  it('is not for all of them at the same moment', () => {
    expect([0, 0.5, 1].map((random) => nextCheckMs(false, 0, random))).toEqual([
      8_000, 10_000, 12_000,
    ])
  })
})

describe('the watch over domains', () => {
  let harness: Harness
  let looked: string[]
  let audited: string[]
  let state: DomainCheck['state']
  let onLook: (domain: DomainRecord) => void
  let watch: ReturnType<typeof createDomainWatch>
  let domains: ReturnType<typeof createDomainStore>

  beforeEach(() => {
    harness = createHarness()
    harness.addApp()
    domains = createDomainStore(harness.db)
    looked = []
    audited = []
    state = 'waiting'
    onLook = () => {}
    watch = createDomainWatch({
      domains,
      apps: harness.apps,
      check: async (domain) => {
        looked.push(domain.host)
        onLook(domain)
        const check = {
          at: harness.clock.now().toISOString(),
          state,
          summary: state,
          findings: [],
          records: [],
          nameServers: [],
        }
        return { check, isProven: false }
      },
      routing: harness.routing,
      certificates: { want: () => {} },
      audit: { append: ({ action }) => void audited.push(action) },
      events: harness.events,
      clock: harness.clock,
      transact: transactionOf(harness.db),
      random: () => 0.5,
      onProblem: (what) => void harness.problems.push(what),
    })
  })
  afterEach(() => watch.stop())

  function addDomain(host: string, app = harness.app()): DomainRecord {
    const at = harness.clock.now().toISOString()
    const record: DomainRecord = {
      id: host,
      teamId: app.teamId,
      appId: app.id,
      host,
      registrable: host,
      redirectTo: null,
      isPrimary: false,
      servedSince: at,
      provenAt: null,
      proof: null,
      check: null,
      nextCheckAt: at,
      waitingSince: at,
      createdAt: at,
    }
    domains.saveForPlatform(record)
    return record
  }

  it('looks at 30 a minute at most, each in its turn', async () => {
    for (let at = 0; at < 100; at += 1) addDomain(`d${String(at).padStart(3, '0')}.example.com`)

    watch.start()
    await harness.clock.pass(50_000)

    expect(looked).toHaveLength(30)
    await harness.clock.pass(200_000)
    expect(new Set(looked).size).toBe(100)
  })

  it('lets no team wait for the hundreds of another', async () => {
    const stranger = owner({ id: 'user9', teamId: 'team9' })
    createTeamStore(harness.db).insertForPlatform('team9', 'nine', '2026-11-22T12:00:00.000Z')
    const theirs = harness.addApp('theirs', {}, stranger)
    for (let at = 0; at < 100; at += 1) addDomain(`d${String(at).padStart(3, '0')}.example.com`)
    addDomain('waits.example.net', theirs)

    watch.start()
    await harness.clock.pass(1_000)

    expect(looked).toContain('waits.example.net')
    expect(looked.length).toBeLessThanOrEqual(30)
  })

  it('goes on by itself whoever asks for looks by hand', async () => {
    const asked = Array.from({ length: 60 }, (_, at) => addDomain(`d${at}.example.com`).id)
    for (const id of asked)
      domains.saveForPlatform({ ...record(id), nextCheckAt: null, waitingSince: null })
    addDomain('waits.example.net')

    for (const id of asked) await watch.checkNow(id, new AbortController().signal)
    await harness.clock.pass(1_000)

    expect(looked).toContain('waits.example.net')
  })

  const record = (id: string): DomainRecord => {
    const found = domains.findForPlatform(id)
    if (!found) throw new Error(`there is no domain ${id}`)
    return found
  }

  it('R11 goes on when the clock was a year ahead, and is right once more', async () => {
    state = 'ready'
    addDomain('example.com')
    harness.clock.jump(365 * DAY)
    watch.start()
    await harness.clock.pass(MINUTE)
    const before = looked.length

    harness.clock.jump(-365 * DAY)
    await harness.clock.pass(DAY)

    expect(looked.length).toBeGreaterThan(before)
  })

  it.each([20, 40])(
    'R11 looks again within the hour after the clock was %d days ahead for a while',
    async (days) => {
      addDomain('waits.example.com')
      watch.start()
      await harness.clock.pass(MINUTE)
      harness.clock.jump(days * DAY)
      await harness.clock.pass(2 * 60 * MINUTE)
      harness.clock.jump(-days * DAY)
      await harness.clock.pass(60 * MINUTE + 1_000)
      const before = looked.length

      // As often as for any domain that somebody waits for.
      await harness.clock.pass(10 * MINUTE)

      expect(looked.length - before).toBeGreaterThanOrEqual(5)
      expect(record('waits.example.com').waitingSince).toBe('2026-11-22T12:00:00.000Z')
    },
  )

  it('lies still where there is no domain, and wakes with the first one', async () => {
    watch.start()
    await harness.clock.pass(DAY)
    expect(looked).toEqual([])

    addDomain('example.com')
    watch.begin()
    await harness.clock.pass(0)

    expect(looked).toEqual(['example.com'])
  })

  it('gives up after 30 days, and looks once more when it is asked', {
    timeout: 60_000,
  }, async () => {
    addDomain('example.com')
    watch.start()
    await harness.clock.pass(31 * DAY)
    const many = looked.length
    await harness.clock.pass(5 * DAY)

    expect(looked).toHaveLength(many)
    expect(many).toBeLessThan(1_200)
    await watch.checkNow('example.com', new AbortController().signal)
    expect(looked).toHaveLength(many + 1)
  })

  it('says when a domain that led here goes astray', async () => {
    state = 'ready'
    addDomain('example.com')
    watch.start()
    await harness.clock.pass(1_000)
    state = 'wrong'
    await harness.clock.pass(2 * DAY)

    expect(audited).toEqual(['domain.astray'])
  })

  it('brings nothing back that was removed meanwhile, and goes on after a look that failed', async () => {
    addDomain('gone.example.com')
    addDomain('fails.example.com')
    onLook = ({ host, id }) => {
      if (host.startsWith('fails')) throw new Error('odd')
      domains.removeForPlatform(id)
    }
    watch.start()
    await harness.clock.pass(6 * MINUTE)

    expect(domains.findForPlatform('gone.example.com')).toBeUndefined()
    expect(looked.filter((host) => host.startsWith('fails'))).toHaveLength(2)
    expect(harness.problems[0]).toContain('fails.example.com')
  })
})
