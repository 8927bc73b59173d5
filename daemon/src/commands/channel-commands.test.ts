import { beforeEach, expect, it } from 'vitest'
import { type AppHarness, createAppHarness } from '#test/app-harness.ts'
import { commandLine } from '#test/command-line.ts'

let harness: AppHarness
beforeEach(() => {
  harness = createAppHarness()
  harness.addApp('blog')
})

const typed = commandLine(() => harness)
const vastrox = (line: string, stdin?: string) => typed(line.split(' '), { stdin })

it('adds, tests, changes and removes channels, and shows no secret', async () => {
  const added = await vastrox('channels:add ntfy topic=- --name phones --apps blog', 'ZQ-topic\n')
  expect(added.out).toMatch(/phones +ntfy +warning +blog +on +ntfy\.sh/)
  const test = await vastrox('channels:test phones')
  expect(test.code).toBe(1)
  expect(test.out).toMatch(/^phones has not taken it after \d+ ms: The host could not be reached/)
  expect((await vastrox('channels:deliveries phones')).out).toMatch(/failed +1 +info +A test of/)
  const changed = await vastrox(
    'channels:change phones --severity critical --deployments yes --apps all --on no',
  )
  expect(changed.out).toMatch(/critical, deployments +all +off/)
  expect((await vastrox('channels:kinds')).out).toContain('telegram  Telegram: token (secret)')
  const seen = [added, await vastrox('channels'), await vastrox('channels --json')]
  expect(JSON.stringify(seen)).not.toContain('ZQ')
  await vastrox('channels:remove phones')
  expect((await vastrox('channels')).out).toMatch(/^None\./)
})

it('takes no secret from the command line, and says what is wrong', async () => {
  const onLine = await vastrox('channels:add ntfy topic=mine')
  const nothing = await vastrox('channels:add ntfy topic=-')
  const severity = await vastrox('channels:add ntfy topic=- --severity loud', 'x')
  const unknown = await vastrox('channels:test nobody')

  expect(onLine.err).toContain('pipe it in, with topic=-')
  expect(nothing.err).toContain('Nothing was piped in for topic')
  expect(severity.err).toContain('--severity takes info, warning, critical')
  expect([onLine.code, nothing.code, severity.code, unknown.code]).toEqual([2, 2, 2, 1])
})

it('adds, tries, switches and removes log drains', async () => {
  const added = await vastrox(
    'drains:add http https://logs.example/in --app blog --secret-stdin',
    'ZQ-secret\n',
  )
  const id = /^(\w+) +http +blog/m.exec(added.out)?.[1] ?? ''
  expect((await vastrox(`drains:test ${id}`)).code).toBe(1)
  expect((await vastrox(`drains:change ${id} --on no`)).out).toMatch(/ off +https:/)
  expect((await vastrox('drains:add syslog https://logs.example')).err).toContain('nowhere')
  expect((await vastrox('drains:add syslog logs.example --ca-stdin')).err).toContain(
    'Nothing was piped in',
  )
  expect(JSON.stringify([added, await vastrox('drains --json')])).not.toContain('ZQ')
  await vastrox(`drains:remove ${id}`)
  expect((await vastrox('drains')).out).toMatch(/^None\./)
})
