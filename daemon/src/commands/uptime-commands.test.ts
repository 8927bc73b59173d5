import { beforeEach, expect, it } from 'vitest'
import { type AppHarness, createAppHarness } from '#test/app-harness.ts'
import { commandLine } from '#test/command-line.ts'

let harness: AppHarness
beforeEach(() => {
  harness = createAppHarness()
  harness.addApp('blog')
})

const typed = commandLine(() => harness)
const vastrox = (...words: string[]) => typed(words)

it('adds, shows, changes, switches and removes checks, by id, name or app', async () => {
  const added = await vastrox(
    'uptime:add',
    'https://shop.example/health',
    '--name',
    'shop',
    '--every',
    '5m',
    '--status',
    '2xx',
    '--contains',
    'ok',
    '--slow',
    '500ms',
    '--follow',
    '--json',
  )
  expect(JSON.parse(added.out)).toMatchObject({
    kind: 'http',
    name: 'shop',
    everyMs: 300_000,
    followRedirects: true,
    expect: { status: '2xx', contains: 'ok', slowMs: 500 },
  })
  const list = (await vastrox('uptime')).out
  expect(list).toMatch(/ blog +app +waiting /)
  expect(list).toMatch(/ shop +http +waiting .* https:\/\/shop\.example\/health/)

  // What is not said stays.
  await vastrox('uptime:change', 'shop', '--slow', '2s', '--timeout', '3s')
  const shown = (await vastrox('uptime:info', 'shop')).out
  expect(shown).toMatch(/Every +300 s, at most 3 s each/)
  expect(shown).toMatch(/Expects +status 2xx, contains ok, slowMs 2000, follows redirects/)
  expect(shown).toContain('It was not down yet.')
  await vastrox('uptime:change', 'blog', '--target', '/ready')
  expect((await vastrox('uptime')).out).toMatch(/ blog .* \/ready\n/)

  await vastrox('uptime:off', 'shop')
  expect(JSON.parse((await vastrox('uptime:info', 'shop', '--json')).out).isOn).toBe(false)
  await vastrox('uptime:on', 'shop')
  await vastrox('uptime:remove', 'shop')
  expect((await vastrox('uptime')).out).not.toContain('shop')
})

it('says what is wrong with a check', async () => {
  const tcp = await vastrox('uptime:add', 'db.example')
  expect([tcp.code, tcp.err]).toEqual([1, expect.stringContaining('host:port')])
  const time = await vastrox('uptime:add', 'db.example:5432', '--every', 'often')
  expect([time.code, time.err]).toEqual([2, expect.stringContaining('--every takes a time')])
  const soon = await vastrox('uptime:add', 'db.example:5432', '--every', '5s')
  expect([soon.code, soon.err]).toEqual([2, expect.stringContaining('everyMs')])
  const text = await vastrox('uptime:add', 'db.example:5432', '--contains', 'ok')
  expect([text.code, text.err]).toEqual([1, expect.stringContaining('over tcp')])
  const app = await vastrox('uptime:remove', 'blog')
  expect([app.code, app.err]).toEqual([1, expect.stringContaining('uptime:off')])
  expect((await vastrox('uptime:info', 'nothing')).err).toContain('no such uptime check')
})

it('shows crashes shortly, and one with all that is known', async () => {
  await harness.start()
  await harness.deploy('a1', { appName: 'blog' })
  await harness.clock.pass(61_000)
  const [name = ''] = harness.node.running()
  const container = harness.node.containers.get(name)
  const logs = Array.from({ length: 30 }, (_, at) => `line ${at}`)
  if (container) container.behaviour = { logs }
  expect((await vastrox('crashes', 'blog')).out).toBe('No instance has ended by itself.\n')

  harness.node.crash(name, 139)
  await harness.clock.pass(2_000)

  const shortly = (await vastrox('crashes', 'blog')).out
  expect(shortly).toMatch(/^#1 .* web\.1 of v1 exited with code 139 \(SIGSEGV\)\n {4}It touched/)
  expect(shortly).not.toContain('line 9\n')
  const whole = (await vastrox('crashes', 'blog', '1')).out
  expect(whole).toMatch(/Requests cut off +0\n/)
  expect(whole).toMatch(/Memory before +not measured\n/)
  expect(whole).toContain('Deployment 1 by')
  expect(whole).toContain('The last 30 lines:\n    line 0\n')
  expect((await vastrox('crashes', 'blog', '7')).err).toContain('no such crash')
  expect((await vastrox('crashes', 'blog', 'last')).code).toBe(2)
})
