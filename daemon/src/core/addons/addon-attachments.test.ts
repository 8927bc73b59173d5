import { describe, expect, it } from 'vitest'
import { createAddonHarness } from '#test/addon-harness.ts'

const coded = (code: string) => expect.objectContaining({ code })

async function live(options: Parameters<typeof createAddonHarness>[1] = {}) {
  const harness = await createAddonHarness(undefined, options)
  harness.addApp()
  await harness.deploy('a1')
  await harness.clock.pass(120_000)
  await harness.create({})
  await harness.settled()
  return harness
}

describe('attaching an add-on', () => {
  it('makes a user of the app alone and gives it the variables by a deployment', async () => {
    const { attach, settled, clock, envOf, fake, said, deployments, actor, stopAll } = await live()

    attach()
    await clock.pass(120_000)

    const addon = await settled()
    expect(addon.attachments).toEqual([
      expect.objectContaining({ app: 'hello', prefix: 'DATABASE', username: 'u_hello' }),
    ])
    const env = envOf()
    expect(env['DATABASE_URL']).toBe(
      `postgresql://u_hello:${env['DATABASE_PASSWORD'] ?? ''}@shop-db.addons.internal:5432/app`,
    )
    expect(env).toMatchObject({ DATABASE_USER: 'u_hello', DATABASE_NAME: 'app' })
    expect(deployments.list(actor, 'hello', { limit: 10 }).items[0]).toMatchObject({
      trigger: 'env',
      state: 'live',
    })
    expect(fake.links).toEqual([
      expect.objectContaining({ addonName: 'shop-db', appName: 'hello' }),
    ])
    const created = said().filter((sql) => sql.includes('CREATE ROLE "u_hello"'))
    expect(created).toHaveLength(1)
    expect(created[0]).not.toContain(env['DATABASE_PASSWORD'])
    await stopAll()
  })

  it('waits for a server that is still being made', async () => {
    const harness = await createAddonHarness()
    harness.addApp()
    await harness.deploy('a1')
    await harness.clock.pass(120_000)

    await harness.create({ app: 'hello', prefix: 'DB' })
    expect(harness.storedEnv()).toEqual({})
    await harness.clock.pass(120_000)

    expect(Object.keys(harness.envOf())).toContain('DB_URL')
    await harness.stopAll()
  })

  it('is refused where the app has a variable of that name, and the other way round', async () => {
    const { attach, attaching, envParts, actor, db, events, deployments, finder, clock, stopAll } =
      await withEnv()
    const { env } = envParts.services({
      finder,
      deployments,
      audit: { append: () => {} },
      events,
      transact: (work) => work(),
    })
    env.change(actor, 'hello', { DATABASE_URL: 'postgresql://elsewhere/db' })
    expect(() => attach()).toThrow(coded('ADDON_VARIABLE_TAKEN'))

    attaching.attach(actor, 'shop-db', { app: 'hello', prefix: 'MAIN' })
    await clock.pass(120_000)
    expect(() => env.change(actor, 'hello', { MAIN_URL: 'mine' })).toThrow(
      coded('ENV_KEY_OF_ADDON'),
    )
    expect(() => attaching.attach(actor, 'shop-db', { app: 'hello', prefix: 'B' })).toThrow(
      coded('ADDON_ATTACHED'),
    )
    const shown = env.list(actor, 'hello', { reveal: false })
    expect(shown).toContainEqual(
      expect.objectContaining({ key: 'MAIN_PASSWORD', value: null, addon: 'shop-db' }),
    )
    expect(env.reveal(actor, 'hello', 'MAIN_URL').value).toMatch(/^postgresql:\/\/u_hello:/)
    expect(JSON.stringify(db.prepare('SELECT * FROM addon_attachments').all())).not.toContain(
      'postgresql://u_hello',
    )
    await stopAll()
  })

  it('hides what is secret in logs, and not where the database is', async () => {
    const { attach, clock, envParts, app, envOf, stopAll } = await live()
    attach()
    await clock.pass(120_000)
    const redactor = envParts.values.redactorFor(app().id)
    const text = `connecting to shop-db.addons.internal as u_hello with ${envOf()['DATABASE_PASSWORD'] ?? ''}`

    expect(redactor.push(text) + redactor.end()).toBe(
      'connecting to shop-db.addons.internal as u_hello with [redacted]',
    )
    await stopAll()
  })

  it('is finished by the next daemon where one died when the user was made', async () => {
    const { mkdtempSync, rmSync } = await import('node:fs')
    const folder = mkdtempSync('/tmp/vastrox-addons-')
    const { createWorld } = await import('#test/harness.ts')
    const world = createWorld(`${folder}/control.db`)
    const first = await createAddonHarness(world, { crashAt: 'addon.userMade' })
    first.addApp()
    await first.deploy('a1')
    await first.clock.pass(120_000)
    await first.create({ app: 'hello' })
    await first.clock.pass(10_000)
    expect(first.isDead()).toBe(true)

    const second = await createAddonHarness(world)
    await second.clock.pass(120_000)

    expect(second.envOf()['DATABASE_USER']).toBe('u_hello')
    await second.stopAll()
    rmSync(folder, { recursive: true })
  })
})

async function withEnv() {
  const harness = await live()
  const { createAppFinder } = await import('#core/apps/app-finder.ts')
  return { ...harness, finder: createAppFinder(harness.apps) }
}

describe('new credentials', () => {
  it('come by a deployment, and those before are dropped only when nothing runs with them', async () => {
    const { attach, attaching, actor, clock, envOf, said, auditOf, stopAll } = await live()
    attach()
    await clock.pass(120_000)
    const before = envOf()

    const rotated = clock.until(attaching.rotate(actor, 'shop-db', undefined))
    expect(await rotated).toMatchObject([{ trigger: 'env', state: 'queued' }])
    const dropsOf = () => said().filter((sql) => sql.includes('DROP ROLE')).length
    expect(dropsOf()).toBe(0)
    await clock.pass(180_000)

    const after = envOf()
    expect(after['DATABASE_USER']).toBe('u_hello_2')
    expect(after['DATABASE_PASSWORD']).not.toBe(before['DATABASE_PASSWORD'])
    expect(dropsOf()).toBe(1)
    expect(said().filter((sql) => sql.startsWith('ALTER ROLE postgres'))).toHaveLength(1)
    expect(auditOf('addon.rotate')).toHaveLength(1)
    await stopAll()
  })

  it('stay those of before where the deployment fails: what runs goes on with them', async () => {
    const { attach, attaching, actor, clock, envOf, said, node, stopAll } = await live()
    attach()
    await clock.pass(120_000)
    node.behave = () => ({ exitCode: 3 })
    node.keepFailure = undefined

    await clock.until(attaching.rotate(actor, 'shop-db', 'hello'))
    await clock.pass(300_000)

    expect(envOf()['DATABASE_USER']).toBe('u_hello')
    expect(said().some((sql) => sql.includes('DROP ROLE'))).toBe(false)
    await stopAll()
  })
})

describe('detaching an add-on', () => {
  it('takes the variables by a deployment, then the user, then the way there', async () => {
    const { attach, attaching, actor, clock, envOf, said, fake, stopAll } = await live()
    attach()
    await clock.pass(120_000)

    attaching.detach(actor, 'shop-db', 'hello')
    await clock.settle()
    expect(fake.links).toHaveLength(1)
    await clock.pass(180_000)

    expect(Object.keys(envOf())).not.toContain('DATABASE_URL')
    expect(said().filter((sql) => sql.includes('DROP ROLE'))).toHaveLength(1)
    expect(fake.links).toEqual([])
    await stopAll()
  })
})
