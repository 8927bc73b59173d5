import { afterEach, beforeEach, expect, it } from 'vitest'
import { createAppHarness, type AppHarness } from '#test/app-harness.ts'
import { commandLine } from '#test/command-line.ts'

let harness: AppHarness
beforeEach(() => {
  harness = createAppHarness()
  harness.addApp('shop')
  harness.addApp('other')
})
afterEach(() => harness.domains.stop())

const typed = commandLine(() => harness)
const vastrox = (...words: string[]) => typed(words)

it('adds, lists, redirects, moves and removes domains, in words', async () => {
  expect((await vastrox('domains', 'shop')).out).toMatch(/shop\.localhost.*No domains yet/s)

  const added = await vastrox('domains:add', 'shop', 'https://Example.com/', '--with-www')
  expect(added).toMatchObject({ code: 0 })
  // Nobody answers for the DNS in this test, and it says so.
  expect(added.out).toMatch(/example\.com: The resolvers of this server do not answer/)
  expect(added.out).toMatch(/A +@ +198\.51\.100\.7/)
  expect(added.out).toMatch(/A +www +198\.51\.100\.7/)

  expect((await vastrox('domains', 'shop')).out).toMatch(
    /example\.com +primary +waiting .*\nwww\.example\.com +→ example\.com/,
  )
  expect((await vastrox('domains:redirect', 'shop', 'www.example.com', '--off')).out).toBe(
    'www.example.com serves shop itself.\n',
  )
  expect((await vastrox('domains:primary', 'shop', 'www.example.com')).out).toBe(
    'www.example.com is the address of shop.\n',
  )
  await vastrox('domains:redirect', 'shop', 'example.com', 'www.example.com')
  const refused = await vastrox('domains:move', 'shop', 'www.example.com', 'other')
  expect(refused).toMatchObject({ code: 1 })
  expect(refused.err).toMatch(/example\.com redirects to www\.example\.com/)
  expect((await vastrox('domains:move', 'shop', 'example.com', 'other')).out).toBe(
    'example.com leads to other now.\n',
  )
  expect((await vastrox('domains:remove', 'shop', 'www.example.com')).code).toBe(0)
  expect(JSON.parse((await vastrox('domains', 'shop', '--json')).out)).toEqual([])
})

it('fails a check of what does not lead here, so that a script can wait for it', async () => {
  await vastrox('domains:add', 'shop', 'example.com')

  const checked = await vastrox('domains:check', 'shop', 'example.com')

  expect(checked.code).toBe(1)
  expect(checked.out).toMatch(/✗ The resolvers of this server do not answer/)
})

it.each([
  ['no host name', ['domains:add', 'shop', 'example'], /has a dot/],
  ['an address of a machine', ['domains:add', 'shop', '10.0.0.1'], /IP address/],
  ['half a redirect', ['domains:redirect', 'shop', 'example.com'], /Name where to/],
])('says what is wrong with %s', async (_what, words, said) => {
  const refused = await vastrox(...words)

  expect(refused.code).toBe(2)
  expect(refused.err).toMatch(said)
})
