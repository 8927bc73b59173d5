import { pageOf } from '@vastrox/shared/page.ts'
import { Crash, CrashDetails } from '@vastrox/shared/process.ts'
import { UptimeCheckDetails } from '@vastrox/shared/uptime.ts'
import { afterAll, expect, it } from 'vitest'
import { destroyApp, tinyApp } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'

const vastrox = connectInstallation()
const APP = 'looked-at'
afterAll(() => destroyApp(vastrox, APP))

it('looks at an app through the proxy from its first day, and keeps the box of its crash', async () => {
  const copy = createWorkingCopy(vastrox.remote(APP))
  await copy.init()
  copy.write({
    ...tinyApp('one'),
    'server.js': (tinyApp('one')['server.js'] ?? '').replace(
      'response.end(',
      "if (request.url === '/fall') process.exit(7)\n  response.end(",
    ),
  })
  await copy.commit('one')
  const pushed = await copy.push('--force', 'main')
  expect(pushed).toMatchObject({ exitCode: 0 })
  const check = () => vastrox.read(UptimeCheckDetails, `/apps/${APP}/uptime`)
  const { id } = await check()

  // A change is looked at at once.
  await vastrox.api('PATCH', `/uptime-checks/${id}`, { expect: { contains: 'one' } })
  const up = await until('the app to be looked at', async () => {
    const found = await check()
    return found.state === 'up' ? found : undefined
  })
  expect(up).toMatchObject({ target: '/', reason: null, availability: { day: 100 } })
  expect(up.lastMs).not.toBeNull()

  await vastrox.visit(APP, '/fall').catch(() => undefined)
  const crash = await until('the crash to be written down', async () => {
    const { items } = await vastrox.read(pageOf(Crash), `/apps/${APP}/crashes`)
    return items.at(-1)
  })
  const box = await vastrox.read(CrashDetails, `/apps/${APP}/crashes/${crash.number}`)
  expect(box).toMatchObject({ exitCode: 7, signal: null, release: 1, process: 'web' })
  expect(box.changes.at(-1)?.title).toMatch(/^Deployment 1 by /)
})
