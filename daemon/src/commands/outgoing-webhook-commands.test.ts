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

it('adds, lists, tests, changes and removes addresses that are told of events', async () => {
  const added = await vastrox('hooks:add', 'https://ops.example/in', '--events', 'app.created')
  expect(added.out).toMatch(/Secret +whsec_/)
  const id = /^Id +(\w+)/m.exec(added.out)?.[1] ?? ''
  expect((await vastrox('hooks')).out).toContain('https://ops.example/in')
  expect((await vastrox('hooks:secret', id)).out).toMatch(/whsec_/)
  const test = /^On its way: (\w+)/.exec((await vastrox('hooks:test', id)).out)?.[1] ?? ''
  await harness.clock.pass(0)
  expect((await vastrox('hooks:deliveries', id)).out).toMatch(/webhook\.test +failed +1 /)
  expect((await vastrox('hooks:deliveries', id, test)).out).toMatch(
    /Body +\{"type":"webhook\.test"/,
  )
  expect((await vastrox('hooks:redeliver', id, test)).out).toMatch(/^On its way: /)
  expect((await vastrox('hooks:change', id, '--events', 'all')).out).toMatch(/ all +https/)
  await vastrox('hooks:disable', id)
  expect((await vastrox('hooks')).out).toMatch(/ off /)
  expect((await vastrox('hooks:redeliver', id, test)).code).toBe(1)
  await vastrox('hooks:enable', id)
  await vastrox('hooks:remove', id)
  expect((await vastrox('hooks')).out).toMatch(/^None\./)
})

it('says what is wrong with an address or an event, and leaves certificates out for one app', async () => {
  const badAddress = await vastrox('hooks:add', 'http://ops.example/', '--events', 'all')
  const badEvent = await vastrox('hooks:add', 'https://ops.example/', '--events', 'app.made')
  const ofApp = await vastrox('hooks:add', 'https://ops.example/', '--app', 'blog', '--json')

  expect([badAddress.code, badEvent.code]).toEqual([2, 2])
  expect(badAddress.err).toContain('https address')
  const { webhook } = JSON.parse(ofApp.out)
  expect(webhook.app).toBe('blog')
  expect(webhook.events.join()).not.toContain('certificate')
  expect((await vastrox('hooks:events')).out).toContain('deployment.live')
})
