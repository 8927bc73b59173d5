import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { certificateTools } from '#adapters/acme/certificate-tools.ts'
import type { NewOrder } from '#ports/certificate-authority.ts'
import { createCertificateRig, TEAM } from '#test/acme/certificate-rig.ts'
import { createFakeAuthority } from '#test/acme/fake-authority.ts'
import { owner } from '#test/fakes/actors.ts'
import { createFakeClock } from '#test/fakes/clock.ts'

const DAY_MS = 86_400_000
const OTHER_TEAM = 'team-2'
const DASHBOARD = 'panel.acme-corp.com'

/** At once, and one for all: a thread that makes one needs time that does not pass here. */
const KEY = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey

/** Apps of two teams, and one CA in memory for all of their hosts. */
function createWorld() {
  const clock = createFakeClock()
  const authority = createFakeAuthority(clock)
  const asked: string[] = []
  let shown: { token: string; keyAuthorization: string }[] = []
  authority.seen = (_type, _name, token) =>
    shown.find((each) => each.token === token)?.keyAuthorization
  authority.before = (call, order?: NewOrder) => {
    if (call === 'newOrder' && order) asked.push(order.names.join(' '))
  }
  const rig = createCertificateRig({
    clock,
    isOwn: (names) => names === DASHBOARD || names === 'panel.sslip.io',
    preflight: async () => ({ ok: true }),
    publish: async ({ challenges }) => {
      shown = [...challenges]
    },
    tools: { ...certificateTools, newKey: async () => KEY },
    served: { isServed: async () => true },
    openAuthority: async () => authority.authority,
  })
  rig.db.exec(
    `INSERT INTO teams (id, name, created_at) VALUES ('${OTHER_TEAM}', 'other', '2026-01-01T00:00:00.000Z')`,
  )

  return {
    clock,
    authority,
    asked,
    rig,
    /** An app whose hosts lead to it. */
    addApp(id: string, team: string, hosts: readonly string[]): void {
      rig.db
        .prepare(
          `INSERT INTO apps (id, team_id, name, settings_json, scale_json, created_at)
           VALUES (@id, @team, @id, '{}', '{}', '2026-01-01T00:00:00.000Z')`,
        )
        .run({ id, team })
      const add = rig.db.prepare(
        `INSERT INTO routes (id, team_id, app_id, host, path_prefix, process, state)
         VALUES (@host, @team, @id, @host, '/', 'web', 'serving')`,
      )
      for (const host of hosts) add.run({ host, team, id })
    },
    end: () => rig.end(),
  }
}

const hostsOf = (app: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${app}-${String(at).padStart(4, '0')}.acme-corp.com`)

let world: ReturnType<typeof createWorld>
beforeEach(() => {
  world = createWorld()
})
afterEach(() => world.end())

describe('turns at the CAs', () => {
  it('no app with hundreds of domains keeps the first domain of another team waiting', async () => {
    const many = hostsOf('many', 200)
    world.addApp('many', TEAM, many)
    world.addApp('few', OTHER_TEAM, ['few.acme-corp.com'])
    world.rig.service.want(many)
    await world.clock.pass(1_000)
    world.rig.service.want(['few.acme-corp.com'])

    world.rig.service.start()
    await world.clock.pass(0)

    expect(world.asked.indexOf('few.acme-corp.com')).toBeLessThan(4)
    expect(world.asked.indexOf('few.acme-corp.com')).toBeGreaterThanOrEqual(0)
  })

  it('no more does it keep another app of its own team waiting, and the dashboard comes first', async () => {
    const many = hostsOf('many', 150)
    world.addApp('many', TEAM, many)
    world.addApp('few', TEAM, ['few.acme-corp.com'])
    world.rig.service.want([...many, 'few.acme-corp.com', DASHBOARD])

    world.rig.service.start()
    await world.clock.pass(0)

    expect(world.asked[0]).toBe(DASHBOARD)
    expect(world.asked.slice(0, 4)).toContain('few.acme-corp.com')
  })
})

describe('names under a suffix that everybody shares', () => {
  it('stand in a line: the dashboard first, then whoever has waited longest, and R5 no one whose DNS is wrong', async () => {
    const order = ['old.sslip.io', 'new.sslip.io', 'panel.sslip.io']
    for (const host of order) {
      world.rig.service.want([host])
      await world.clock.pass(1_000)
    }
    world.rig.service.start()
    await world.clock.pass(4 * DAY_MS)

    expect(world.asked).toEqual(['panel.sslip.io', 'old.sslip.io', 'new.sslip.io'])
    const history = world.rig.kept.history(owner(), 'new.sslip.io')
    expect(history[0]).toMatchObject({ kind: 'issued', issuer: "Let's Encrypt" })
    expect(history.map(({ detail }) => detail)).toContainEqual(
      expect.stringContaining('others stand before it'),
    )
    expect(history.at(-1)?.kind).toBe('wanted')
  })
})
