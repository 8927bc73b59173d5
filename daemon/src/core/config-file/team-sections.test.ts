import type { Actor } from '@vastrox/shared/actor.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConfigService } from '#core/config-file/config-service.ts'
import { createAppHarness } from '#test/app-harness.ts'

const VALUES = {
  SHARED_TOKEN: 'tok_4f9a8b7c6d5e4f3a2b1c',
  NTFY_TOKEN: 'tk_0123456789abcdef',
  GIT_TOKEN: 'ghp_0123456789abcdef',
}

const FILE = `
vastrox: 1
trustedProxies: { presets: [cloudflare], ranges: [203.0.113.0/24] }
portPolicy: { ranges: [20000-30000], perTeam: 20 }
envGroups:
  shared:
    REGION: eu
    SHARED_TOKEN: { value: "\${SHARED_TOKEN}", phase: both }
addons:
  shop-db: { kind: postgresql, memory: 512MB, logs: { keepDays: 90 } }
apps:
  shop:
    envGroups: [shared]
    addons: { shop-db: DATABASE }
    logs: { keepDays: 7, keep: 50MB }
    egress: { smtp: true }
    uptime: { target: /health, every: 2m }
    uploads: { publishOnIdle: false }
    git:
      url: https://git.example.com/team/shop.git
      access: token
      token: "\${GIT_TOKEN}"
      follow: { kind: tag, pattern: v* }
      pollEvery: 10m
    alertRules:
      Busy:
        severity: critical
        condition: { of: app, metric: cpu, is: above, limit: 2, for: 10m }
  site:
    image: { reference: registry.example.com/site:1 }
channels:
  Phone:
    kind: ntfy
    settings: { topic: shop-alerts, token: "\${NTFY_TOKEN}" }
    minSeverity: critical
    apps: [shop]
uptime:
  Partner: { kind: http, target: "https://partner.example.com/", expect: { status: 2xx, slow: 2s } }
alertRules:
  disk-low: { isOn: false }
logDrains:
  https://logs.example.com/in: { kind: http, secret: "\${SHARED_TOKEN}" }
webhooks:
  CI: { url: "https://ci.example.com/hook", events: [deployment.live] }
firewall:
  rules:
    - { action: allow, ports: ["22"], sources: [203.0.113.0/24], comment: the office }
  allowList: [203.0.113.7]
`

