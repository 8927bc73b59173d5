import { AppDisk } from '@vastrox/shared/disk-use.ts'
import { afterAll, expect, it } from 'vitest'
import { destroyApp } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'

const APP = 'e2e-disk'
const MIB = 2 ** 20
const vastrox = connectInstallation()
const copy = createWorkingCopy(vastrox.remote(APP))
afterAll(async () => {
  await destroyApp(vastrox, APP)
  copy.remove()
})

const FILES = {
  'package.json': JSON.stringify({ name: 'filler', private: true, type: 'module' }),
  'vastrox.json': JSON.stringify({ volumes: { data: { path: '/data' } } }),
  'server.js': `
import { readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
let at = 0
createServer((request, response) => {
  const megabytes = Number(/^\\/fill\\?(\\d+)$/.exec(request.url)?.[1] ?? 0)
  try {
    for (let left = megabytes; left > 0; left -= 1)
      writeFileSync('/data/' + process.pid + '-' + at++, Buffer.alloc(1048576, 1))
    response.end('files ' + readdirSync('/data').length)
  } catch (error) {
    response.end('refused ' + error.code)
  }
}).listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
`,
}

const ask = async (path: string): Promise<string> => (await vastrox.visit(APP, path)).body
const disk = () => vastrox.read(AppDisk, `/apps/${APP}/disk`)
const allow = (megabytes: number) =>
  vastrox.api('PATCH', `/apps/${APP}/disk`, { allowanceBytes: megabytes * MIB })

it('an app that has more in its volumes than it may goes on with what it can read, and writes again when more is allowed (section 7, disk)', async () => {
  await copy.init()
  copy.write(FILES)
  await copy.commit('filler')
  expect((await copy.push()).exitCode).toBe(0)
  expect(await ask('/fill?60')).toBe('files 60')
  // Whoever is allowed less is measured at once.
  await allow(20)

  const held = await until('its volumes to be held', async () => {
    const found = await disk()
    return found.use?.hold ? found.use : undefined
  })
  expect(held).toMatchObject({ isOwn: true, allowanceBytes: 20 * MIB })
  expect(held.bytes).toBeGreaterThan(59 * MIB)
  await until('it to refuse', async () => (await ask('/fill?1')) === 'refused EROFS')
  const kept = await ask('/')
  expect(Number(/^files (\d+)$/.exec(kept)?.[1])).toBeGreaterThanOrEqual(60)
  const logs = await vastrox.api('GET', `/apps/${APP}/logs?limit=200`)
  expect(logs.body).toContain('they can be read, and not written')

  await allow(500)
  await until('it to write again', async () => /^files 6\d$/.test(await ask('/fill?1')))
  expect((await disk()).use?.hold).toBe(null)
})
