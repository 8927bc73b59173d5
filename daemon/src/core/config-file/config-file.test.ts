import type { Actor } from '@vastrox/shared/actor.ts'
import type { ConfigPlan } from '@vastrox/shared/config-file.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConfigService } from '#core/config-file/config-service.ts'
import { createAppHarness } from '#test/app-harness.ts'

const SECRET = 'sk_live_4eC39HqLyjWDarjtT1zdp7dc'
const VALUES = { SHOP_KEY: SECRET, SHOP_PASSWORD: 'correct horse battery' }

const FILE = `
vastrox: 1
apps:
  blog: {}
  shop:
    settings:
      healthPath: /health
      memory: 384MB
      cpu: 0.5
      drain: 45s
      sleepAfter: 1h
      build:
        buildCommand: npm run build
        uploadMax: 64MB
    processes:
      web: { scale: 2, stopGrace: 20s }
      worker: { scale: 1, memory: 256MB }
    env:
      GREETING: "hello $\${name}"
      API_KEY: { value: "\${SHOP_KEY}" }
      DB_PASSWORD: { value: "\${SHOP_PASSWORD}", neverReveal: true, phase: both }
      MADE: { generate: password }
    volumes:
      uploads: { mountPath: /data/uploads }
    domains:
      shop.example.com: { isPrimary: true }
      www.shop.example.com: { redirectTo: shop.example.com }
    routing:
      maxBody: 1GB
      maintenance: { retryAfterS: 60 }
      redirects:
        - { from: /old/*, to: /new/*, status: 301 }
    jobs:
      nightly: { schedule: "0 3 * * *", command: node tidy.js, timeout: 30m }
`

