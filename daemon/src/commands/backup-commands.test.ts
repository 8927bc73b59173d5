import { beforeEach, expect, it } from 'vitest'
import type { Terminal } from '#commands/terminal-port.ts'
import { type AppHarness, createAppHarness } from '#test/app-harness.ts'
import { commandLine } from '#test/command-line.ts'

let harness: AppHarness
beforeEach(async () => {
  harness = createAppHarness()
  harness.addApp('blog')
  await harness.deploy('a1', { appName: 'blog', files: { 'server.js': 'the code' } })
})

const vastrox = commandLine(() => harness)
const addVault = () => vastrox(['destinations:add', 'vault', 'local', 'rootId=root00000001'])

it('adds a destination, backs an app up to it, and shows what came of it', async () => {
  expect((await vastrox(['destinations'])).out).toMatch(/^None\./)
  expect((await vastrox(['destinations:roots'])).out).toContain('/mnt/backups')
  expect((await vastrox(['destinations:kinds'])).out).toMatch(/sftp .*password \(secret\)/)
  const added = await addVault()
  expect(added.out).toMatch(/Key +[\w-]{43}/)
  expect(added.out).toContain('Without this key nobody can read')

  const made = await vastrox(['backup', 'blog'])
  expect(made).toMatchObject({ code: 0, err: '' })
  const id = /new: (\w+)/.exec(made.out)?.[1] ?? ''

  expect((await vastrox(['backups', 'blog'])).out).toMatch(new RegExp(`${id} +app:blog +done`))
  expect((await vastrox(['backups', 'app:blog'])).out).toContain(id)
  expect((await vastrox(['backups:info', id])).out).toMatch(/Read again +2026-/)
  expect((await vastrox(['backups:subjects'])).out).toMatch(/app:blog +1 +2026-/)
  expect((await vastrox(['backups:files', id])).out).toContain('app.tar')
  expect((await vastrox(['backups:keep', id])).out).toBe('It is kept.\n')
  expect((await vastrox(['backups:remove', id, '--confirm', 'blog'])).err).toContain('is kept')
  await vastrox(['backups:keep', id, '--off'])
  expect((await vastrox(['destinations:check', 'vault'])).code).toBe(0)
  expect((await vastrox(['backups:remove', id, '--confirm', 'blog'])).code).toBe(0)
  await harness.clock.settle()
  expect((await vastrox(['backups'])).out).toBe('None.\n')
  expect((await vastrox(['destinations:test', 'vault'])).out).toMatch(/vault +local/)
  expect((await vastrox(['destinations:key', 'vault'])).out).toMatch(/Key +[\w-]{43}/)
  expect((await vastrox(['destinations:remove', 'vault', '--confirm', 'vault'])).code).toBe(0)
})

it('makes, changes and ends schedules, and shows what they would remove', async () => {
  await addVault()
  const made = await vastrox([
    'backups:schedule',
    'app:blog',
    '--schedule',
    '@hourly',
    '--last',
    '3',
  ])
  const id = /^(\w+): next at/.exec(made.out)?.[1] ?? ''
  await vastrox(['backup', 'blog'])

  expect((await vastrox(['backups:schedules'])).out).toMatch(/app:blog +vault +@hourly .*last 3/)
  expect((await vastrox(['backups:retention', id])).out).toMatch(/keep .*one of the last 3/)
  await vastrox(['backups:reschedule', id, '--off'])
  expect((await vastrox(['backups:schedules'])).out).toMatch(/off\n/)
  expect((await vastrox(['backups:reschedule', id, '--schedule', 'never'])).code).toBe(1)
  expect((await vastrox(['backups:unschedule', id])).code).toBe(0)
  expect((await vastrox(['backups:schedules'])).out).toMatch(/^None\./)
})

it('takes no secret from a command line, where others see it', async () => {
  const settings = ['host=backup.example', 'user=me', `hostKey=ssh-ed25519 ${'A'.repeat(68)}`]
  const typed = await vastrox(['destinations:add', 'far', 'sftp', ...settings, 'password=typed'])
  const piped = await vastrox(['destinations:add', 'far', 'sftp', ...settings, 'password=-'], {
    stdin: 'piped-secret\n',
  })

  expect(typed.code).toBe(2)
  expect(typed.err).toContain('password=-')
  expect(piped.code).toBe(0)
  expect((await vastrox(['destinations', '--json'])).out).not.toContain('piped-secret')
})

it('prints a backup as bytes into a file, and not onto a terminal', async () => {
  await addVault()
  const made = await vastrox(['backup', 'blog', '--json'])
  const [{ id }] = JSON.parse(made.out)
  const chunks: Uint8Array[] = []
  const terminal = (size: Terminal['size']): Terminal => ({
    size,
    term: undefined,
    hasInput: false,
    input: (async function* () {})(),
    started: () => {},
    write: async (_stream, bytes) => void chunks.push(bytes),
  })

  const shown = await vastrox(['backups:download', id], {
    terminal: terminal({ columns: 80, rows: 24 }),
  })
  const piped = await vastrox(['backups:download', id], { terminal: terminal(null) })

  expect(shown.code).toBe(2)
  expect(piped.code).toBe(0)
  expect(Buffer.concat(chunks).toString()).toContain('the code')
})
