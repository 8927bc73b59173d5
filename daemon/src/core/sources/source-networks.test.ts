import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness } from '#test/harness.ts'
import { makeCertificate } from '#test/git/git-server.ts'

const dir = mkdtempSync(join(tmpdir(), 'vastrox-authorities-'))
let tls: Awaited<ReturnType<typeof makeCertificate>>

beforeAll(async () => {
  tls = await makeCertificate(dir)
})
afterAll(() => rmSync(dir, { recursive: true }))

const refusal = (reason: RegExp) =>
  expect.objectContaining({
    code: 'REQUEST_INVALID',
    details: { reason: expect.stringMatching(reason) },
  })

describe('authorities that Git hosts prove themselves by', () => {
  it('are kept once each, shown by name, and gone when none is given', () => {
    const { sources, actor } = createHarness()

    const shown = sources.networks.setAuthorities(actor, `comment\n${tls.ca}\n${tls.ca}`)

    expect(shown.authorities).toMatchObject([{ name: 'CN=test' }])
    expect(sources.networks.authorities(actor)).toEqual(shown)
    expect(sources.networks.authoritiesForPlatform()).toContain('BEGIN CERTIFICATE')
    expect(sources.networks.setAuthorities(actor, '')).toEqual({ authorities: [] })
    expect(sources.networks.authoritiesForPlatform()).toBe('')
  })

  it.each([
    ['a private key', () => readFileSync(join(dir, 'ca.key'), 'utf8'), /private key/],
    ['a server’s certificate', () => tls.cert, /certificate of a server/],
    ['something else', () => 'hello', /no certificate/],
    ['a broken one', () => tls.ca.replace(/[A-Za-z0-9]{40}/, 'AAAA'), /cannot be read/],
    ['too many', () => tls.ca.repeat(51), /more than 50/],
  ])('are refused in words where there is %s', (_what, text, reason) => {
    const { sources, actor } = createHarness()

    expect(() => sources.networks.setAuthorities(actor, text())).toThrow(refusal(reason))
    expect(sources.networks.authoritiesForPlatform()).toBe('')
  })
})