describe('settings as a file', () => {
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

  const plan = (text: string, more: { prune?: boolean; values?: Record<string, string> } = {}) =>
    config.plan(actor, { text, values: VALUES, prune: false, ...more })

  async function apply(text: string, more: { prune?: boolean } = {}) {
    const { digest, problems } = await plan(text, more)
    expect(problems).toEqual([])
    return config.apply(actor, { text, values: VALUES, prune: false, ...more, digest })
  }

  it('makes an empty installation as it says, and then finds nothing to change', async () => {
    await apply(FILE)

    const { settings } = harness.commandServices.apps.get(actor, 'shop')
    expect(settings).toMatchObject({
      healthPath: '/health',
      memoryBytes: 384 * 2 ** 20,
      cpuMillis: 500,
      drainMs: 45_000,
      build: { buildCommand: 'npm run build', uploadMaxBytes: 64 * 2 ** 20 },
    })
    expect(harness.apps.findByName(actor, 'shop')).toMatchObject({
      scale: { web: 2, worker: 1 },
      processLimits: { web: { stopGraceMs: 20_000 }, worker: { memoryBytes: 256 * 2 ** 20 } },
    })
    const { id } = harness.commandServices.apps.find(actor, 'shop')
    const own = harness.envParts.values.ownForPlatform(id)
    expect(own.get('GREETING')?.value).toBe('hello ${name}')
    expect(own.get('API_KEY')?.value).toBe(SECRET)
    expect(own.get('DB_PASSWORD')).toMatchObject({ neverReveal: true, phase: 'both' })
    expect(own.get('MADE')?.value).toMatch(/^\w{24}$/)
    expect(await plan(FILE)).toMatchObject({ changes: [], problems: [] })
  })

  it('writes what makes another installation the same', async () => {
    await apply(FILE)
    const written = await config.write(actor, {})
    const other = await installed()
    const text = written
      .replace(/(API_KEY:\n\s+)secret: true/, '$1value: "${SHOP_KEY}"')
      .replace(/(DB_PASSWORD:\n\s+)secret: true/, '$1value: "${SHOP_PASSWORD}"')
      .replace(/(MADE:\n\s+)secret: true/, '$1generate: password')
    const wish = { text, values: VALUES, prune: false }
    const { digest, problems } = await other.config.plan(other.actor, wish)
    expect(problems).toEqual([])
    await other.config.apply(other.actor, { ...wish, digest })
    const again = await other.config.write(other.actor, {})
    await other.harness.domains.stop()
    other.harness.db.close()

    const bare = (exported: string) =>
      exported.replace(/(MADE:\n\s+secret: true\n\s+digest: ).*/, '$1')
    expect(bare(again)).toBe(bare(written))
    expect(written).not.toContain(SECRET)
    expect(written).not.toContain(VALUES.SHOP_PASSWORD)
    expect(await plan(written)).toMatchObject({ changes: [], notes: [], problems: [] })
  })

  it('says what differs, before and after, and no secret', async () => {
    await apply(FILE)
    const changed = FILE.replace('memory: 384MB', 'memory: 1GB').replace(
      'value: "${SHOP_KEY}"',
      'value: "${SHOP_PASSWORD}"',
    )

    const { changes } = await plan(changed)

    expect(changes).toEqual([
      {
        action: 'change',
        app: 'shop',
        section: 'settings',
        name: null,
        fields: [{ name: 'memory', before: '384MB', after: '1GB' }],
      },
      {
        action: 'change',
        app: 'shop',
        section: 'env',
        name: 'API_KEY',
        fields: [{ name: 'value', before: '(not shown)', after: '(not shown)' }],
      },
    ])
  })

  it('shows what came from a name of the environment by that name, however long it is and wherever it stands', async () => {
    const key = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0B\n'.repeat(20)}`
    const text = `
vastrox: 1
apps:
  shop:
    env: { SIGNING_KEY: { value: "\${PEM}" } }
    git: { url: https://git.example.com/a.git, access: token, watchPaths: ["\${QUOTED}"] }
`
    const { changes } = await plan(text, { values: { PEM: key, QUOTED: 'so"quoted"so' } })

    const said = JSON.stringify(changes)
    expect(said).toContain('${PEM}')
    expect(said).toContain('${QUOTED}')
    expect(said).not.toMatch(/MIIEvQ|PRIVATE|quoted/)
  })

  it('removes only when asked to, and never what holds data', async () => {
    await apply(FILE)
    const less = FILE.replace(/ {4}volumes:\n.*\n/, '    volumes: {}\n').replace(
      /\n.*www\.shop\.example\.com.*/,
      '',
    )

    expect(await plan(less)).toMatchObject({ changes: [] })
    const pruned = await plan(less, { prune: true })
    expect(pruned.changes).toEqual([
      {
        action: 'remove',
        app: 'shop',
        section: 'domains',
        name: 'www.shop.example.com',
        fields: [],
      },
    ])
    expect(pruned.notes.join()).toContain('uploads is not in the file and stays: it holds data')
    await apply(less, { prune: true })
    expect(await plan(less, { prune: true })).toMatchObject({ changes: [] })
  })

  it('names what it does not know, and what is wrong, by line and column', async () => {
    const said = async (text: string): Promise<ConfigPlan['problems']> =>
      (await plan(text, { values: {} })).problems

    expect(await said('vastrox: 1\napps:\n  shop:\n    setings: {}\n')).toEqual([
      { message: '“setings” is not known here.', line: 4, column: 5 },
    ])
    expect(
      await said(
        'vastrox: 1\napps:\n  shop:\n    routing:\n      redirects:\n        - {from: /a, too: /b}\n',
      ),
    ).toContainEqual(expect.objectContaining({ line: 6 }))
    expect(await said('vastrox: 1\napps:\n  shop:\n    settings: {memory: lots}\n')).toEqual([
      { message: 'Write a size such as 512MB or 1GB.', line: 4, column: 16 },
    ])
    expect(await said('vastrox: 1\napps:\n  shop:\n    env: {PORT: 3000}\n')).toEqual([
      { message: 'Write the value in quotes.', line: 4, column: 11 },
    ])
    expect(await said('vastrox: 1\napps:\n  shop:\n    env: {A: "${NOPE}"}\n')).toMatchObject([
      { line: 4, column: 11 },
    ])
    expect(await said('apps: {}\n')).toMatchObject([{ line: 1 }])
    expect(await said('vastrox: 2\n')).toEqual([
      { message: 'This Vastrox reads version 1 of the file.', line: 1, column: 1 },
    ])
    expect(await said('vastrox: 1\napps: [\n')).not.toEqual([])
    expect(await said('vastrox: 1\nvastrox: 1\n')).toMatchObject([{ line: 2 }])
    expect(await said(`vastrox: 1\napps:\n  shop:\n    env: {A: {secret: true}}\n`)).toMatchObject([
      { message: expect.stringContaining('its value is not in the file') },
    ])
    expect(
      await said(
        `vastrox: 1\na: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(60)}]\nc: [${'*b,'.repeat(60)}]\n`,
      ),
    ).not.toEqual([])
    expect(await said('['.repeat(200_000))).not.toEqual([])
  })

  it('does nothing by a plan that no longer holds', async () => {
    const { digest } = await plan(FILE)
    harness.addApp('shop', {}, actor)

    await expect(
      config.apply(actor, { text: FILE, values: VALUES, prune: false, digest }),
    ).rejects.toMatchObject({ code: 'CONFIG_PLAN_OUTDATED' })
    expect(harness.apps.findByName(actor, 'blog')).toBeUndefined()
  })

  it('stops where something cannot be, says where, and goes on from there', async () => {
    harness.addApp('other', {}, actor)
    await harness.commandServices.domains.add(actor, 'other', {
      host: 'shop.example.com',
      redirectTo: null,
      withCounterpart: false,
      prove: false,
    })

    await expect(apply(FILE)).rejects.toMatchObject({
      code: 'CONFIG_STOPPED',
      details: {
        reason: expect.stringContaining('shop / domains / shop.example.com'),
        code: 'DOMAIN_TAKEN',
      },
    })
    await harness.commandServices.domains.remove(actor, 'other', 'shop.example.com')
    const rest = await plan(FILE)
    expect(rest.changes.map(({ section }) => section)).not.toContain('settings')
    await apply(FILE)
    expect(await plan(FILE)).toMatchObject({ changes: [] })
  })

  it('shows and changes no more than the actor may', async () => {
    await apply(FILE)
    const viewer: Actor = {
      ...actor,
      kind: 'user',
      permissions: new Set(['app.read', 'logs.read']),
    }
    const { isRoot: _, ...plain } = viewer
    const written = await config.write(plain, { app: 'shop' })

    expect(written).toContain('may not see it: apps / shop / env')
    expect(written).not.toContain('hello')
    const changed = { text: FILE.replace('384MB', '1GB'), values: VALUES, prune: false }
    const { digest, problems } = await config.plan(plain, changed)
    expect(problems.length).toBeGreaterThan(0)
    await expect(config.apply(plain, { ...changed, digest })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    })
  })
})

async function installed() {
  const harness = createAppHarness()
  harness.access.createFirstOwner()
  const config = await harness.commandServices.config()
  return { harness, config, actor: harness.actor }
}
