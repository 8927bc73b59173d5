import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { destroyApp } from '#support/apps.ts'
import { openBrowser } from '#support/browser.ts'
import { connectInstallation } from '#support/installation.ts'
import { createWorkingCopy, type WorkingCopy } from '#support/working-copy.ts'

const vastrox = connectInstallation()
const APP = 'over-h2'
const ECHO = resolve(import.meta.dirname, '../apps/echo')

let copy: WorkingCopy
let browser: Awaited<ReturnType<typeof openBrowser>>
beforeAll(async () => {
  copy = createWorkingCopy(vastrox.remote(APP))
  await copy.init()
  copy.write(
    Object.fromEntries(
      ['package.json', 'server.js'].map((name) => [name, readFileSync(join(ECHO, name), 'utf8')]),
    ),
  )
  await copy.commit('echo')
  const pushed = await copy.push('--force', 'main')
  if (pushed.exitCode !== 0) throw new Error(pushed.output)
  browser = await openBrowser(vastrox.caFile)
})
afterAll(async () => {
  await browser.close()
  await destroyApp(vastrox, APP)
  copy.remove()
})

/** Runs in the page: what it was fetched with, and what comes back by each way that a page has. */
const TRY_ALL = `(async () => {
  const [page] = performance.getEntriesByType('navigation')
  const posted = await fetch('/', { method: 'POST', body: 'x'.repeat(200_000) })
  const body = await posted.text()
  const event = await new Promise((resolve, reject) => {
    const source = new EventSource('/events')
    source.onmessage = ({ data }) => { source.close(); resolve(data) }
    source.onerror = () => reject(new Error('no event'))
  })
  const echoed = await new Promise((resolve, reject) => {
    const socket = new WebSocket('wss://' + location.host + '/socket')
    socket.onopen = () => socket.send('over HTTP/1.1')
    socket.onmessage = ({ data }) => { socket.close(); resolve(data) }
    socket.onerror = () => reject(new Error('no WebSocket'))
  })
  const protocols = [...new Set(performance.getEntriesByType('resource').map((each) => each.nextHopProtocol))]
  return { page: page.nextHopProtocol, posted: body.length, event, echoed, protocols }
})()`

describe('an app in a real browser, with verification on', () => {
  it('is fetched over HTTP/2, and its WebSockets work beside that', async () => {
    const page = await browser.context.newPage()

    await page.goto(`https://${vastrox.hostOf(APP)}:${vastrox.config.httpsPort}/`)

    expect(await page.evaluate(TRY_ALL)).toEqual({
      page: 'h2',
      posted: 200_000,
      event: '1',
      echoed: 'over HTTP/1.1',
      protocols: ['h2'],
    })
  })
})