describe('what is of a team and of the platform, in a file', () => {
  let harness: ReturnType<typeof createAppHarness>
  let config: ConfigService
  let actor: Actor
  beforeEach(async () => {
    ;({ harness, config, actor } = await installed())
  })
  afterEach(async () => {
    await harness.domains.stop()
    harness.db.close()
  })

  const plan = (text: string, prune = false) => config.plan(actor, { text, values: VALUES, prune })

  async function apply(text: string, prune = false) {
    const { digest, problems } = await plan(text, prune)
    expect(problems).toEqual([])
    return config.apply(actor, { text, values: VALUES, prune, digest })
  }

  it('is made as it says, then nothing is to be changed, and no secret is written', async () => {
    await apply(FILE)

    const again = await plan(FILE)
    expect(again).toMatchObject({ changes: [], problems: [] })
    expect(again.notes).toEqual([
      'topic, token of Phone are in the file and not compared with what is in use, which nobody is shown. Where it is to be another one: vastrox channels:change Phone topic=… token=…',
      'secret of https://logs.example.com/in is in the file and not compared with what is in use, which nobody is shown. Where it is to be another one: vastrox drains:change <id>, with the id that vastrox drains shows',
    ])
    const written = await config.write(actor, {})
    expect(written).toMatch(/\n +logs:\n? *\{? ?keepDays: 90/)
    for (const secret of Object.values(VALUES)) expect(written).not.toContain(secret)
    expect(await plan(written)).toMatchObject({ changes: [], problems: [] })
    expect(await plan(written, true)).toMatchObject({ changes: [], problems: [] })
  })

  it('says of the logs of a database only what the file says', async () => {
    await apply('vastrox: 1\naddons: { plain-db: { kind: postgresql } }\n')
    expect(harness.auditOf('addon.create')).toHaveLength(1)
    expect(harness.auditOf('addon.log-keep')).toEqual([])

    await apply('vastrox: 1\naddons: { kept-db: { kind: postgresql, logs: { keepDays: 90 } } }\n')
    expect(harness.auditOf('addon.log-keep')).toMatchObject([
      { target: 'kept-db', details: { keepDays: 90 } },
    ])
  })

  it('is the same on another installation', async () => {
    await apply(FILE)
    const written = await config.write(actor, {})
    const other = await installed()
    const text = written
      .replace(/(SHARED_TOKEN:\n\s+)secret: true/, '$1value: "${SHARED_TOKEN}"')
      .replace(/(\n\s+)(server: \S+)/, '$1$2$1topic: shop-alerts$1token: "${NTFY_TOKEN}"')
      .replace(/(\n\s+)(access: token)/, '$1$2$1token: "${GIT_TOKEN}"')
      .replace(/(\n\s+)kind: http\n(# The secret)/, '$1kind: http$1secret: "${SHARED_TOKEN}"\n$2')
    const wish = { text, values: VALUES, prune: false }
    const { digest, problems } = await other.config.plan(other.actor, wish)
    expect(problems).toEqual([])
    await other.config.apply(other.actor, { ...wish, digest })
    const again = await other.config.write(other.actor, {})
    await other.harness.domains.stop()
    other.harness.db.close()

    expect(again).toBe(written)
    expect(written).toContain('# Not written: secret\n  https://logs.example.com/in:')
    expect(written).toMatch(/# Not written: .*topic.*\n {2}Phone:/)
  })

  it('has with one app what the app uses, and nothing of the others', async () => {
    await apply(FILE)

    const written = await config.write(actor, { app: 'shop' })

    expect(written).toContain('kind: postgresql')
    expect(written).toContain('REGION: eu')
    expect(written).not.toMatch(/site|Phone|firewall|trustedProxies/)
    expect(await plan(written, true)).toMatchObject({ changes: [], notes: [], problems: [] })
  })

  it('takes away with --prune what a file leaves out: a channel, but no database and no group', async () => {
    await apply(FILE)
    const less = FILE.replace(/ {2}shop-db: \{ kind.*\n/, '')
      .replace(/channels:\n[^]*?\nuptime/, 'channels: {}\nuptime')
      .replace('  disk-low: { isOn: false }', '  {}')

    const pruned = await plan(less, true)

    expect(pruned.changes.map(({ action, section, name }) => [action, section, name])).toEqual([
      ['remove', 'alertRules', 'disk-low'],
      ['remove', 'channels', 'Phone'],
    ])
    expect(pruned.notes.join()).toContain('shop-db is not in the file and stays: it holds data')
    await apply(less, true)
    expect(await plan(less, true)).toMatchObject({ changes: [] })
  })

  it('knows addresses with a key in them again, and shows the key to nobody', async () => {
    const text = `
vastrox: 1
logDrains:
  https://logs.example.com/v1/0123456789abcdef0123?k=hidden: { kind: http }
webhooks:
  Chat: { url: "https://hooks.example.com/T0/0123456789abcdef0123", events: [deployment.live] }
`
    const first = await plan(text)
    await apply(text)

    expect(await plan(text, true)).toMatchObject({ changes: [], problems: [] })
    const written = await config.write(actor, {})
    for (const shown of [JSON.stringify(first), written])
      expect(shown).not.toMatch(/0123456789abcdef|hidden/)
    expect(await plan(written, true)).toMatchObject({ changes: [], problems: [] })
    const other = await installed()
    const there = await other.config.plan(other.actor, { text: written, values: {}, prune: false })
    await other.harness.domains.stop()
    other.harness.db.close()
    expect(there.problems.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('not whole'),
        expect.stringContaining('url'),
      ]),
    )
  })

  it('writes down whom values of groups were shown to, and tells nobody else what they are', async () => {
    await apply(FILE)
    await config.write(actor, {})
    expect(harness.auditOf('env-group.reveal').at(-1)).toMatchObject({ target: 'shared' })

    const { isRoot: _, ...known } = actor
    const permissions = new Set([...actor.permissions].filter((each) => !each.endsWith('.reveal')))
    const developer: Actor = { ...known, kind: 'user', permissions }
    const guess = async (value: string) =>
      config.plan(developer, {
        text: `vastrox: 1\nenvGroups: { shared: { SHARED_TOKEN: { value: ${value} } } }\n`,
        values: {},
        prune: false,
      })
    expect((await guess(VALUES.SHARED_TOKEN)).changes).toEqual((await guess('wrong')).changes)
  })

  it('refuses to make of a database another one, and says what a new one needs', async () => {
    await apply(FILE)

    expect((await plan(FILE.replace('kind: postgresql', 'kind: redis'))).problems).toEqual([
      { message: expect.stringContaining('cannot be changed'), line: 10, column: 14 },
    ])
    expect((await plan('vastrox: 1\naddons:\n  other-db: {}\n')).problems).toMatchObject([
      { message: 'A new one needs “kind”.', line: 3 },
    ])
  })
})

async function installed() {
  const harness = createAppHarness()
  harness.access.createFirstOwner()
  const config = await harness.commandServices.config()
  return { harness, config, actor: harness.actor }
}
