import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AppHarness, createAppHarness } from '#test/app-harness.ts'
import { commandLine } from '#test/command-line.ts'

const FILE = `vastrox: 1
apps:
  shop:
    settings: { healthPath: /health }
    env: { API_KEY: { value: "\${KEY}" } }
`
const SENT = JSON.stringify({ text: FILE, values: { KEY: 'sk_live_0123456789' } })

describe('vastrox export and vastrox apply', () => {
  let harness: AppHarness
  beforeEach(() => {
    harness = createAppHarness()
    harness.access.createFirstOwner()
  })
  afterEach(async () => {
    await harness.domains.stop()
    harness.db.close()
  })

  const type = commandLine(() => harness)
  const apps = () => harness.apps.list(harness.actor).map(({ name }) => name)

  it('say what would change and change nothing, with exit code 2', async () => {
    const { code, out } = await type(['apply', '--dry-run'], { stdin: SENT })

    expect(code).toBe(2)
    expect(out).toContain('  + app / shop\n')
    expect(out).toContain('  ~ shop / settings\n      healthPath: null → /health\n')
    expect(out).toContain('  + shop / env / API_KEY\n      value: ${KEY}\n')
    expect(out).not.toContain('sk_live')
    expect(out).toMatch(
      /3 changes to make\. Nothing was changed: add --yes\.\nPlan: [0-9a-f]{64}\n$/,
    )
    expect((await type(['apply'], { stdin: SENT })).code).toBe(2)
    expect(apps()).toEqual([])
  })

  it('make it so with --yes, after which there is nothing to change', async () => {
    const { out } = await type(['apply', '--dry-run'], { stdin: SENT })
    const [, digest = ''] = /Plan: (\w+)/.exec(out) ?? []
    const done = await type(['apply', '--yes', '--plan', digest], { stdin: SENT })

    expect(done).toMatchObject({ code: 0, err: '' })
    expect(done.out).toContain('Done: 3 changes made.')
    expect(await type(['apply', '--yes'], { stdin: SENT })).toMatchObject({
      code: 0,
      out: 'There is nothing to change.\n',
    })
    const late = await type(['apply', '--yes', '--plan', digest], { stdin: SENT })
    expect(late).toMatchObject({ code: 1 })
    expect(late.err).toContain('Something has changed since the plan was made')
    const { out: written } = await type(['export', 'shop'])
    expect(written).toContain('healthPath: /health')
    expect(written).not.toContain('sk_live')
    expect(await type(['apply', '--dry-run'], { stdin: written })).toMatchObject({ code: 0 })
  })

  it('say what is wrong by line and column, and do nothing', async () => {
    const { code, err } = await type(['apply', '--yes'], { stdin: FILE.replace('env:', 'enf:') })

    expect(code).toBe(1)
    expect(err).toContain(' !  Line 5, column 5: “enf” is not known here.\n')
    expect((await type(['apply', '--yes'], { stdin: FILE })).err).toContain('no value for ${KEY}')
    expect((await type(['apply'])).code).toBe(2)
    expect((await type(['export'])).code).toBe(2)
    expect(apps()).toEqual([])
  })
})
