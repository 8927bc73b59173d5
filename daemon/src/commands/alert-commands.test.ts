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

it('lists what is wrong, says all of one, and who looks after it', async () => {
  expect((await vastrox('alerts')).out).toBe(
    'All is well.\nNobody is told: there is no channel. vastrox channels:add\n',
  )
  const { id } = harness.app('blog')
  harness.alerts.note({
    teamId: harness.actor.teamId,
    key: 'uptime:1',
    rule: 'app-down',
    subject: { kind: 'app', id, name: 'blog' },
    appId: id,
    title: 'blog does not answer',
    detail: 'connection refused',
    link: '/apps/blog',
  })

  const listed = (await vastrox('alerts', '--app', 'blog')).out
  expect(listed).toMatch(/critical .* blog +app-down +blog does not answer/)
  const alert = /^(\w{20,})/m.exec(listed)?.[1] ?? ''
  expect((await vastrox('alerts:acknowledge', alert)).out).toBe(
    'anna looks after: blog does not answer\n',
  )
  expect((await vastrox('alerts:info', alert)).out).toMatch(
    /Detail +connection refused\n[^]*Looked after by +anna/,
  )
  expect((await vastrox('alerts:info', 'none')).code).toBe(1)
  expect((await vastrox('alerts', '--app', 'nobody')).code).toBe(1)
  expect(harness.auditOf('alert.acknowledge')).toHaveLength(1)
})

it('silences for a while and ends it, and refuses times that are none', async () => {
  const made = await vastrox('alerts:silence', '--for', '2h', '--app', 'blog', '--reason', 'work')
  const id = /: (\w+)$/m.exec(made.out)?.[1] ?? ''
  expect((await vastrox('alerts:silences')).out).toMatch(/every +blog +anna +work/)
  expect((await vastrox('alerts:unsilence', id)).code).toBe(0)
  expect((await vastrox('alerts:silences')).out).toBe('None.\n')

  for (const time of ['soon', '2 h', '99999999999d'])
    expect((await vastrox('alerts:silence', '--for', time)).code).toBe(2)
  expect((await vastrox('alerts:silence')).code).toBe(2)
})

it('lists, adds, changes, switches and removes rules', async () => {
  expect((await vastrox('alert-rules')).out).toMatch(/disk-full +on +critical/)
  expect((await vastrox('alert-rules:metrics', 'edge')).out).toMatch(/edge +p99 +ms/)
  const limits = ['--above', '800', '--clear', '600', '--for', '10m', '--severity', 'critical']
  const over = ['--of', 'edge', '--metric', 'p99', '--app', 'blog']
  const added = await vastrox('alert-rules:add', 'Slow', ...over, ...limits, '--json')
  const { id, condition } = JSON.parse(added.out)
  expect(condition).toMatchObject({ is: 'above', limit: 800, clearLimit: 600, forMs: 600_000 })

  const changed = await vastrox('alert-rules:change', 'errors', '--above', '1', '--clear', '0.5')
  expect(changed.out).toContain('above 1 % for 1 min, well again at 0.5 %')
  expect((await vastrox('alert-rules:disable', id)).out).toBe('Slow is off.\n')
  await vastrox('alert-rules:enable', id)
  await vastrox('alert-rules:remove', id)
  await vastrox('alert-rules:remove', 'errors')
  const rules = (await vastrox('alert-rules')).out
  expect(rules).not.toContain('Slow')
  expect(rules).toContain('above 5 % for 1 min')

  const both = ['--above', '1', '--below', '2']
  expect((await vastrox('alert-rules:change', 'errors', ...both)).code).toBe(2)
  expect((await vastrox('alert-rules:change', 'errors', '--above', 'much')).code).toBe(2)
  expect((await vastrox('alert-rules:change', 'crash-loop', '--above', '1')).code).toBe(1)
  expect((await vastrox('alert-rules:add', 'x', '--of', 'edge')).code).toBe(2)
})
