import { EnvVariable } from '@vastrox/shared/env.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { destroyApp, pushTinyApp, tinyApp, untilSettled } from '#support/apps.ts'
import { docker } from '#support/engine.ts'
import { connectInstallation, until } from '#support/installation.ts'
import type { WorkingCopy } from '#support/working-copy.ts'

const vastrox = connectInstallation()
const APP = 'secretive'
const SECRET = 'p@ss w0rd/+?&=%"\'$HOME`id`\n2nd line ✓'

let copy: WorkingCopy
beforeAll(async () => {
  copy = await pushTinyApp(vastrox, APP, 'v1')
  await vastrox.api('PATCH', `/apps/${APP}`, { watchMs: 0, drainMs: 500, stopGraceMs: 500 })
})
afterAll(async () => {
  await destroyApp(vastrox, APP)
  copy.remove()
})

describe('env variables', () => {
  it('reach the process byte by byte, and a change is a new release', async () => {
    const values = {
      SECRET,
      QUOTES: `"'\\\``,
      DOLLAR: '$PATH ${HOME} $$',
      LONG: 'x'.repeat(65_536),
      EMPTY: '',
    }
    const answer = await vastrox.api('PATCH', `/apps/${APP}/env`, { set: values })
    expect(answer.status, answer.body).toBeLessThan(300)
    await untilSettled(vastrox, APP)
    copy.write({
      ...tinyApp('v2'),
      'server.js': `
        require('node:http').createServer((q, r) => {
          if (q.url === '/leak') {
            console.log('leaked ' + process.env.SECRET)
            console.log('base64 ' + Buffer.from(process.env.SECRET).toString('base64'))
            console.log('encoded ' + encodeURIComponent(process.env.SECRET))
          }
          r.end(JSON.stringify(process.env))
        }).listen(process.env.PORT)`,
    })
    await copy.commit('show env')
    const pushed = await copy.push()
    expect(pushed.exitCode, pushed.output).toBe(0)

    const seen = z.record(z.string(), z.string()).parse(JSON.parse((await vastrox.visit(APP)).body))

    for (const [key, value] of Object.entries(values)) expect(seen[key], key).toBe(value)
  })

  it('are listed without their values', async () => {
    const { items: listed } = await vastrox.read(pageOf(EnvVariable), `/apps/${APP}/env`)

    expect(listed.map(({ key }) => key)).toContain('SECRET')
    expect(listed.every(({ value }) => value === null)).toBe(true)
  })

  it('never show in the log, in any form', async () => {
    await vastrox.visit(APP, '/leak')

    const log = await until('the leak to be logged', async () => {
      const { body } = await vastrox.api('GET', `/apps/${APP}/logs?limit=200`)
      return body.includes('leaked') && body.includes('encoded') ? body : undefined
    })
    expect(log).not.toContain('p@ss')
    expect(log).not.toContain('w0rd')
    expect(log).not.toContain(Buffer.from(SECRET).toString('base64').slice(4, 24))
    expect(log).not.toContain(encodeURIComponent(SECRET).slice(2, 30))
  })

  it('are in no image', async () => {
    const images = (
      await docker(
        'images',
        '-q',
        '--no-trunc',
        '--filter',
        `label=vastrox.instance=${vastrox.config.instance}`,
      )
    ).split('\n')
    for (const image of new Set(images.filter((id) => id !== '')))
      expect(await docker('image', 'inspect', image)).not.toContain('2nd line')
  })
})
