import { AddedDomain, Domain } from '@vastrox/shared/domain.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { destroyApp, pushTinyApp } from '#support/apps.ts'
import { openBrowser } from '#support/browser.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { signInByLink } from '#support/journey.ts'
import type { WorkingCopy } from '#support/working-copy.ts'

/* Names under .test: the DNS of the world is never asked for one. */
const APP = 'e2e-domains'
const HOST = 'e2e-domains.test'
const vastrox = connectInstallation()

let copy: WorkingCopy
beforeAll(async () => {
  copy = await pushTinyApp(vastrox, APP, 'v1')
})
afterAll(async () => {
  await destroyApp(vastrox, APP)
  copy.remove()
})

const visit = (host: string, path = '/') =>
  vastrox.ask('GET', `http://127.0.0.1:${vastrox.config.httpPort}${path}`, { headers: { host } })

it('a domain answers from the moment it is added, leads on where it is told to, and is gone when it is removed', async () => {
  expect((await visit(HOST)).status).toBe(404)

  const reply = await vastrox.api('POST', `/apps/${APP}/domains`, {
    host: `https://WWW.${HOST}/any`,
    withCounterpart: true,
  })
  expect(reply.status, reply.body).toBe(201)
  expect(AddedDomain.parse(JSON.parse(reply.body))).toMatchObject({
    domain: { host: `www.${HOST}`, isPrimary: true },
    also: { host: HOST, redirectTo: `www.${HOST}` },
  })
  expect((await visit(`www.${HOST}`, '/a')).body).toBe('v1 /a')
  expect((await visit(HOST, '/.well-known/vastrox-reach/' + '0'.repeat(32))).body).toMatch(
    /^[0-9a-f]{64}$/,
  )

  const listed = await vastrox.command('domains', APP, '--json')
  expect(z.array(Domain).parse(JSON.parse(listed.stdout.toString()))).toHaveLength(2)
  const checked = await vastrox.command('domains:check', APP, `www.${HOST}`)
  expect(checked.stdout.toString()).toContain('for private networks')
  expect(checked.exitCode).toBe(0)
  const taken = await vastrox.command('domains:add', 'other-app-that-is-not', `www.${HOST}`)
  expect(taken.exitCode).not.toBe(0)

  const browser = await openBrowser(vastrox.caFile)
  try {
    const page = await browser.context.newPage()
    await signInByLink(vastrox, page)
    await page.goto(`${vastrox.dashboardUrl}/apps/${APP}/domains`)
    await page.getByText(`redirects to www.${HOST}`).waitFor()
    await page.getByText('private name').first().waitFor()

    expect((await vastrox.api('DELETE', `/apps/${APP}/domains/${HOST}`)).status).toBe(204)
    // The page hears of it by itself.
    await page.getByText(`redirects to www.${HOST}`).waitFor({ state: 'detached' })
  } finally {
    await browser.close()
  }
  await until(`${HOST} to be gone`, async () => (await visit(HOST)).status === 404, 10_000)
  expect((await visit(`www.${HOST}`)).status).toBe(200)
})
