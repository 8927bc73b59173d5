import { describe, expect, it } from 'vitest'
import { createReleaseMaker } from '#core/releases/release-maker.ts'
import { createBuildStore } from '#store/build-store.ts'
import { createReleaseStore } from '#store/release-store.ts'
import { createAppHarness } from '#test/app-harness.ts'
import { owner } from '#test/fakes/actors.ts'

const coded = (code: string) => expect.objectContaining({ code })

async function setUp() {
  const harness = createAppHarness()
  harness.appService.create(harness.actor, { name: 'hello' })
  const { id } = harness.app()
  return { ...harness, id, plain: () => harness.values.plainForPlatform(id) }
}

/** The same numbers every time. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const PIECES = [
  '"',
  "'",
  '`',
  '$',
  '${HOME}',
  '$(id)',
  '\\',
  '\\n',
  '\n',
  '\r\n',
  '\t',
  '#',
  '=',
  ' ',
  ';',
  '&&',
  '%41',
  '😀',
  'é',
  '\u2028',
  '\u0001',
  '\u007f',
  '{"a":[1]}',
  '!',
  '*',
  '--flag',
  'PATH',
  '漢字',
]

describe('env values', () => {
  it('come back as they were given: from rows, from a release, from the API', async () => {
    const { envService, actor, deploy, plain, db, apps, box, clock, newId } = await setUp()
    await deploy()
    const below = numbers(11)
    const set: Record<string, string> = {
      EMPTY: '',
      BIG: 'x'.repeat(65_536),
      WIDE: '😀'.repeat(16_384),
    }
    for (let count = 0; count < 200; count++) {
      let value = ''
      for (let length = below(20); length >= 0; length--) value += PIECES[below(PIECES.length)]
      set[`KEY_${count}`] = value
    }

    envService.change(actor, 'hello', set)

    expect(plain()).toEqual(set)
    const releases = createReleaseStore(db)
    const builds = createBuildStore(db)
    const maker = createReleaseMaker({
      apps,
      builds,
      releases,
      secretBox: box,
      publicUrlOf: () => '',
      clock,
      newId,
    })
    const [build] = builds.listForAppForPlatform(apps.listForPlatform()[0]?.id ?? '')
    if (!build) throw new Error('there is no build')
    const release = maker.record(build, plain(), 'env')
    expect(maker.openEnv(release)).toEqual(set)
    for (const { key, value } of envService.list(actor, 'hello', { reveal: true }))
      expect(value).toBe(set[key])
  })

  it('are nowhere at rest, in no audit event and in no list (promise 8)', async () => {
    const { envService, actor, atRest, audited } = await setUp()
    envService.change(actor, 'hello', { API_KEY: 'sesame-open' })

    const listed = envService.list(actor, 'hello', { reveal: false })

    expect(listed).toEqual([
      expect.objectContaining({ key: 'API_KEY', value: null, changedAt: expect.any(String) }),
    ])
    expect(atRest()).toContain('API_KEY')
    expect(atRest()).not.toContain('sesame-open')
    expect(atRest()).not.toContain(Buffer.from('sesame-open').toString('base64').slice(0, 12))
    expect(audited()).toEqual(['app.create hello', 'env.change hello'])
  })

  it('are sealed for their app and name: a row that was moved does not open (rule S7)', async () => {
    const { envService, actor, db, plain } = await setUp()
    envService.change(actor, 'hello', { ONE: 'first value', TWO: 'second value' })
    db.prepare(
      "UPDATE env_variables SET sealed = (SELECT sealed FROM env_variables WHERE key = 'ONE') WHERE key = 'TWO'",
    ).run()

    expect(plain).toThrow(coded('SECRET_UNREADABLE'))
  })

  it('are revealed one by one, and each time is audited', async () => {
    const { envService, actor, audited } = await setUp()
    envService.change(actor, 'hello', { API_KEY: 'sesame-open' })

    expect(envService.reveal(actor, 'hello', 'API_KEY').value).toBe('sesame-open')
    expect(() => envService.reveal(actor, 'hello', 'NO_KEY')).toThrow(coded('ENV_KEY_NOT_FOUND'))

    expect(audited().filter((line) => line.startsWith('env.reveal'))).toEqual(['env.reveal hello'])
  })

  it('are not for who may not see or change them', async () => {
    const { envService, actor, stranger, plain } = await setUp()
    const viewer = owner({ permissions: new Set(['app.read', 'env.read']) })
    envService.change(actor, 'hello', { API_KEY: 'sesame-open' })

    expect(() => envService.reveal(viewer, 'hello', 'API_KEY')).toThrow(coded('PERMISSION_DENIED'))
    expect(() => envService.list(viewer, 'hello', { reveal: true })).toThrow(
      coded('PERMISSION_DENIED'),
    )
    expect(() => envService.change(viewer, 'hello', { A: 'b' })).toThrow(coded('PERMISSION_DENIED'))
    expect(() => envService.list(stranger, 'hello', { reveal: false })).toThrow(
      coded('APP_NOT_FOUND'),
    )
    expect(plain()).toEqual({ API_KEY: 'sesame-open' })
  })
})

describe('a change of env', () => {
  it('is one release and one deployment, however many variables it names', async () => {
    const { envService, actor, deploy, end, clock, appService, deployments } = await setUp()
    await deploy()
    await clock.pass(120_000)

    const deployment = envService.change(actor, 'hello', { A: '1', B: '2', C: '3', D: '4' })

    expect(deployment).toMatchObject({ trigger: 'env', state: 'queued', number: 2 })
    expect(await end(deployment?.id ?? '')).toMatchObject({ state: 'watching', release: 2 })
    expect(appService.get(actor, 'hello').liveRelease).toBe(2)
    expect(deployments.list(actor, 'hello', { limit: 10 }).items).toHaveLength(2)
  })

  it('deploys nothing where nothing changes, or nothing is live yet', async () => {
    const { envService, actor, deploy, deployments, audited } = await setUp()
    expect(envService.change(actor, 'hello', { A: '1', GONE: null })).toBeNull()
    await deploy()

    expect(envService.change(actor, 'hello', { A: '1', GONE: null })).toBeNull()

    expect(deployments.list(actor, 'hello', { limit: 10 }).items).toHaveLength(1)
    expect(audited().filter((line) => line.startsWith('env.'))).toHaveLength(1)
  })

  it('unsets, and leaves what it does not name', async () => {
    const { envService, actor, plain } = await setUp()
    envService.change(actor, 'hello', { A: '1', B: '2', C: '3' })
    envService.change(actor, 'hello', { A: null, B: 'two' })

    expect(plain()).toEqual({ B: 'two', C: '3' })
  })

  it.each([
    ['a name that begins with a digit', { '1A': 'x' }, 'ENV_KEY_INVALID'],
    ['a name with a hyphen', { 'A-B': 'x' }, 'ENV_KEY_INVALID'],
    ['a name of ours', { VASTROX_APP: 'x' }, 'ENV_KEY_INVALID'],
    ['a NUL byte', { A: 'a\0b' }, 'ENV_VALUE_INVALID'],
    ['half a character', { A: 'a\ud800' }, 'ENV_VALUE_INVALID'],
    ['a value over 64 KB', { A: 'x'.repeat(65_537) }, 'ENV_TOO_LARGE'],
    ['a value over 64 KB of UTF-8', { A: 'é'.repeat(40_000) }, 'ENV_TOO_LARGE'],
  ])('is refused for %s, and changes nothing', async (_, changes, code) => {
    const { envService, actor, plain, audited } = await setUp()

    expect(() => envService.change(actor, 'hello', { GOOD: 'value', ...changes })).toThrow(
      coded(code),
    )

    expect(plain()).toEqual({})
    expect(audited()).toEqual(['app.create hello'])
  })

  it('is refused when all values together have more than 256 KB', async () => {
    const { envService, actor, plain } = await setUp()
    const of = (from: number, count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`K${from + index}`, 'x'.repeat(65_000)]),
      )
    envService.change(actor, 'hello', of(0, 4))

    expect(() => envService.change(actor, 'hello', of(4, 1))).toThrow(coded('ENV_TOO_LARGE'))
    expect(Object.keys(plain())).toHaveLength(4)
    envService.change(actor, 'hello', { ...of(4, 1), K0: null })
    expect(Object.keys(plain())).toHaveLength(4)
  })

  it('imports a .env file with its warnings', async () => {
    const { envService, actor, plain } = await setUp()
    envService.change(actor, 'hello', { KEPT: 'yes' })

    const imported = envService.importText(actor, 'hello', 'export A="1 $x"\nB=2\nB=3\n')

    expect(imported).toEqual({
      keys: ['A', 'B'],
      warnings: ['B is there more than once; the last one counts.'],
      deployment: null,
    })
    expect(plain()).toEqual({ KEPT: 'yes', A: '1 $x', B: '3' })
  })
})

describe('hiding env values in logs', () => {
  it('covers values of now, and those that releases were frozen with', async () => {
    const { envService, actor, values, id, world, deploy, clock } = await setUp()
    world.env['TOKEN'] = 'frozen-secret'
    await deploy()
    await clock.pass(120_000)
    envService.change(actor, 'hello', { TOKEN: 'newer-secret', NODE_ENV: 'production', N: '12' })
    const hide = (text: string): string => {
      const redactor = values.redactorFor(id)
      return redactor.push(text) + redactor.end()
    }

    expect(hide('frozen-secret newer-secret production 12')).toBe(
      '[redacted] [redacted] production 12',
    )
    envService.change(actor, 'hello', { TOKEN: 'newest-secret' })
    expect(hide('newest-secret')).toBe('[redacted]')
  })
})
